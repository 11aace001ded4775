using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>What a key can be asked to change, on a host that can be changed.</summary>
public sealed partial class StandInRegistryKey
{
    private const string Mismatch = "The type of the value object did not match the specified RegistryValueKind or the object could not be properly converted.";

    public StandInRegistryKey CreateSubKey(string subkey) => CreateSubKey(subkey, true);

    public StandInRegistryKey CreateSubKey(string subkey, bool writable)
    {
        ArgumentNullException.ThrowIfNull(subkey);
        RequireFlag();
        var wanted = $"{path}\\{subkey.Trim('\\')}";
        // The nearest key that there is decides.
        var nearest = wanted;
        while (RegistryTree.Real(All, nearest) is null) nearest = nearest[..nearest.LastIndexOf('\\')];
        if (RegistryTree.Denied(All, nearest) is not null || !State.IsWritable) throw Failure.KeyDenied(new StandInRegistryKey(wanted, false).Name);
        Change("CreateSubKey", wanted, all => RegistryTree.Make(all, wanted));
        return new StandInRegistryKey(RegistryTree.Real(All, wanted)!, writable);
    }

    public void SetValue(string? name, object value) => SetValue(name, value, RegistryValueKind.Unknown);

    public void SetValue(string? name, object value, RegistryValueKind valueKind)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (name?.Length > 16383) throw new ArgumentException("Registry value names should not be greater than 16,383 characters.", nameof(name));
        if (!Enum.IsDefined(valueKind)) throw new ArgumentException("The specified RegistryValueKind is an invalid value.", nameof(valueKind));
        RequireWritable();
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        var node = NodeOf(plain, valueKind == RegistryValueKind.Unknown ? KindFor(plain) : valueKind);
        Change("SetValue", $"{path}\\{name}", all =>
        {
            if (RegistryTree.Real(all, path) is null) throw new IOException("Illegal operation attempted on a registry key that has been marked for deletion.");
            var values = RegistryTree.Make(all, path);
            values[RegistryTree.NameOf(values, name)] = node;
        });
    }

    public void DeleteValue(string name) => DeleteValue(name, true);

    public void DeleteValue(string name, bool throwOnMissingValue)
    {
        ArgumentNullException.ThrowIfNull(name);
        RequireWritable();
        if (Find(name) is null)
        {
            if (throwOnMissingValue) throw new ArgumentException("No value exists with that name.");
            return;
        }
        Change("DeleteValue", $"{path}\\{name}", all =>
        {
            // The key stays, and is now told by an entry of its own.
            if (RegistryTree.Find(all, path).Node is JsonObject values) values.Remove(RegistryTree.NameOf(values, name));
        });
    }

    public void DeleteSubKey(string subkey) => DeleteSubKey(subkey, true);

    public void DeleteSubKey(string subkey, bool throwOnMissingSubKey)
    {
        if (Target(subkey, throwOnMissingSubKey) is not { } wanted) return;
        if (RegistryTree.HasBelow(All, wanted)) throw new InvalidOperationException("Registry key has subkeys and recursive removes are not supported by this method.");
        Change("DeleteSubKey", wanted, all => RegistryTree.Remove(all, wanted));
    }

    public void DeleteSubKeyTree(string subkey) => DeleteSubKeyTree(subkey, true);

    public void DeleteSubKeyTree(string subkey, bool throwOnMissingSubKey)
    {
        if (Target(subkey, throwOnMissingSubKey) is { } wanted) Change("DeleteSubKeyTree", wanted, all => RegistryTree.Remove(all, wanted));
    }

    private string? Target(string subkey, bool isNeeded)
    {
        ArgumentNullException.ThrowIfNull(subkey);
        RequireWritable();
        var name = subkey.Trim('\\');
        if (name.Length == 0) throw new ArgumentException("Cannot delete a registry hive's subtree.", nameof(subkey));
        var real = RegistryTree.Real(All, $"{path}\\{name}");
        if (real is null && isNeeded) throw new ArgumentException("Cannot delete a subkey tree because the subkey does not exist.");
        if (real is not null && RegistryTree.Denied(All, real) is not null) throw Failure.RegistryDenied();
        return real;
    }

    private void RequireFlag()
    {
        if (!isWritable) throw new UnauthorizedAccessException("Cannot write to the registry key.");
    }

    private void RequireWritable()
    {
        RequireFlag();
        if (!State.IsWritable) throw Failure.KeyDenied(Name);
    }

    /// <summary>A fault comes as what the class throws: no access, or an error of reading and writing.</summary>
    private static void Change(string method, string detail, Action<JsonObject> change)
    {
        try
        {
            State.Change($"RegistryKey.{method}", detail, document => change(RegistryTree.Of(document)));
        }
        catch (StandInFailure fault)
        {
            throw fault.Record.CategoryInfo.Category == ErrorCategory.PermissionDenied ? new UnauthorizedAccessException(fault.Message) : new IOException(fault.Message);
        }
    }

    private static RegistryValueKind KindFor(object value) => value switch
    {
        int => RegistryValueKind.DWord,
        byte[] => RegistryValueKind.Binary,
        string[] => RegistryValueKind.MultiString,
        Array => throw new ArgumentException($"RegistryKey.SetValue does not support arrays of type '{value.GetType().Name}'. Only Byte[] and String[] are supported."),
        _ => RegistryValueKind.String,
    };

    private static JsonNode NodeOf(object value, RegistryValueKind kind)
    {
        try
        {
            return kind switch
            {
                RegistryValueKind.DWord => unchecked((uint)System.Convert.ToInt32(value, CultureInfo.InvariantCulture)),
                RegistryValueKind.QWord => Special(kind, System.Convert.ToInt64(value, CultureInfo.InvariantCulture)),
                RegistryValueKind.String => value.ToString()!,
                RegistryValueKind.ExpandString => Special(kind, value.ToString()!),
                RegistryValueKind.MultiString => new JsonArray([.. ((string[])value).Select(text => (JsonNode)(text ?? throw new ArgumentException("RegistryKey.SetValue does not allow a String[] that contains a null String reference.")))]),
                RegistryValueKind.Binary => new JsonObject { ["$bytes"] = System.Convert.ToBase64String((byte[])value) },
                RegistryValueKind.None => Special(kind, System.Convert.ToBase64String((byte[])value)),
                _ => throw new ArgumentException("The specified RegistryValueKind is an invalid value."),
            };
        }
        catch (Exception failure) when (failure is OverflowException or InvalidOperationException or FormatException or InvalidCastException)
        {
            throw new ArgumentException(Mismatch);
        }
    }

    private static JsonObject Special(RegistryValueKind kind, JsonNode value) => new() { ["$kind"] = kind.ToString(), ["value"] = value };
}
