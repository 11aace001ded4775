import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { rsaKey } from '../support/keys.ts';
import { type MadeCertificate, makeCertificate, SERVER_AUTH } from '../support/x509.ts';
import type { MachineFiles } from './support.ts';

export const TERMINAL_SERVICES = 'root/cimv2/terminalservices';
const CURRENT_VERSION = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
export const WINSTATIONS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations';
const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const HTTP = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters';

export const rows = (...list: readonly JsonObject[]): JsonObject => ({ rows: list });
export const cim = (name: string, space = 'root/cimv2'): string => `Get-CimInstance ${space} ${name}`;
export const bytes = (buffer: Buffer): JsonObject => ({ $bytes: buffer.toString('base64') });

const authority = makeCertificate({ commonName: 'Contoso Issuing CA 1', ca: true, notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' });
export const leaf: MadeCertificate = makeCertificate({
  commonName: 'rdsh01.contoso.com',
  issuer: authority,
  dnsNames: ['rdsh01.contoso.com'],
  eku: [SERVER_AUTH],
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
});
export const issuer = authority;
const leafKey = rsaKey('rdsh01.contoso.com').export({ type: 'pkcs8', format: 'pem' }).toString();
const sha1 = (certificate: MadeCertificate): Buffer => createHash('sha1').update(certificate.der).digest();

export function firewallRule(id: string, more: JsonObject = {}): JsonObject {
  return {
    InstanceID: id,
    DisplayName: `Regel ${id} äöü "x" \\ \u2028`,
    RuleGroup: '@FirewallAPI.dll,-28752',
    Enabled: 1,
    Direction: 1,
    Action: 2,
    Profiles: 3,
    EdgeTraversalPolicy: 0,
    Owner: null,
    Platforms: [],
    PrimaryStatus: 1,
    EnforcementStatus: [1],
    PolicyStoreSource: 'PersistentStore',
    PolicyStoreSourceType: 1,
    ...more,
  };
}

/** The filters of rules by their ids; `more` is laid over the port and the address filter. */
export function filtersOf(ids: readonly string[], more: JsonObject = {}): Record<string, Json> {
  const each = (columns: JsonObject): JsonObject => rows(...ids.map((id) => ({ InstanceID: id, ...columns })));
  return {
    'Get-NetFirewallPortFilter': each({ Protocol: 'TCP', LocalPort: ['3389'], RemotePort: ['Any'], IcmpType: ['Any'], ...more }),
    'Get-NetFirewallAddressFilter': each({ LocalAddress: ['Any'], RemoteAddress: ['192.0.2.0/24', 'LocalSubnet'] }),
    'Get-NetFirewallApplicationFilter': each({ Program: 'C:\\Windows\\system32\\svchost.exe', Package: null }),
    'Get-NetFirewallServiceFilter': each({ Service: 'termservice' }),
    'Get-NetFirewallInterfaceFilter': each({ InterfaceAlias: ['Any'] }),
    'Get-NetFirewallInterfaceTypeFilter': each({ InterfaceType: 'Any' }),
    'Get-NetFirewallSecurityFilter': each({
      Authentication: 0,
      Encryption: 0,
      OverrideBlockRules: false,
      LocalUser: 'Any',
      RemoteUser: 'Any',
      RemoteMachine: 'Any',
    }),
  };
}

const profile = (Name: string): JsonObject => ({
  Name,
  Enabled: 1,
  DefaultInboundAction: 4,
  DefaultOutboundAction: 2,
  AllowInboundRules: 1,
  AllowLocalFirewallRules: 1,
  AllowLocalIPsecRules: 1,
  AllowUserApps: 1,
  AllowUserPorts: 1,
  AllowUnicastResponseToMulticast: 1,
  NotifyOnListen: 0,
  EnableStealthModeForIPsec: 0,
  LogFileName: '%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log',
  LogMaxSizeKilobytes: 16384,
  LogAllowed: 1,
  LogBlocked: 1,
  LogIgnored: 0,
  DisabledInterfaceAliases: null,
  Status: 'Das Profil wurde geladen.',
});

const service = (Name: string, Status: number, StartType: number): JsonObject => ({ Name, DisplayName: `Dienst ${Name}`, Status, StartType });

const eventXml = (body: string): string => `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System/>${body}</Event>`;
const SESSION_MANAGER = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational';
const GATEWAY_SERVER = 'Win32_TSGatewayServerSettings';
const TERMINAL = 'Win32_TerminalServiceSetting';
/** Two days before the test runs, to the second. */
export const RECENTLY = `${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 13)}:10:00Z`;
const failedLogon = (type: number): JsonObject => ({
  Id: 4625,
  TimeCreated: { $date: RECENTLY },
  Properties: [...Array.from({ length: 10 }, () => ({ Value: 'x' })), { Value: type }],
  Xml: '',
});

const MORE_COMMANDS: Readonly<Record<string, Json>> = {
  [cim('Win32_TSClientSetting', TERMINAL_SERVICES)]: rows({ TerminalName: 'RDP-Tcp', DriveMapping: 1, ClipboardMapping: 0, PolicySourceDriveMapping: 1 }),
  [cim('Win32_TSRemoteControlSetting', TERMINAL_SERVICES)]: rows({
    TerminalName: 'RDP-Tcp',
    LevelOfControl: 1,
    RemoteControlPolicy: 1,
    PolicySourceLevelOfControl: 0,
  }),
  [cim('Win32_TSAccount', TERMINAL_SERVICES)]: rows({
    TerminalName: 'RDP-Tcp',
    AccountName: 'VORDEFINIERT\\Administratoren',
    SID: 'S-1-5-32-544',
    PermissionsAllowed: 983999,
    PermissionsDenied: 0,
  }),
  'Get-LocalUser': rows(
    { Name: 'Administrator', SID: { BinaryLength: 28, Value: 'S-1-5-21-7-8-9-500' }, Enabled: true, AccountExpires: null, PasswordRequired: true },
    { Name: 'Gast', SID: { Value: 'S-1-5-21-7-8-9-501' }, Enabled: false, AccountExpires: { $date: '2026-12-01T00:00:00Z' }, PasswordRequired: false },
  ),
  [cim('RSOP_SecuritySettingNumeric', 'root/rsop/computer')]: rows({ KeyName: 'LockoutBadCount', Setting: 5 }),
  [cim('RSOP_SecuritySettingBoolean', 'root/rsop/computer')]: rows(),
  [`Get-WinEvent -ListLog ${SESSION_MANAGER}`]: rows({ LogName: SESSION_MANAGER, IsEnabled: true, MaximumSizeInBytes: 1052672, LogMode: 0 }),
  'Get-WinEvent -ListLog Security': rows({ LogName: 'Security', IsEnabled: true, MaximumSizeInBytes: 201326592, LogMode: 0 }),
  [`Get-WinEvent ${SESSION_MANAGER}`]: rows(
    {
      Id: 40,
      TimeCreated: { $date: RECENTLY },
      Xml: eventXml('<UserData><EventXML xmlns="Event_NS"><Session>3</Session><Reason>12</Reason></EventXML></UserData>'),
    },
    {
      Id: 21,
      TimeCreated: { $date: RECENTLY },
      Xml: eventXml(
        '<UserData><EventXML xmlns="Event_NS"><User>CONTOSO\\anna</User><SessionID>3</SessionID><Address>192.0.2.99</Address></EventXML></UserData>',
      ),
    },
    { Id: 21, TimeCreated: { $date: '2020-01-01T00:00:00Z' }, Xml: '<x/>' },
  ),
  'Get-WinEvent Security': rows(failedLogon(3), failedLogon(3), failedLogon(10)),
  'Get-WinEvent System': rows({
    Id: 10110,
    ProviderName: 'Microsoft-Windows-DriverFrameworks-UserMode',
    TimeCreated: { $date: RECENTLY },
    Xml: eventXml('<UserData><UMDFHostProblem><Problem code="3"/><Level>a &amp; b</Level></UMDFHostProblem></UserData>'),
  }),
  'Get-NetTCPConnection Listen': rows({ LocalAddress: '::', LocalPort: 3389, OwningProcess: 1204, State: 2 }),
  'Get-Process': rows({ Id: 1204, Name: 'svchost' }),
  [cim('Win32_Service')]: rows({
    Name: 'TermService',
    ProcessId: 1204,
    State: 'Running',
    StartMode: 'Manual',
    PathName: 'C:\\Windows\\System32\\svchost.exe -k termsvcs',
    StartName: 'NT AUTHORITY\\NetworkService',
  }),
  'Get-ScheduledTask': rows({ TaskPath: '\\', TaskName: 'Aufgabe', State: 3, Actions: [{ Execute: 'tscon.exe', Arguments: '1' }, { ClassId: '{0}' }] }),
  'Get-AppxPackage': rows({ Name: 'MicrosoftCorporationII.Windows365', Version: '2.0.1193.0' }),
  [`Invoke-CimMethod ${TERMINAL} GetSpecifiedLicenseServerList`]: rows({ SpecifiedLSList: ['lic01.contoso.com'], ReturnValue: 0 }),
  [`Invoke-CimMethod ${TERMINAL} GetGracePeriodDays`]: rows({ DaysLeft: 0, ReturnValue: 0 }),
  [`Invoke-CimMethod ${TERMINAL} GetTStoLSConnectivityStatus`]: rows({ ServerName: 'lic01.contoso.com', TStoLSConnectivityStatus: 11 }),
  [cim('Win32_TSLicenseKeyPack')]: rows({
    KeyPackId: 3,
    KeyPackType: 2,
    ProductType: 1,
    ProductVersionID: 7,
    TotalLicenses: 50,
    IssuedLicenses: 12,
    AvailableLicenses: 38,
    ExpirationDate: '20371231000000.000000-000',
  }),
  [cim('Win32_TSLicenseServer')]: rows({ Version: 'x' }),
  'Invoke-CimMethod Win32_TSLicenseServer GetActivationStatus': rows({ ActivationStatus: 0 }),
  'Invoke-CimMethod Win32_TSLicenseServer IsLSinTSLSGroup': rows({ Domain: '', IsMember: true }),
  [cim('Win32_TSGatewayConnectionAuthorizationPolicy', TERMINAL_SERVICES)]: rows({
    Name: 'CAP',
    Enabled: true,
    Order: 1,
    UserGroupNames: 'RDS-Apps@CONTOSO;CONTOSO\\Unbekannt',
    ComputerGroupNames: '',
    PasswordAllowed: true,
    DeviceRedirectionType: 2,
    IdleTimeout: 30,
  }),
  [cim('Win32_TSGatewayResourceAuthorizationPolicy', TERMINAL_SERVICES)]: rows({
    Name: 'RAP',
    Enabled: true,
    ResourceGroupType: 'CG',
    ResourceGroupName: 'CONTOSO\\RDS-Apps',
    UserGroupNames: 'CONTOSO\\RDS-Apps',
    PortNumbers: '3389',
    ProtocolNames: 'RDP',
  }),
  [cim('Win32_TSGatewayResourceGroup', TERMINAL_SERVICES)]: rows({ Name: 'Hosts', Resources: 'rdsh01.contoso.com;rdsh02.contoso.com', Description: 'x' }),
  [cim('Win32_TSGatewayRADIUSServer', TERMINAL_SERVICES)]: rows({ Name: 'nps01.contoso.com', SharedSecret: 'never' }),
  [`Invoke-CimMethod ${GATEWAY_SERVER} IsTransportEnabled`]: rows(
    { TransportType: 0, Enabled: false },
    { TransportType: 1, Enabled: true },
    { TransportType: 2, Enabled: true },
  ),
  [`Invoke-CimMethod ${GATEWAY_SERVER} GetIPAndPort`]: rows({ TransportType: 1, IPAddress: '*', Port: 443 }, { TransportType: 2, IPAddress: '*', Port: 3391 }),
  [`Invoke-CimMethod ${GATEWAY_SERVER} GetLogEventName`]: rows(
    { EventIndex: 0, EventName: 'LogChannelDisconnect' },
    { EventIndex: 1, EventName: 'LogFailureChannelConnect' },
  ),
  [`Invoke-CimMethod ${GATEWAY_SERVER} IsLogEventEnabled`]: rows(
    { EventName: 'LogChannelDisconnect', Enabled: true },
    { EventName: 'LogFailureChannelConnect', Enabled: false },
  ),
  'Get-NetIPInterface Connected': rows({ InterfaceIndex: 6, ConnectionState: 1 }),
  'Get-DnsClientServerAddress': rows(
    { InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, AddressFamily: 2, ServerAddresses: ['192.0.2.10'] },
    { InterfaceAlias: 'Ethernet1', InterfaceIndex: 7, AddressFamily: 2, ServerAddresses: [] },
  ),
  'Get-DnsClient': rows({ InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, RegisterThisConnectionsAddress: true, ConnectionSpecificSuffix: 'contoso.com' }),
  'Get-DnsClientCache': rows(
    { Entry: 'RDGW.contoso.com', Name: null, Type: 1, Status: 9003, Section: null, TimeToLive: 9, Data: null },
    { Entry: 'rdgw.contoso.com', Name: null, Type: 28, Status: 9003 },
    { Entry: 'rdsh01.contoso.com', Name: 'rdsh01.contoso.com', Type: 1, Status: 0, Section: 1, TimeToLive: 9, Data: '192.0.2.21' },
    { Entry: 'rdsh01.contoso.com', Name: null, Type: 28, Status: 9701 },
    { Entry: 'old.contoso.com', Name: null, Type: 1, Status: 9701 },
    { Entry: '_ldap._tcp.contoso.com', Name: null, Type: 33, Status: 9701 },
  ),
  'Resolve-DnsName A_AAAA rdsh01.contoso.com': rows({ Name: 'rdsh01.contoso.com', Type: 1, IPAddress: '192.0.2.21' }),
  'Resolve-DnsName PTR 192.0.2.21': rows({ code: 9003 }),
  'Get-WebConfigurationProperty system.webServer/security/access sslFlags': rows({ plain: 'Ssl,Ssl128' }),
  'Get-WebConfigurationProperty system.webServer/directoryBrowse enabled': rows({ Value: false }),
  'Get-WebConfigurationProperty system.web/authentication mode': rows({ plain: 'Forms' }),
  'Get-WebConfigurationProperty system.webServer/httpErrors errorMode': rows({ plain: 'DetailedLocalOnly' }),
  'Get-RDWebClientPackage': rows({ Version: '2.0.0', PublishedAs: 'Production' }),
};

/** A session host that also is a gateway with IIS, in German: every section has something. */
export function hostFixture(): {
  style: string;
  lists: string;
  registry: Record<string, Json>;
  commands: Record<string, Json>;
  certificates: Record<string, Json>;
  files: Record<string, Json>;
  accounts: Record<string, Json>;
  groups: Record<string, Json>;
  directory: Record<string, Json>;
  keyName: string;
} {
  return {
    style: 'typed',
    lists: 'plain',
    keyName: 'machine-key-1',
    accounts: {
      'CONTOSO\\RDS-Apps': 'S-1-5-21-1-2-3-1105',
      'VORDEFINIERT\\Administratoren': 'S-1-5-32-544',
      'VORDEFINIERT\\Remotedesktopbenutzer': 'S-1-5-32-555',
    },
    directory: {
      'contoso.com': [
        { sAMAccountName: 'RDSH01$', servicePrincipalName: ['HOST/RDSH01', 'TERMSRV/RDSH01', 'termsrv/rdsh01.contoso.com'] },
        { sAMAccountName: 'RDSH02$', servicePrincipalName: ['TERMSRV/RDSH02'] },
      ],
    },
    groups: {
      Administratoren: [
        { path: 'WinNT://CONTOSO/RDSH01/Administrator', sid: 'S-1-5-21-7-8-9-500' },
        { path: 'WinNT://S-1-5-21-1-2-3-9999', sid: 'S-1-5-21-1-2-3-9999' },
      ],
      Remotedesktopbenutzer: [{ path: 'WinNT://CONTOSO/RDS-Apps', sid: 'S-1-5-21-1-2-3-1105' }],
    },
    files: {
      Store: [
        { Sid: 'S-1-5-32-544', Access: 0, Rights: 983103 },
        { Sid: 'S-1-1-0', Access: 1, Rights: 2 },
      ],
      MSLicensing: { denied: true },
      'machine-key-1': [
        { Sid: 'S-1-5-18', Access: 0, Rights: 2032127 },
        { Sid: 'S-1-5-20', Access: 0, Rights: 1179785 },
      ],
    },
    registry: {
      [CURRENT_VERSION]: { CurrentBuildNumber: '20348', UBR: 2849, InstallationType: 'Server', ProductName: 'Windows Server 2022 Datacenter' },
      [`${WINSTATIONS}\\Console`]: { fEnableWinStation: 1 },
      [`${WINSTATIONS}\\RDP-Tcp`]: {
        PortNumber: 3389,
        fEnableWinStation: 1,
        InitialProgram: '',
        fInheritInitialProgram: 1,
        LanAdapter: 0,
        fLogonDisabled: 0,
        MaxInstanceCount: 4294967295,
        UserAuthentication: 1,
      },
      [POLICIES]: { fEncryptRPCTraffic: 1, SecurityLayer: 2, LicenseServers: 'lic01.contoso.com' },
      [`${POLICIES}\\Client`]: { $denied: true },
      'HKLM\\SOFTWARE\\Microsoft\\InetStp': { MajorVersion: 10 },
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters': { DataBasePath: { $kind: 'ExpandString', value: '%SystemRoot%/System32/drivers/etc' } },
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\TermService\\Parameters': {
        ServiceDll: { $kind: 'ExpandString', value: '%SystemRoot%\\System32\\termsrv.dll' },
      },
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager': { PendingFileRenameOperations: ['\\??\\C:\\a', ''] },
      'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending': {},
      'HKLM\\SOFTWARE\\Microsoft\\MSLicensing\\Store': {},
      'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{0}': {
        DisplayName: 'Remote Desktop',
        Publisher: 'Microsoft Corporation',
        DisplayVersion: '1.2.7214.0',
      },
      'HKU\\S-1-5-21-1-2-3-1106\\Software\\Microsoft\\Terminal Server Client': { AuthenticationLevelOverride: 0 },
      'HKU\\S-1-5-21-1-2-3-1106\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services': { ProxyName: 'rdgw.contoso.com', LogonMethod: 4 },
      'HKU\\S-1-5-18\\Software\\Microsoft\\Terminal Server Client': { AuthenticationLevelOverride: 2 },
      [`${HTTP}\\SslBindingInfo\\0.0.0.0:443`]: { SslCertHash: bytes(sha1(leaf)), SslCertStoreName: 'MY', AppId: bytes(Buffer.alloc(16)) },
      [`${HTTP}\\SslSniBindingInfo\\rdgw.contoso.com:443`]: { SslCertHash: bytes(sha1(leaf)), SslCertStoreName: 'MY', AppId: bytes(Buffer.alloc(16)) },
    },
    certificates: {
      My: [{ der: leaf.der.toString('base64'), key: leafKey }],
      // Its chain is itself, and it stands in Root too.
      'Remote Desktop': [{ der: authority.der.toString('base64') }],
      Root: [{ der: authority.der.toString('base64') }],
      CA: [],
    },
    commands: {
      [cim('Win32_OperatingSystem')]: rows({
        ProductType: 3,
        Caption: 'Microsoft Windows Server 2022 Datacenter',
        LastBootUpTime: { $date: '2026-11-20T02:10:00.5Z' },
      }),
      [cim('Win32_ComputerSystem')]: rows({ PartOfDomain: true, Domain: 'contoso.com', DomainRole: 3, Name: 'RDSH01', DNSHostName: 'rdsh01' }),
      [cim('Win32_ComputerSystemProduct')]: rows({ UUID: '00000000-0000-0000-0000-000000000000' }),
      'Get-WindowsFeature': rows(
        { Name: 'RDS-RD-Server', DisplayName: 'Sitzungshost', Installed: true, InstallState: 1 },
        { Name: 'RDS-Gateway', Installed: false, InstallState: 0 },
      ),
      'Get-Service': rows(service('TermService', 4, 3), service('MpsSvc', 4, 2), service('BFE', 4, 2), service('CDPUserSvc_3f2a1', 4, 2)),
      [cim('Win32_TSGeneralSetting', TERMINAL_SERVICES)]: rows({
        TerminalName: 'RDP-Tcp',
        TerminalProtocol: 'Microsoft RDP 8.0',
        Transport: 'tcp',
        UserAuthenticationRequired: 1,
        SecurityLayer: 2,
        MinEncryptionLevel: 3,
        PolicySourceUserAuthenticationRequired: 0,
        PolicySourceSecurityLayer: 1,
        PolicySourceMinEncryptionLevel: 0,
        SSLCertificateSHA1Hash: leaf.thumbprint,
        SSLCertificateSHA1HashType: 3,
        CertificateName: '',
        Certificates: bytes(Buffer.alloc(64)),
        Comment: '',
        WindowsAuthentication: 0,
      }),
      [cim('Win32_TSSessionSetting', TERMINAL_SERVICES)]: rows({
        TerminalName: 'RDP-Tcp',
        IdleSessionLimit: 900000,
        DisconnectedSessionLimit: 4294967295,
        ActiveSessionLimit: 0,
        BrokenConnectionAction: 0,
        BrokenConnectionPolicy: 1,
        ReconnectionPolicy: 1,
        TimeLimitPolicy: 1,
        PolicySourceIdleSessionLimit: 0,
        PolicySourceDisconnectedSessionLimit: 0,
        PolicySourceActiveSessionLimit: 0,
        PolicySourceBrokenConnectionAction: 0,
        PolicySourceReconnectionPolicy: 0,
      }),
      [cim('Win32_TSLogonSetting', TERMINAL_SERVICES)]: rows({
        TerminalName: 'RDP-Tcp',
        PromptForPassword: 1,
        ClientLogonInfoPolicy: 1,
        PolicySourcePromptForPassword: 1,
        UserName: '',
        Domain: '',
      }),
      [cim('Win32_TerminalServiceSetting', TERMINAL_SERVICES)]: rows({
        ServerName: 'RDSH01',
        TerminalServerMode: 1,
        AllowTSConnections: 1,
        PolicySourceAllowTSConnections: 0,
        Logons: 0,
        SessionBrokerDrainMode: 0,
        SingleSession: 1,
        LicensingType: 4,
        LicensingName: 'Pro Benutzer',
      }),
      [cim('Win32_TSGatewayServerSettings', TERMINAL_SERVICES)]: rows({
        CertHash: bytes(sha1(leaf)),
        MaxConnections: 0,
        UnlimitedConnections: true,
        CentralCAPEnabled: false,
        RequestSOH: false,
        SslBridging: 0,
        IsConfigured: true,
        MaxLogEvents: 2,
        EnforceChannelBinding: true,
        OnlyConsentCapableClients: false,
      }),
      [cim('Win32_TSGatewayLoadBalancer', TERMINAL_SERVICES)]: rows({ Servers: 'rdgw01.contoso.com;rdgw02.contoso.com' }),
      [cim('RSOP_RegistryPolicySetting', 'root/rsop/computer')]: rows({
        registryKey: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services',
        valueName: 'SecurityLayer',
        precedence: 1,
        GPOID: 'cn={00000000-0000-0000-0000-000000000000},cn=policies,cn=system,DC=contoso,DC=com',
        deleted: false,
        value: bytes(Buffer.from([2, 0, 0, 0])),
      }),
      [cim('RSOP_RegistryValue', 'root/rsop/computer')]: rows({
        Path: 'MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\LmCompatibilityLevel',
        Type: 4,
        Data: '5',
        precedence: 1,
        GPOID: 'cn={00000000-0000-0000-0000-000000000000},cn=policies,cn=system,DC=contoso,DC=com',
      }),
      [cim('RSOP_GPO', 'root/rsop/computer')]: rows({
        id: 'cn={00000000-0000-0000-0000-000000000000},cn=policies,cn=system,DC=contoso,DC=com',
        guidName: '{00000000-0000-0000-0000-000000000000}',
        name: 'RDSH baseline',
        enabled: true,
        version: 65537,
        fileSystemPath: '\\\\contoso.com\\sysvol\\contoso.com\\Policies\\{00000000-0000-0000-0000-000000000000}\\Machine',
      }),
      [cim('RSOP_UserPrivilegeRight', 'root/rsop/computer')]: rows({ UserRight: 'SeRemoteInteractiveLogonRight', precedence: 1 }),
      'Get-NetConnectionProfile': rows({
        Name: 'contoso.com',
        InterfaceAlias: 'Ethernet0',
        InterfaceIndex: 6,
        NetworkCategory: 2,
        DomainAuthenticationKind: 1,
        IPv4Connectivity: 4,
        IPv6Connectivity: 1,
      }),
      'Get-NetIPAddress': rows({
        InterfaceAlias: 'Ethernet0',
        InterfaceIndex: 6,
        IPAddress: '192.0.2.21',
        PrefixLength: 24,
        AddressFamily: 2,
        AddressState: 4,
        PrefixOrigin: 1,
        SkipAsSource: false,
      }),
      'Get-NetFirewallProfile': rows(profile('Domain'), profile('Private'), profile('Public')),
      'Get-NetFirewallRule': rows(firewallRule('RemoteDesktop-UserMode-In-TCP'), firewallRule('RemoteDesktop-Out', { Direction: 2 })),
      ...filtersOf(['RemoteDesktop-UserMode-In-TCP', 'RemoteDesktop-Out']),
      'Get-RDWebClientBrokerCert': rows({ RawData: bytes(leaf.der) }),
      [cim('Win32_PnPEntity')]: rows({
        PNPDeviceID: 'SWD\\REMOTEDISPLAYENUM\\RDPIDD_INDIRECTDISPLAY&SESSIONID_0002',
        ClassGuid: '{4d36e968-e325-11ce-bfc1-08002be10318}',
        PNPClass: 'Display',
        Name: 'Microsoft-Remoteanzeigeadapter',
        Present: true,
        Status: 'OK',
        ConfigManagerErrorCode: 0,
        HardwareID: ['rdpidd_indirectdisplay'],
      }),
      [cim('Win32_PnPSignedDriver')]: rows({
        DeviceID: 'SWD\\REMOTEDISPLAYENUM\\RDPIDD_INDIRECTDISPLAY&SESSIONID_0002',
        DriverVersion: '10.0.20348.1',
        DeviceClass: 'DISPLAY',
      }),
      [cim('Win32_DeviceGuard', 'root/microsoft/windows/deviceguard')]: rows({
        SecurityServicesConfigured: [1, 2],
        SecurityServicesRunning: [1],
        VirtualizationBasedSecurityStatus: 2,
        CodeIntegrityPolicyEnforcementStatus: 0,
      }),
      'Get-PrinterDriver': rows(
        {
          Name: 'Remote Desktop Easy Print',
          MajorVersion: 3,
          Manufacturer: 'Microsoft',
          PrinterEnvironment: 'Windows x64',
          IsPackageAware: true,
          InfPath: 'C:\\tsprint.inf',
          Path: 'C:\\signed.dll',
        },
        {
          Name: 'Fabrikam PCL 6',
          MajorVersion: 3,
          Manufacturer: 'Fabrikam',
          PrinterEnvironment: 'Windows x64',
          IsPackageAware: false,
          InfPath: null,
          Path: 'C:\\unsigned.dll',
        },
      ),
      'Get-AuthenticodeSignature': rows({ Path: 'C:\\signed.dll', Status: 0 }, { Path: 'C:\\unsigned.dll', Status: 2 }),
      ...MORE_COMMANDS,
    },
  };
}

export const HOST_FILES: MachineFiles = {
  secedit: `[Unicode]\r\nUnicode=yes\r\n[Privilege Rights]\r\nSeRemoteInteractiveLogonRight = *S-1-5-32-544,CONTOSO\\RDS-Apps,Verwaist\r\nSeNetworkLogonRight = *S-1-5-11\r\nSeDenyNetworkLogonRight = \r\n[System Access]\r\nLockoutBadCount = 5\r\nNewAdministratorName = "chris"\r\nLockoutDuration = -1\r\n[Version]\r\nsignature="$CHICAGO$"\r\n`,
  programs: {
    'auditpol.exe': `#!/bin/sh
[ "$1" = /backup ] || exit 87
cat > "\${2#/file:}" <<'CSV'
Computername,Richtlinienziel,Unterkategorie,Unterkategorie-GUID,Aufnahmeeinstellung,Ausschlusseinstellung,Einstellungswert
RDSH01,System,Anmelden,{0cce9215-69ae-11d9-bed3-505054503030},Erfolg und Fehler,,3
RDSH01,S-1-5-21-1-2-3-4,Anmelden,{0CCE9215-69AE-11D9-BED3-505054503030},Erfolg,,1
RDSH01,,Option:CrashOnAuditFail,,Deaktiviert,,0
CSV
`,
    'w32tm.exe': '#!/bin/sh\ncase "$1" in /query) echo "dc01.contoso.com,0x8";; *) echo "Der Vergleich"; echo "10:00:00, -00,0412345s";; esac\n',
  },
  files: {
    'Windows/System32/drivers/etc/hosts': '# 127.0.0.1 localhost\r\n192.0.2.77\trdcb01.contoso.com rdcb01 # Umleitung\r\n\r\n',
    'Windows/Web/RDWeb/Pages/Web.config':
      '<configuration><appSettings><add key="PublicModeSessionTimeoutInMinutes" value="20"/><add key="Other" value="secret"/></appSettings></configuration>',
    'ProgramData/Microsoft/Crypto/Keys/machine-key-1': '',
    'Windows/System32/inetsrv/config/applicationHost.config': `<?xml version="1.0" encoding="UTF-8"?>
<configuration><system.applicationHost><sites>
<site name="Default Web Site" id="1"><application path="/"/><application path="/RDWeb"/>
<bindings><binding protocol="http" bindingInformation="*:80:"/><binding protocol="https" bindingInformation="*:443:" sslFlags="0"/><binding protocol="https" bindingInformation="*:443:rdgw.contoso.com" sslFlags="1"/></bindings></site>
</sites></system.applicationHost></configuration>`,
    'Windows/System32/inetsrv/config/redirection.config': '<configuration><configurationRedirection enabled="false"/></configuration>',
  },
};
