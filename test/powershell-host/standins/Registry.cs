using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// A key as Microsoft.Win32.RegistryKey shows it, under whose name scripts find it here. Keys of the fixture are written from
/// the hive, `HKLM\…`. Errors are those of .NET: https://learn.microsoft.com/dotnet/api/microsoft.win32.registrykey
/// </summary>
public sealed partial class StandInRegistryKey : IDisposable
{
    private readonly string path;
    private readonly bool isWritable;

    private StandInRegistryKey(string path, bool isWritable)
    {
        this.path = path;
        this.isWritable = isWritable;
    }

    public string Name => path.Replace("HKLM", "HKEY_LOCAL_MACHINE").Replace("HKU", "HKEY_USERS").Replace("HKCU", "HKEY_CURRENT_USER");
    public override string ToString() => Name;

    private static JsonObject All => Fixture.Document["registry"] as JsonObject ?? [];

    private JsonObject? Values => RegistryTree.Find(All, path).Node as JsonObject;

    /// <summary>Both views are one here.</summary>
    public static StandInRegistryKey OpenBaseKey(RegistryHive hKey, RegistryView view) => new(
        hKey switch
        {
            RegistryHive.LocalMachine => "HKLM",
            RegistryHive.Users => "HKU",
            RegistryHive.CurrentUser => "HKCU",
            _ => throw new ArgumentException("Registry HKEY was out of the legal range.", nameof(hKey)),
        },
        true);

    public static StandInRegistryKey? Open(string path, bool isWritable = false)
    {
        var wanted = path.TrimEnd('\\');
        var real = RegistryTree.Real(All, wanted);
        if (real is null) return null;
        var denied = RegistryTree.Denied(All, real);
        if (denied == "all" || (isWritable && (denied is not null || !State.IsWritable))) throw Failure.RegistryDenied();
        return new StandInRegistryKey(real, isWritable);
    }

    public StandInRegistryKey? OpenSubKey(string name) => OpenSubKey(name, false);

    public StandInRegistryKey? OpenSubKey(string name, bool writable)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Open($"{path}\\{name}", writable);
    }

    public int SubKeyCount => GetSubKeyNames().Length;
    public int ValueCount => GetValueNames().Length;

    public string[] GetSubKeyNames() => RegistryTree.Children(All, path);

    public string[] GetValueNames() => Values is { } values ? [.. values.Select(entry => entry.Key).Where(name => name != "$denied")] : [];

    private JsonNode? Find(string? name) => Values?.FirstOrDefault(entry => entry.Key.Equals(name ?? "", StringComparison.OrdinalIgnoreCase)).Value;

    public object? GetValue(string? name) => GetValue(name, null);
    public object? GetValue(string? name, object? defaultValue) => GetValue(name, defaultValue, RegistryValueOptions.None);

    public object? GetValue(string? name, object? defaultValue, RegistryValueOptions options)
    {
        if (Find(name) is not { } node) return defaultValue;
        var value = Convert(node);
        return value is string text && KindOf(node) == RegistryValueKind.ExpandString && options != RegistryValueOptions.DoNotExpandEnvironmentNames ? Environment.ExpandEnvironmentVariables(text) : value;
    }

    public RegistryValueKind GetValueKind(string? name) => Find(name) is { } node ? KindOf(node) : throw new IOException("The specified registry key does not exist.");

    private static RegistryValueKind KindOf(JsonNode node) => node switch
    {
        JsonArray => RegistryValueKind.MultiString,
        JsonObject special when special["$kind"] is { } kind => Enum.Parse<RegistryValueKind>(kind.GetValue<string>()),
        JsonObject => RegistryValueKind.Binary,
        _ => node.AsValue().TryGetValue<string>(out _) ? RegistryValueKind.String : RegistryValueKind.DWord,
    };

    /// <summary>A DWORD comes as a signed number, whatever its top bit.</summary>
    private static object? Convert(JsonNode node) => node switch
    {
        JsonArray list => list.Select(item => item!.GetValue<string>()).ToArray(),
        JsonObject special when special["$kind"] is not null => KindOf(node) switch
        {
            RegistryValueKind.QWord => special["value"]!.GetValue<long>(),
            RegistryValueKind.None => System.Convert.FromBase64String(special["value"]!.GetValue<string>()),
            _ => special["value"]!.GetValue<string>(),
        },
        JsonObject => Fixture.Value(node),
        _ => node.AsValue().TryGetValue<string>(out var text) ? text : unchecked((int)node.GetValue<long>()),
    };

    public void Flush() { }
    public void Close() { }
    public void Dispose() { }
}

[CmdletProvider("Registry", ProviderCapabilities.None)]
public sealed class RegistryStandIn : NavigationCmdletProvider, IPropertyCmdletProvider
{
    protected override System.Collections.ObjectModel.Collection<PSDriveInfo> InitializeDefaultDrives() =>
        [new PSDriveInfo("HKLM", ProviderInfo, "HKEY_LOCAL_MACHINE", "The hive of the machine", null)];

    private static string Normal(string path) => path.Replace('/', '\\').Trim('\\').Replace("HKEY_LOCAL_MACHINE", "HKLM", StringComparison.OrdinalIgnoreCase).Replace("HKEY_USERS", "HKU", StringComparison.OrdinalIgnoreCase);

    protected override bool IsValidPath(string path) => true;
    protected override bool ItemExists(string path) => StandInRegistryKey.Open(Normal(path)) is not null;
    protected override bool IsItemContainer(string path) => true;
    protected override bool HasChildItems(string path) => StandInRegistryKey.Open(Normal(path))?.GetSubKeyNames().Length > 0;

    protected override void GetItem(string path)
    {
        if (StandInRegistryKey.Open(Normal(path)) is { } key) WriteItemObject(key, path, true);
    }

    protected override void GetChildItems(string path, bool recurse)
    {
        if (StandInRegistryKey.Open(Normal(path)) is not { } key) return;
        foreach (var name in key.GetSubKeyNames())
        {
            if (key.OpenSubKey(name) is { } child) WriteItemObject(child, $"{path}\\{name}", true);
        }
    }

    public void GetProperty(string path, System.Collections.ObjectModel.Collection<string>? providerSpecificPickList)
    {
        if (StandInRegistryKey.Open(Normal(path)) is not { } key) return;
        var result = new PSObject();
        foreach (var name in key.GetValueNames())
        {
            if (providerSpecificPickList is not { Count: > 0 } wanted || wanted.Contains(name, StringComparer.OrdinalIgnoreCase)) result.Properties.Add(new PSNoteProperty(name, key.GetValue(name)));
        }
        WritePropertyObject(result, path);
    }

    public object? GetPropertyDynamicParameters(string path, System.Collections.ObjectModel.Collection<string>? providerSpecificPickList) => null;
    public void SetProperty(string path, PSObject propertyValue) => throw Failure.RegistryDenied();
    public object? SetPropertyDynamicParameters(string path, PSObject propertyValue) => null;
    public void ClearProperty(string path, System.Collections.ObjectModel.Collection<string> propertyToClear) => throw Failure.RegistryDenied();
    public object? ClearPropertyDynamicParameters(string path, System.Collections.ObjectModel.Collection<string> propertyToClear) => null;
}
