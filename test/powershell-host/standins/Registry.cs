using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>A key as Microsoft.Win32.RegistryKey shows it, read only. Keys of the fixture are written from the hive, `HKLM\…`.</summary>
public sealed class StandInRegistryKey
{
    private readonly string path;
    private readonly JsonObject? values;

    private StandInRegistryKey(string path, JsonObject? values)
    {
        this.path = path;
        this.values = values;
    }

    public string Name => path.Replace("HKLM", "HKEY_LOCAL_MACHINE").Replace("HKU", "HKEY_USERS");

    private static JsonObject All => Fixture.Document["registry"] as JsonObject ?? [];

    public static StandInRegistryKey? Open(string path)
    {
        var wanted = path.TrimEnd('\\');
        var (name, node) = All.FirstOrDefault(entry => entry.Key.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        if (node is JsonObject { Count: 1 } only && only["$denied"] is not null) throw Failure.RegistryDenied();
        if (name is not null) return new StandInRegistryKey(name, node as JsonObject);
        var isAbove = All.Any(entry => entry.Key.StartsWith(wanted + "\\", StringComparison.OrdinalIgnoreCase));
        return isAbove || !wanted.Contains('\\') ? new StandInRegistryKey(wanted, null) : null;
    }

    public StandInRegistryKey? OpenSubKey(string name) => Open($"{path}\\{name}");
    public StandInRegistryKey? OpenSubKey(string name, bool writable) => writable ? throw Failure.RegistryDenied() : OpenSubKey(name);

    public string[] GetSubKeyNames() => [.. All.Select(entry => entry.Key)
        .Where(name => name.StartsWith(path + "\\", StringComparison.OrdinalIgnoreCase))
        .Select(name => name[(path.Length + 1)..].Split('\\')[0])
        .Distinct(StringComparer.OrdinalIgnoreCase)];

    public string[] GetValueNames() => values is null ? [] : [.. values.Select(entry => entry.Key)];

    private JsonNode? Find(string? name) => values?.FirstOrDefault(entry => entry.Key.Equals(name ?? "", StringComparison.OrdinalIgnoreCase)).Value;

    public object? GetValue(string? name) => GetValue(name, null);
    public object? GetValue(string? name, object? defaultValue) => Find(name) is { } node ? Convert(node) : defaultValue;
    public object? GetValue(string? name, object? defaultValue, RegistryValueOptions options) => GetValue(name, defaultValue);

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
