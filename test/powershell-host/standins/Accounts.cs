using System.Management.Automation;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>Classes of Windows for accounts and access rules, by the fixture's `accounts` (name to SID) and `groups`.</summary>
public static class StandInAccounts
{
    public static object? Make(string typeName, object?[] arguments) => typeName.Split('.')[^1] switch
    {
        "NTAccount" => new StandInAccount(arguments.Length == 2 ? $"{arguments[0]}\\{arguments[1]}" : (string)arguments[0]!),
        "SecurityIdentifier" => new StandInSid(arguments[0] is byte[] bytes ? TextOf(bytes) : (string)arguments[0]!),
        "WindowsPrincipal" when arguments[0] is StandInIdentity identity => new StandInPrincipal(identity),
        "DirectoryEntry" => arguments[0] is string path ? path.StartsWith("LDAP://") ? new StandInDomain(path["LDAP://".Length..]) : new StandInGroup(path) : arguments[0],
        "DirectorySearcher" => new StandInSearcher((StandInDomain)arguments[0]!, (string)arguments[1]!),
        _ => null,
    };

    public static JsonObject Names => Fixture.Document["accounts"] as JsonObject ?? [];

    private static string TextOf(byte[] bytes) =>
        $"S-{bytes[0]}-{bytes[7]}{string.Concat(Enumerable.Range(0, bytes[1]).Select(place => $"-{BitConverter.ToUInt32(bytes, 8 + (4 * place))}"))}";

    public static byte[] BytesOf(string sid)
    {
        var parts = sid.Split('-').Skip(1).Select(uint.Parse).ToArray();
        return [(byte)parts[0], (byte)(parts.Length - 2), 0, 0, 0, 0, 0, (byte)parts[1], .. parts.Skip(2).SelectMany(BitConverter.GetBytes)];
    }

    public static InvalidOperationException Untranslated() => new("Some or all identity references could not be translated.");
}

public sealed class StandInAccount(string name)
{
    public string Value { get; } = name;

    public object Translate(Type target) =>
        target == typeof(SecurityIdentifier) && StandInAccounts.Names[Value]?.GetValue<string>() is { } sid ? new StandInSid(sid) : throw StandInAccounts.Untranslated();
}

/// <summary>Who runs the script; on a host that can be changed it is found as WindowsIdentity. `elevated` of the fixture, true if missing.</summary>
public sealed class StandInIdentity : IDisposable
{
    public static StandInIdentity GetCurrent() => new();
    public string Name => "CONTOSO\\Administrator";
    public StandInSid User { get; } = new("S-1-5-21-1-2-3-500");
    public bool IsSystem => false;
    public void Dispose() { }
}

public sealed class StandInPrincipal(StandInIdentity identity)
{
    public StandInIdentity Identity { get; } = identity;
    public bool IsInRole(WindowsBuiltInRole role) => role == WindowsBuiltInRole.Administrator && (Fixture.Document["elevated"]?.GetValue<bool>() ?? true);
}

public sealed class StandInSid(string value)
{
    public string Value { get; } = value;
    public override string ToString() => Value;

    public object Translate(Type target)
    {
        var (name, _) = StandInAccounts.Names.FirstOrDefault(entry => entry.Value!.GetValue<string>() == Value);
        return target == typeof(NTAccount) && name is not null ? new StandInAccount(name) : throw StandInAccounts.Untranslated();
    }
}

/// <summary>`WinNT://./NAME,group`: members are `{ path, sid }` of the fixture's `groups`, by the group's name.</summary>
public sealed class StandInGroup(string path)
{
    public object[] Invoke(string method, params object[] arguments)
    {
        var name = path.Split('/')[^1].Split(',')[0];
        if (method != "Members" || Fixture.Document["groups"]?[name] is not JsonArray members) throw new System.Runtime.InteropServices.COMException("Der Gruppenname konnte nicht gefunden werden.", unchecked((int)0x800708AC));
        return [.. members.Select(member => new StandInMember(member!["path"]!.GetValue<string>(), member["sid"]!.GetValue<string>()))];
    }

    public void Dispose() { }
}

public sealed class StandInMember(string path, string sid)
{
    public string Path { get; } = path;
    public Dictionary<string, PSObject> Properties { get; } = new() { ["objectSid"] = new PSObject { Properties = { new PSNoteProperty("Value", StandInAccounts.BytesOf(sid)) } } };
    public void Dispose() { }
}

/// <summary>What Get-Acl returns, as far as its rules are asked for by SID.</summary>
public sealed class StandInSecurity(JsonArray rules)
{
    public object GetOwner(Type targetType) => new StandInSid("S-1-5-18");

    public object[] GetAccessRules(bool includeExplicit, bool includeInherited, Type targetType)
    {
        if (targetType != typeof(SecurityIdentifier)) throw new NotSupportedException("Only SIDs are played.");
        return [.. rules.Select(rule => new StandInAccessRule(rule!["Sid"]!.GetValue<string>(), rule["Access"]!.GetValue<int>(), rule["Rights"]!.GetValue<int>()))];
    }
}

public sealed class StandInAccessRule(string sid, int access, int rights)
{
    public object IdentityReference { get; } = new StandInSid(sid);
    public AccessControlType AccessControlType { get; } = (AccessControlType)access;
    public FileSystemRights FileSystemRights { get; } = (FileSystemRights)rights;
    public RegistryRights RegistryRights { get; } = (RegistryRights)rights;
}
