using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// The classes of root/cimv2/TerminalServices on a host that can be changed. What a property shows is a registry value: of
/// policies (source 1), of the listener or the server (0), or else the fixture's `defaults`, `CLASS.PROPERTY` to number (2).
/// Where there is neither, the fixture's row counts. Methods write the registry value; under policies they answer with an error
/// number and change nothing. https://learn.microsoft.com/windows/win32/termserv/terminal-services-wmi-provider-reference
/// </summary>
public static class Terminal
{
    private const string Prefix = "Get-CimInstance root/cimv2/terminalservices ";
    private const string Policies = @"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
    private const string Server = @"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server";
    private const string Listener = Server + @"\WinStations\{0}";
    private const string General = "Win32_TSGeneralSetting";
    private const string Session = "Win32_TSSessionSetting";
    private const string Setting = "Win32_TerminalServiceSetting";
    /// <summary>WBEM_E_INVALID_OPERATION, the answer where policies rule.</summary>
    private const uint Refused = 0x80041016;
    private const string RemoteDesktopRules = "@FirewallAPI.dll,-28752";

    /// <summary>`InRow`: where there is no registry value and the row is local already, the row keeps it.</summary>
    private sealed record Property(string Class, string Name, string Key, string Value, bool IsInverted = false, bool InRow = false);

    private static readonly Property[] Properties =
    [
        new(General, "UserAuthenticationRequired", Listener, "UserAuthentication"),
        new(General, "SecurityLayer", Listener, "SecurityLayer"),
        new(General, "MinEncryptionLevel", Listener, "MinEncryptionLevel"),
        new("Win32_TSLogonSetting", "PromptForPassword", Listener, "fPromptForPassword"),
        new(Session, "IdleSessionLimit", Listener, "MaxIdleTime", InRow: true),
        new(Session, "DisconnectedSessionLimit", Listener, "MaxDisconnectionTime", InRow: true),
        new(Session, "ActiveSessionLimit", Listener, "MaxConnectionTime", InRow: true),
        new(Session, "BrokenConnectionAction", Listener, "fResetBroken"),
        new(Setting, "AllowTSConnections", Server, "fDenyTSConnections", IsInverted: true),
        new(Setting, "SingleSession", Server, "fSingleSessionPerUser"),
        new(Setting, "DeleteTempFolders", Server, "DeleteTempDirsOnExit"),
        new(Setting, "UseTempFolders", Server, "PerSessionTempDir"),
        new(Setting, "LicensingType", Server + @"\RCM\Licensing Core", "LicensingMode"),
    ];

    /// <summary>Methods with one argument that becomes a property: class, method, argument and property, what it may be.</summary>
    private static readonly Dictionary<(string Class, string Method), (string Property, uint[] Allowed)> Setters = new()
    {
        [(General, "SetUserAuthenticationRequired")] = ("UserAuthenticationRequired", [0, 1]),
        [(General, "SetSecurityLayer")] = ("SecurityLayer", [0, 1, 2]),
        [(General, "SetEncryptionLevel")] = ("MinEncryptionLevel", [1, 2, 3, 4]),
        [("Win32_TSLogonSetting", "SetPromptForPassword")] = ("PromptForPassword", [0, 1]),
        [(Session, "BrokenConnection")] = ("BrokenConnectionAction", [0, 1]),
        [(Setting, "ChangeMode")] = ("LicensingType", [2, 4, 5]),
    };

    /// <summary>Methods of the gateway; what they set is kept in the row.</summary>
    private static readonly Dictionary<string, string[]> Gateway = new()
    {
        ["Win32_TSGatewayConnectionAuthorizationPolicy"] = ["Enabled", "DeviceRedirectionType", "IdleTimeout"],
        ["Win32_TSGatewayResourceAuthorizationPolicy"] = ["Enabled", "PortNumbers"],
        ["Win32_TSGatewayServerSettings"] = ["SslBridging", "EnforceChannelBinding"],
    };

    public static string? ClassOf(string command) => command.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? command[Prefix.Length..] : null;

