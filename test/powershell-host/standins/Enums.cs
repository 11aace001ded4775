namespace Rdposture.PowerShellHost.StandIns;

public enum FirewallAction : ushort { NotConfigured = 0, Allow = 2, AllowBypass = 3, Block = 4 }
public enum FirewallDirection : ushort { Inbound = 1, Outbound = 2 }
public enum FirewallRuleEnabled : ushort { True = 1, False = 2 }
public enum GpoBoolean : ushort { False = 0, True = 1, NotConfigured = 2 }
public enum EdgeTraversal : ushort { Block = 0, Allow = 1, DeferToUser = 2, DeferToApp = 3 }
public enum PrimaryStatus : ushort { Unknown = 0, OK = 1, Inactive = 2, Error = 3 }
public enum PolicyStoreType : ushort { None = 0, Local = 1, GroupPolicy = 2, Dynamic = 3, Generated = 4, Hardcoded = 5 }
[Flags] public enum FirewallProfile : ushort { Any = 0, Domain = 1, Private = 2, Public = 4, NotApplicable = 65535 }
public enum Authentication : ushort { NotRequired = 0, Required = 1, NoEncap = 2 }
public enum Encryption : ushort { NotRequired = 0, Required = 1, Dynamic = 2 }
public enum NetworkCategory : uint { Public = 0, Private = 1, DomainAuthenticated = 2 }
public enum DomainAuthenticationKind : uint { None = 0, Ldap = 1, Tls = 2 }
public enum Connectivity : uint { Disconnected = 0, NoTraffic = 1, Subnet = 2, LocalNetwork = 3, Internet = 4 }
public enum AddressFamily : ushort { IPv4 = 2, IPv6 = 23 }
public enum AddressState : ushort { Invalid = 0, Tentative = 1, Duplicate = 2, Deprecated = 3, Preferred = 4 }
public enum PrefixOrigin : ushort { Other = 0, Manual = 1, WellKnown = 2, Dhcp = 3, RouterAdvertisement = 4 }
public enum ServiceControllerStatus { Stopped = 1, StartPending = 2, StopPending = 3, Running = 4, ContinuePending = 5, PausePending = 6, Paused = 7 }
public enum ServiceStartMode { Boot = 0, System = 1, Automatic = 2, Manual = 3, Disabled = 4 }
public enum InstallState { Available = 0, Installed = 1, Removed = 5 }
public enum SignatureStatus { Valid = 0, UnknownError = 1, NotSigned = 2, HashMismatch = 3, NotTrusted = 4, NotSupportedFileFormat = 5, Incompatible = 6 }
public enum RDCertificateRole { RDGateway = 1, RDWebAccess = 2, RDRedirector = 4, RDPublishing = 8 }
public enum RDSessionCollectionType { Unknown = 0, PooledUnmanaged = 1, PersonalUnmanaged = 2 }
public enum RDServerNewConnectionAllowed { Yes = 0, NotUntilReboot = 1, No = 2 }
public enum RDSecurityLayer { RDP = 0, Negotiate = 1, SSL = 2 }
public enum RDEncryptionLevel { None = 0, Low = 1, ClientCompatible = 2, High = 3, FipsCompliant = 4 }
public enum RDBrokenConnectionAction { None = 0, Disconnect = 1, LogOff = 2 }
[Flags] public enum RDClientDeviceRedirectionOptions { None = 0, AudioVideoPlayBack = 1, AudioRecording = 2, COMPort = 4, PlugAndPlayDevice = 8, SmartCard = 16, Clipboard = 32, LPTPort = 64, Drive = 128, TimeZone = 256 }
public enum EventLogMode { Circular = 0, AutoBackup = 1, Retain = 2 }
public enum ScheduledTaskState { Unknown = 0, Disabled = 1, Queued = 2, Ready = 3, Running = 4 }
public enum LicensingMode { PerDevice = 2, PerUser = 4, NotConfigured = 5 }
public enum GatewayUsage { DoNotUse = 0, Custom = 2, Automatic = 3 }
public enum GatewayAuthMode { Password = 0, Smartcard = 1, AllowUserToSelectDuringConnection = 4 }

