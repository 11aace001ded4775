using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// The state of the Windows host that is played: one JSON file, named by RDPOSTURE_FIXTURE. `{address}` in the name stands
/// for the address that an SSH client reached, so that one server plays several hosts.
/// </summary>
public static class Fixture
{
    private static readonly Lazy<JsonObject> Root = new(Read);

    /// <summary>Its file; null where no host is played.</summary>
    public static string? Path { get; } = FindPath();

    public static JsonObject Document => State.IsWritable ? State.Current() : Root.Value;

    private static string? FindPath()
    {
        var name = Environment.GetEnvironmentVariable("RDPOSTURE_FIXTURE");
        if (string.IsNullOrEmpty(name)) return null;
        var address = (Environment.GetEnvironmentVariable("SSH_CONNECTION") ?? "").Split(' ').ElementAtOrDefault(2) ?? "";
        return name.Replace("{address}", address);
    }

    private static JsonObject Read() => Path is null ? [] : JsonNode.Parse(File.ReadAllText(Path))?.AsObject() ?? [];

    /// <summary>`typed` as Windows gives enums, `plain` as numbers, `names` as texts.</summary>
    public static string Style => Document["style"]?.GetValue<string>() ?? "typed";

    /// <summary>What lists of one look like: `plain` lists, `collapsed` to their element, or `wrapped` in {value, Count}.</summary>
    private static string Lists => Document["lists"]?.GetValue<string>() ?? "plain";

    /// <summary>The objects that a command writes.</summary>
    public static IEnumerable<PSObject> Rows(string command, string typeName)
    {
        if (command == "Get-ScheduledTask" && State.IsWritable)
        {
            foreach (var task in Tasks.Rows(Document))
            {
                var result = Row(command, task, null);
                result.TypeNames.Insert(0, typeName);
                yield return result;
            }
        }
        if (Document["commands"]?[command] is not JsonObject entry)
        {
            // A class that the fixture does not name is none of the host's.
            if (command.StartsWith("Get-CimInstance ")) throw Failure.Of(command, new JsonObject { ["kind"] = "noClass" });
            yield break;
        }
        Delay(entry);
        if (entry["fail"] is JsonObject fail && fail["after"] is null) throw Failure.Of(command, fail);
        var repeat = entry["repeat"]?.GetValue<int>() ?? 1;
        var number = 0;
        for (var round = 0; round < repeat; round++)
        {
            foreach (var row in RowsNow(command, entry))
            {
                var result = Row(command, row, repeat > 1 ? number : null);
                result.TypeNames.Insert(0, typeName);
                number++;
                yield return result;
            }
        }
        if (entry["fail"] is JsonObject late) throw Failure.Of(command, late);
    }

    /// <summary>A host that can be changed shows of some rows what stands behind them.</summary>
    private static IEnumerable<JsonObject> RowsNow(string command, JsonObject entry)
    {
        var rows = (entry["rows"]?.AsArray() ?? []).Select(row => row!.AsObject());
        return State.IsWritable && Terminal.ClassOf(command) is { } name ? rows.Select(row => Terminal.Shown(Document, name, row)) : rows;
    }

    private static void Delay(JsonObject entry)
    {
        if (entry["seconds"] is { } seconds) Thread.Sleep(TimeSpan.FromSeconds(seconds.GetValue<double>()));
    }

    internal static PSObject Row(string command, JsonObject row, int? number)
    {
        var result = new PSObject();
        foreach (var (name, node) in row)
        {
            var value = Value(node, number);
            result.Properties.Add(new PSNoteProperty(name, Enums.Convert(command, name, value, Style)));
        }
        return result;
    }

    public static object? Value(JsonNode? node, int? number = null)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray list:
                return List(list, number);
            case JsonObject special when special["$bytes"] is { } bytes:
                return Convert.FromBase64String(bytes.GetValue<string>());
            case JsonObject special when special["$date"] is { } date:
                return DateTimeOffset.Parse(date.GetValue<string>()).LocalDateTime;
            case JsonObject special when special["$repeat"] is { } text:
                return string.Concat(Enumerable.Repeat(text.GetValue<string>(), special["times"]!.GetValue<int>()));
            case JsonObject special:
                return Row("", special, number);
        }
        var value = node.AsValue();
        if (value.TryGetValue<bool>(out var flag)) return flag;
        if (value.TryGetValue<string>(out var plain)) return number is null ? plain : plain.Replace("{n}", number.ToString());
        if (value.TryGetValue<int>(out var small)) return small;
        if (value.TryGetValue<uint>(out var unsigned)) return unsigned;
        return value.TryGetValue<long>(out var large) ? (object)large : value.GetValue<double>();
    }

    private static object? List(JsonArray list, int? number)
    {
        var items = list.Select(item => Value(item, number)).ToArray();
        object array = items.All(item => item is string) ? items.Cast<string>().ToArray() : items.All(item => item is int) ? items.Cast<int>().ToArray() : items;
        if (Lists == "collapsed" && items.Length <= 1) return items.Length == 0 ? null : items[0];
        if (Lists != "wrapped") return array;
        var wrapper = new PSObject();
        wrapper.Properties.Add(new PSNoteProperty("value", array));
        wrapper.Properties.Add(new PSNoteProperty("Count", items.Length));
        return wrapper;
    }

    /// <summary>A row is left out when a parameter of the call asks for another one.</summary>
    public static bool IsAskedFor(PSObject row, IDictionary bound)
    {
        foreach (DictionaryEntry parameter in bound)
        {
            var wanted = (parameter.Value as PSObject)?.BaseObject ?? parameter.Value;
            var texts = wanted as IEnumerable<string> ?? (wanted is string text ? [text] : null);
            var own = row.Properties[(string)parameter.Key]?.Value;
            if (texts is not null && own is string value && !texts.Contains(value, StringComparer.OrdinalIgnoreCase)) return false;
        }
        return true;
    }
}

/// <summary>`Get-StandInRow`: what the functions of the module folder call.</summary>
[Cmdlet(VerbsCommon.Get, "StandInRow")]
public sealed class GetStandInRowCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public string Command { get; set; } = "";
    [Parameter(Position = 1)] public IDictionary Bound { get; set; } = new Hashtable();
    [Parameter] public string TypeName { get; set; } = "StandIn";

    protected override void ProcessRecord()
    {
        try
        {
            foreach (var row in Fixture.Rows(Command, TypeName))
            {
                if (Fixture.IsAskedFor(row, Bound)) WriteObject(row);
            }
        }
        catch (StandInFailure failure)
        {
            if (failure.IsTerminating) ThrowTerminatingError(failure.Record);
            WriteError(failure.Record);
        }
    }
}