    /// <summary>A row as the host shows it now; the one of the fixture stays as it is.</summary>
    internal static JsonObject Shown(JsonObject document, string name, JsonObject row)
    {
        var shown = row.DeepClone().AsObject();
        foreach (var property in Properties.Where(property => property.Class.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            if (Number(document, Policies, property.Value) is { } ruled) Show(shown, property, ruled, 1);
            else if (Number(document, KeyOf(property, row), property.Value) is { } local) Show(shown, property, local, 0);
            else if (document["defaults"]?[$"{property.Class}.{property.Name}"] is { } usual)
            {
                shown[property.Name] = usual.DeepClone();
                shown[$"PolicySource{property.Name}"] = 2;
            }
        }
        if (name == General && Values(document, ListenerOf(row))?["SSLCertificateSHA1Hash"]?["$bytes"] is { } hash)
        {
            shown["SSLCertificateSHA1Hash"] = Convert.ToHexString(Convert.FromBase64String(hash.GetValue<string>()));
            shown["SSLCertificateSHA1HashType"] = 3;
        }
        return shown;
    }

    private static void Show(JsonObject row, Property property, uint value, int source)
    {
        row[property.Name] = property.IsInverted ? 1 - value : value;
        row[$"PolicySource{property.Name}"] = source;
    }

    private static string ListenerOf(JsonObject row) => string.Format(CultureInfo.InvariantCulture, Listener, row["TerminalName"]);
    private static string KeyOf(Property property, JsonObject row) => string.Format(CultureInfo.InvariantCulture, property.Key, row["TerminalName"]);
    private static JsonObject? Values(JsonObject document, string key) => document["registry"] is JsonObject all ? RegistryTree.Find(all, key).Node as JsonObject : null;

    private static uint? Number(JsonObject document, string key, string value) =>
        Values(document, key) is { } values && values[RegistryTree.NameOf(values, value)] is JsonValue node && node.TryGetValue<uint>(out var number) ? number : null;

    /// <summary>Whether a call is played here: a method that changes something, or one that the fixture has no answer for.</summary>
    public static bool IsPlayed(string name, string method) =>
        State.IsWritable && Setters.Keys.Select(setter => setter.Class).Concat(Gateway.Keys).Contains(name) && (IsChange(name, method) || Fixture.Document["commands"]?[$"Invoke-CimMethod {name} {method}"] is null);

    /// <summary>Whether a method of the class changes the host; others answer what the fixture says.</summary>
    public static bool IsChange(string name, string method) =>
        Setters.ContainsKey((name, method)) || (name, method) is (Session, "TimeLimit") or (Setting, "SetAllowTSConnections") || (Gateway.TryGetValue(name, out var properties) && properties.Contains(method.StartsWith("Set", StringComparison.Ordinal) ? method[3..] : ""));

    /// <summary>Calls a method; the number that it answers with.</summary>
    public static uint Invoke(string name, PSObject instance, string method, IDictionary arguments)
    {
        var answer = 0u;
        State.Change("Invoke-CimMethod", $"{name} {method}", document =>
        {
            var row = Find(document, name, instance, "Invoke-CimMethod");
            if (Gateway.ContainsKey(name))
            {
                var property = method[3..];
                Only(arguments, property);
                row[property] = Like(row[property], arguments[property]);
                return;
            }
            if (Setters.TryGetValue((name, method), out var setter))
            {
                Only(arguments, setter.Property);
                if (method == "ChangeMode" && row["TerminalServerMode"] is JsonValue mode && mode.GetValue<int>() != 1) answer = Refused;
                else answer = Set(document, name, row, setter.Property, OneOf(setter.Allowed, arguments[setter.Property]));
                return;
            }
            if (method == "TimeLimit")
            {
                Only(arguments, "SessionLimitType", "ValueLimit");
                var limit = $"{arguments["SessionLimitType"]}";
                if (limit is not ("IdleSessionLimit" or "DisconnectedSessionLimit" or "ActiveSessionLimit")) throw Wrong();
                answer = Set(document, name, row, limit, Whole(arguments["ValueLimit"]));
                return;
            }
            Only(arguments, "AllowTSConnections", "ModifyFirewallException");
            var allow = OneOf([0, 1], arguments["AllowTSConnections"]);
            answer = Set(document, name, row, "AllowTSConnections", allow);
            if (answer == 0 && OneOf([0, 1], arguments["ModifyFirewallException"]) == 1) OpenFirewall(document, allow == 1);
        });
        return answer;
    }

    /// <summary>The rules of Remote Desktop go with the switch when they are asked to.</summary>
    private static void OpenFirewall(JsonObject document, bool isOpen)
    {
        foreach (var rule in document["commands"]?["Get-NetFirewallRule"]?["rows"] as JsonArray ?? [])
        {
            if (rule!["RuleGroup"]?.GetValue<string>() == RemoteDesktopRules && rule["PolicyStoreSource"]?.GetValue<string>() == "PersistentStore") rule["Enabled"] = isOpen ? 1 : 2;
        }
    }

    /// <summary>Sets properties that can be written: the certificate of a listener, and whether a host drains.</summary>
    public static void SetInstance(string name, PSObject instance, IDictionary properties)
    {
        var names = properties.Keys.Cast<object>().Select(key => key.ToString()!).Order(StringComparer.Ordinal).ToArray();
        State.Change("Set-CimInstance", $"{name} {string.Join(' ', names)}", document =>
        {
            var row = Find(document, name, instance, "Set-CimInstance");
            foreach (var property in names)
            {
                if ((name, property) is (Setting, "SessionBrokerDrainMode")) row[property] = OneOf([0, 1, 2], properties[property], "Set-CimInstance");
                else if ((name, property) is (General, "SSLCertificateSHA1Hash")) SetCertificate(document, row, $"{properties[property]}");
                else throw Failure.Cim("Set-CimInstance", $"The property {property} cannot be changed.", NativeErrorCode.NotSupported, "0x80041024", ErrorCategory.NotImplemented);
            }
        });
    }

    /// <summary>The certificate has to stand in a store of the machine.</summary>
    private static void SetCertificate(JsonObject document, JsonObject row, string thumbprint)
    {
        var stores = new[] { "My", "Remote Desktop" }.SelectMany(store => document["certificates"]?[store] as JsonArray ?? []);
        var isThere = stores.Any(entry => Convert.ToHexString(SHA1.HashData(Convert.FromBase64String(entry!["der"]!.GetValue<string>()))).Equals(thumbprint, StringComparison.OrdinalIgnoreCase));
        if (!isThere) throw Wrong("Set-CimInstance");
        var key = ListenerOf(row);
        var isInRow = row["SSLCertificateSHA1HashType"] is JsonValue type && type.GetValue<int>() == 3 && Values(document, key)?["SSLCertificateSHA1Hash"] is null;
        if (isInRow) row["SSLCertificateSHA1Hash"] = thumbprint.ToUpperInvariant();
        else RegistryTree.Make(RegistryTree.Of(document), key)["SSLCertificateSHA1Hash"] = new JsonObject { ["$bytes"] = Convert.ToBase64String(Convert.FromHexString(thumbprint)) };
    }

    private static uint Set(JsonObject document, string name, JsonObject row, string propertyName, uint value)
    {
        var property = Properties.Single(known => known.Class == name && known.Name == propertyName);
        if (Shown(document, name, row)[$"PolicySource{propertyName}"] is JsonValue source && source.GetValue<int>() == 1) return Refused;
        var key = KeyOf(property, row);
        if (property.InRow && Number(document, key, property.Value) is null && row[$"PolicySource{propertyName}"] is JsonValue own && own.GetValue<int>() == 0)
        {
            row[propertyName] = value;
            return 0;
        }
        var values = RegistryTree.Make(RegistryTree.Of(document), key);
        values[RegistryTree.NameOf(values, property.Value)] = property.IsInverted ? 1 - value : value;
        return 0;
    }

    private static JsonObject Find(JsonObject document, string name, PSObject instance, string command)
    {
        var entry = document["commands"]?.AsObject().FirstOrDefault(known => known.Key.Equals(Prefix + name, StringComparison.OrdinalIgnoreCase)).Value;
        var key = new[] { "TerminalName", "Name" }.FirstOrDefault(member => instance.Properties[member]?.Value is not null);
        var rows = (entry?["rows"] as JsonArray ?? []).Select(row => row!.AsObject());
        return rows.FirstOrDefault(row => key is null || $"{row[key]}".Equals($"{instance.Properties[key].Value}", StringComparison.OrdinalIgnoreCase))
            ?? throw Failure.Cim(command, "Not found", NativeErrorCode.NotFound, "0x80041002", ErrorCategory.ObjectNotFound);
    }

    /// <summary>All arguments and no other.</summary>
    private static void Only(IDictionary arguments, params string[] names)
    {
        var given = arguments.Keys.Cast<object>().Select(key => key.ToString()!).ToArray();
        if (given.Length != names.Length || names.Any(name => !given.Contains(name, StringComparer.OrdinalIgnoreCase)))
            throw Failure.Cim("Invoke-CimMethod", "Invalid method Parameter(s)", NativeErrorCode.InvalidParameter, "0x8004102f", ErrorCategory.InvalidArgument);
    }

    private static StandInFailure Wrong(string command = "Invoke-CimMethod") => Failure.Cim(command, "Invalid parameter", NativeErrorCode.InvalidParameter, "0x80041008", ErrorCategory.InvalidArgument);

    private static uint OneOf(uint[] allowed, object? value, string command = "Invoke-CimMethod")
    {
        var number = Whole(value, command);
        return allowed.Contains(number) ? number : throw Wrong(command);
    }

    private static uint Whole(object? value, string command = "Invoke-CimMethod") => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        uint number => number,
        int number when number >= 0 => (uint)number,
        long number when number is >= 0 and <= uint.MaxValue => (uint)number,
        _ => throw Wrong(command),
    };