/// <summary>Which property of which command is an enum on Windows.</summary>
public static class Enums
{
    private static readonly Dictionary<string, Type> Known = new()
    {
        ["Get-NetFirewallProfile.Enabled"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.DefaultInboundAction"] = typeof(FirewallAction),
        ["Get-NetFirewallProfile.DefaultOutboundAction"] = typeof(FirewallAction),
        ["Get-NetFirewallProfile.AllowInboundRules"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.AllowLocalFirewallRules"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.AllowLocalIPsecRules"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.LogAllowed"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.LogBlocked"] = typeof(GpoBoolean),
        ["Get-NetFirewallProfile.LogIgnored"] = typeof(GpoBoolean),
        ["Get-NetFirewallRule.Enabled"] = typeof(FirewallRuleEnabled),
        ["Get-NetFirewallRule.Direction"] = typeof(FirewallDirection),
        ["Get-NetFirewallRule.Action"] = typeof(FirewallAction),
        ["Get-NetFirewallRule.Profiles"] = typeof(FirewallProfile),
        ["Get-NetFirewallRule.EdgeTraversalPolicy"] = typeof(EdgeTraversal),
        ["Get-NetFirewallRule.PrimaryStatus"] = typeof(PrimaryStatus),
        ["Get-NetFirewallRule.PolicyStoreSourceType"] = typeof(PolicyStoreType),
        ["Get-NetFirewallSecurityFilter.Authentication"] = typeof(Authentication),
        ["Get-NetFirewallSecurityFilter.Encryption"] = typeof(Encryption),
        ["Get-NetConnectionProfile.NetworkCategory"] = typeof(NetworkCategory),
        ["Get-NetConnectionProfile.DomainAuthenticationKind"] = typeof(DomainAuthenticationKind),
        ["Get-NetConnectionProfile.IPv4Connectivity"] = typeof(Connectivity),
        ["Get-NetConnectionProfile.IPv6Connectivity"] = typeof(Connectivity),
        ["Get-NetIPAddress.AddressFamily"] = typeof(AddressFamily),
        ["Get-NetIPAddress.AddressState"] = typeof(AddressState),
        ["Get-NetIPAddress.PrefixOrigin"] = typeof(PrefixOrigin),
        ["Get-Service.Status"] = typeof(ServiceControllerStatus),
        ["Get-Service.StartType"] = typeof(ServiceStartMode),
        ["Get-WindowsFeature.InstallState"] = typeof(InstallState),
        ["Get-AuthenticodeSignature.Status"] = typeof(SignatureStatus),
        ["Get-WinEvent.LogMode"] = typeof(EventLogMode),
        ["Get-ScheduledTask.State"] = typeof(ScheduledTaskState),
        ["Get-DnsClientServerAddress.AddressFamily"] = typeof(AddressFamily),
        ["Get-RDLicenseConfiguration.Mode"] = typeof(LicensingMode),
        ["Get-RDCertificate.Role"] = typeof(RDCertificateRole),
        ["Get-RDSessionCollection.CollectionType"] = typeof(RDSessionCollectionType),
        ["Get-RDSessionHost.NewConnectionAllowed"] = typeof(RDServerNewConnectionAllowed),
        ["Get-RDSessionCollectionConfiguration.SecurityLayer"] = typeof(RDSecurityLayer),
        ["Get-RDSessionCollectionConfiguration.EncryptionLevel"] = typeof(RDEncryptionLevel),
        ["Get-RDSessionCollectionConfiguration.BrokenConnectionAction"] = typeof(RDBrokenConnectionAction),
        ["Get-RDSessionCollectionConfiguration.ClientDeviceRedirectionOptions"] = typeof(RDClientDeviceRedirectionOptions),
        ["Get-RDDeploymentGatewayConfiguration.GatewayMode"] = typeof(GatewayUsage),
        ["Get-RDDeploymentGatewayConfiguration.LogonMethod"] = typeof(GatewayAuthMode),
    };

    public static object? Convert(string command, string property, object? value, string style)
    {
        if (style == "plain" || value is not int number) return value;
        if (!Known.TryGetValue($"{command.Split(' ')[0]}.{property}", out var type)) return value;
        var typed = Enum.ToObject(type, number);
        return style == "names" ? typed.ToString() : typed;
    }
}
