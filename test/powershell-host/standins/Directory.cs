using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>`LDAP://DOMAIN`: the accounts are those of the fixture's `directory`, by the name of the domain.</summary>
public sealed class StandInDomain(string name)
{
    public string Name { get; } = name;
}

/// <summary>What finds accounts by a filter of alternatives, `(|(NAME=VALUE)(NAME=VALUE))`. A domain that is missing does not answer.</summary>
public sealed partial class StandInSearcher(StandInDomain root, string filter) : IDisposable
{
    public int SizeLimit { get; set; }
    public TimeSpan ClientTimeout { get; set; }

    public StandInFound[] FindAll()
    {
        if (Fixture.Document["directory"]?[root.Name] is not JsonArray accounts) throw new COMException("Der Server ist nicht funktionstüchtig.", unchecked((int)0x8007203A));
        if (Whole().Match(filter) is not { Success: true } match) throw new ArgumentException("Der Suchfilter ist ungültig.");
        var wanted = match.Groups["name"].Captures.Zip(match.Groups["value"].Captures, (name, value) => (Name: name.Value, Value: Unescaped(value.Value))).ToArray();
        return [.. accounts.Select(account => new StandInFound(account!.AsObject())).Where(account => wanted.Any(one => account.Holds(one.Name, one.Value))).Take(SizeLimit)];
    }

    private static string Unescaped(string value)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\') bytes.Add(Convert.ToByte(value.Substring(at + 1, 2), 16));
            else bytes.Add((byte)value[at]);
            if (value[at] == '\\') at += 2;
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    public void Dispose() { }

    // A star alone would be a wildcard; what is no ASCII has to be escaped as well, so that no other reading is left.
    [GeneratedRegex(@"^\(\|(?:\((?<name>[A-Za-z]+)=(?<value>(?:[!-'+-\[\]-~]|\\[0-9a-f]{2})*)\))+\)$")]
    private static partial Regex Whole();
}

public sealed class StandInFound(JsonObject account)
{
    public Dictionary<string, object[]> Properties { get; } = account.ToDictionary(
        entry => entry.Key.ToLowerInvariant(),
        entry => entry.Value is JsonArray list ? [.. list.Select(item => (object)item!.GetValue<string>())] : new object[] { entry.Value!.GetValue<string>() });

    public bool Holds(string name, string value) =>
        Properties.TryGetValue(name.ToLowerInvariant(), out var values) && values.Any(item => string.Equals((string)item, value, StringComparison.OrdinalIgnoreCase));
}