    /// <summary>A value of the kind that the property has.</summary>
    private static JsonNode Like(JsonNode? now, object? given)
    {
        var value = given is PSObject wrapped ? wrapped.BaseObject : given;
        return (now?.GetValueKind(), value) switch
        {
            (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False, bool flag) => flag,
            (System.Text.Json.JsonValueKind.Number, _) => Whole(value),
            (System.Text.Json.JsonValueKind.String, string text) => text,
            _ => throw Wrong(),
        };
    }
}

/// <summary>`Invoke-StandInMethod`, `Set-StandInInstance`: what Invoke-CimMethod and Set-CimInstance of the module call.</summary>
public abstract class TerminalCommand : PSCmdlet
{
    [Parameter(Mandatory = true)] public PSObject InputObject { get; set; } = new();

    protected string ClassName => InputObject.TypeNames.FirstOrDefault(name => name.Contains("CimInstance#", StringComparison.Ordinal))?.Split('/')[^1] ?? "";

    protected void Try(string command, Action action)
    {
        try
        {
            action();
        }
        catch (StandInFailure failure)
        {
            WriteError(failure.Record);
        }
        catch (UnauthorizedAccessException)
        {
            WriteError(Failure.Cim(command, "Access denied", NativeErrorCode.AccessDenied, "0x80041003", ErrorCategory.PermissionDenied).Record);
        }
    }
}

[Cmdlet(VerbsLifecycle.Invoke, "StandInMethod")]
public sealed class InvokeStandInMethodCommand : TerminalCommand
{
    [Parameter(Mandatory = true)] public string MethodName { get; set; } = "";
    [Parameter] public IDictionary Arguments { get; set; } = new Hashtable();

    protected override void ProcessRecord() => Try("Invoke-CimMethod", () =>
    {
        if (!Terminal.IsChange(ClassName, MethodName)) throw Failure.Cim("Invoke-CimMethod", "Invalid method", NativeErrorCode.MethodNotFound, "0x80041055", ErrorCategory.InvalidOperation);
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("ReturnValue", Terminal.Invoke(ClassName, InputObject, MethodName, Arguments)));
        result.Properties.Add(new PSNoteProperty("PSComputerName", null));
        WriteObject(result);
    });
}

[Cmdlet(VerbsCommon.Set, "StandInInstance")]
public sealed class SetStandInInstanceCommand : TerminalCommand
{
    [Parameter(Mandatory = true)] public IDictionary Property { get; set; } = new Hashtable();

    protected override void ProcessRecord() => Try("Set-CimInstance", () => Terminal.SetInstance(ClassName, InputObject, Property));
}
