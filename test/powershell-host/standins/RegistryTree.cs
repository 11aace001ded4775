using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// The fixture's `registry`: path of a key to its values. A key that has others below it needs no entry of its own. A key whose
/// values hold `$denied` cannot be opened; one with `"$denied": "write"` can be read, but not written.
/// </summary>
internal static class RegistryTree
{
    public static (string? Name, JsonNode? Node) Find(JsonObject all, string path)
    {
        var (name, node) = all.FirstOrDefault(entry => entry.Key.Equals(path, StringComparison.OrdinalIgnoreCase));
        return (name, node);
    }

    private static bool IsBelow(string path, string above) => path.Length > above.Length && path[above.Length] == '\\' && path.StartsWith(above, StringComparison.OrdinalIgnoreCase);

    public static bool HasBelow(JsonObject all, string path) => all.Any(entry => IsBelow(entry.Key, path));

    /// <summary>The path in the letters in which the key was made; null where there is none.</summary>
    public static string? Real(JsonObject all, string path)
    {
        if (!path.Contains('\\')) return path;
        if (Find(all, path).Name is { } own) return own;
        var below = all.Select(entry => entry.Key).FirstOrDefault(name => IsBelow(name, path));
        return below?[..path.Length];
    }

    /// <summary>`all`, `write` or null.</summary>
    public static string? Denied(JsonObject all, string path) => Find(all, path).Node?["$denied"] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => "all",
    };

    public static string[] Children(JsonObject all, string path) =>
        [.. all.Select(entry => entry.Key).Where(name => IsBelow(name, path)).Select(name => name[(path.Length + 1)..].Split('\\')[0]).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The values of a key, which is made with all above it where it is missing.</summary>
    public static JsonObject Make(JsonObject all, string path)
    {
        if (Find(all, path).Node is JsonObject values) return values;
        var real = Real(all, path);
        if (real is null)
        {
            var above = path[..path.LastIndexOf('\\')];
            real = $"{Real(all, above) ?? RealOfMissing(all, above)}{path[above.Length..]}";
        }
        var made = new JsonObject();
        all[real] = made;
        return made;
    }

    private static string RealOfMissing(JsonObject all, string path)
    {
        var above = path[..path.LastIndexOf('\\')];
        return $"{Real(all, above) ?? RealOfMissing(all, above)}{path[above.Length..]}";
    }

    /// <summary>A key and all below it; what was above it stays, also where only this key told of it.</summary>
    public static void Remove(JsonObject all, string path)
    {
        var gone = all.Select(entry => entry.Key).Where(name => IsBelow(name, path) || name.Equals(path, StringComparison.OrdinalIgnoreCase)).ToList();
        if (gone.Count == 0) return;
        foreach (var name in gone) all.Remove(name);
        var above = gone[0][..path.LastIndexOf('\\')];
        if (Real(all, above) is null) all[above] = new JsonObject();
    }

    public static string NameOf(JsonObject values, string? name) =>
        values.Select(entry => entry.Key).FirstOrDefault(own => own.Equals(name ?? "", StringComparison.OrdinalIgnoreCase)) ?? name ?? "";

    /// <summary>The registry of a document that is being changed.</summary>
    public static JsonObject Of(JsonObject document)
    {
        if (document["registry"] is JsonObject all) return all;
        all = [];
        document["registry"] = all;
        return all;
    }
}
