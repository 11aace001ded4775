using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// `Set-StandInRow`: one call of a command that changes the host, with all that it changes. A change is a table: `Rows` (a
/// key of the fixture's `commands`), `Where` (members that must be equal) and `Set`; or `Registry` (a key, which must be
/// there), `Name` and `Value` (a DWORD; null deletes the value).
/// </summary>
[Cmdlet(VerbsCommon.Set, "StandInRow")]
public sealed class SetStandInRowCommand : PSCmdlet
{
    [Parameter(Mandatory = true)] public string Command { get; set; } = "";
    [Parameter] public string Detail { get; set; } = "";
    [Parameter(Mandatory = true)] [AllowEmptyCollection] public IDictionary[] Change { get; set; } = [];

    protected override void ProcessRecord()
    {
        try
        {
            State.Change(Command, Detail, document =>
            {
                foreach (var change in Change) Apply(document, change);
            });
        }
        catch (StandInFailure failure)
        {
            if (failure.IsTerminating) ThrowTerminatingError(failure.Record);
            WriteError(failure.Record);
        }
        catch (UnauthorizedAccessException)
        {
            WriteError(Failure.Of(Command, new JsonObject { ["kind"] = "denied", ["message"] = "Access is denied." }).Record);
        }
    }

    private static void Apply(JsonObject document, IDictionary change)
    {
        if (change["Registry"] is string key)
        {
            var all = RegistryTree.Of(document);
            if (RegistryTree.Real(all, key) is null) return;
            var values = RegistryTree.Make(all, key);
            var name = RegistryTree.NameOf(values, (string)change["Name"]!);
            if (change["Value"] is null) values.Remove(name);
            else values[name] = NodeOf(change["Value"]);
            return;
        }
        var wanted = (IDictionary)change["Where"]!;
        var rows = (document["commands"]?[(string)change["Rows"]!]?["rows"] as JsonArray ?? []).Select(row => row!.AsObject());
        var found = rows.Where(row => wanted.Keys.Cast<string>().All(member => $"{row[member]}".Equals($"{wanted[member]}", StringComparison.OrdinalIgnoreCase))).ToList();
        if (found.Count == 0) throw Failure.Of((string)change["Rows"]!, new JsonObject { ["kind"] = "none", ["message"] = $"The fixture has no such row of {change["Rows"]}." });
        foreach (var row in found)
        {
            foreach (DictionaryEntry member in (IDictionary)change["Set"]!) row[(string)member.Key] = NodeOf(member.Value);
        }
    }

    /// <summary>An enum is kept as its number, and a list as a list, also of one.</summary>
    internal static JsonNode? NodeOf(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(NodeOf)]),
        { } number => Convert.ToInt64(number),
    };
}

/// <summary>`Add-StandInCall`: something that happened and is no state, as a restart.</summary>
[Cmdlet(VerbsCommon.Add, "StandInCall")]
public sealed class AddStandInCallCommand : PSCmdlet
{
    [Parameter(Mandatory = true)] public string Command { get; set; } = "";
    [Parameter] public string Detail { get; set; } = "";

    protected override void ProcessRecord()
    {
        try
        {
            Calls.Record(Command, Detail);
        }
        catch (StandInFailure failure)
        {
            WriteError(failure.Record);
        }
        catch (UnauthorizedAccessException failure)
        {
            WriteError(new ErrorRecord(failure, "AccessDenied", ErrorCategory.PermissionDenied, Detail));
        }
    }
}
