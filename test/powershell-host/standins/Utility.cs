using System.Collections;
using System.Management.Automation;
using System.Text;
using Rdposture.PowerShellHost.StandIns;

namespace Microsoft.PowerShell.Commands;

public abstract class InputCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    protected readonly List<PSObject> Items = [];

    protected override void ProcessRecord()
    {
        if (InputObject is not null) Items.Add(InputObject);
    }

    protected static object? ValueOf(PSObject item, string name) => item.BaseObject is IDictionary table ? table[name] : item.Properties[name]?.Value;
}

[Cmdlet(VerbsCommunications.Write, "Output")]
public sealed class WriteOutputCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)] [AllowNull] [AllowEmptyCollection] public PSObject[] InputObject { get; set; } = [];
    [Parameter] public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var item in InputObject ?? []) WriteObject(item, !NoEnumerate);
    }
}

[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "NoException")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "NoException", ValueFromPipeline = true)]
    [Parameter(ParameterSetName = "WithException")]
    public string Message { get; set; } = "";
    [Parameter(Mandatory = true, ParameterSetName = "WithException")] public Exception? Exception { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = "ErrorRecord")] public ErrorRecord? ErrorRecord { get; set; }
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public string ErrorId { get; set; } = "Microsoft.PowerShell.Commands.WriteErrorException";
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public object? TargetObject { get; set; }

    protected override void ProcessRecord() => WriteError(ErrorRecord ?? new ErrorRecord(Exception ?? new RuntimeException(Message), ErrorId, Category, TargetObject));
}

[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)] public string Activity { get; set; } = "";
    [Parameter(Position = 1)] public string Status { get; set; } = "Processing";
    [Parameter(Position = 2)] public int Id { get; set; }
    [Parameter] public int PercentComplete { get; set; } = -1;
    [Parameter] public string CurrentOperation { get; set; } = "";
    [Parameter] public int ParentId { get; set; } = -1;
    [Parameter] public SwitchParameter Completed { get; set; }

    protected override void ProcessRecord() => WriteProgress(new ProgressRecord(Id, Activity, Status) { PercentComplete = PercentComplete, ParentActivityId = ParentId, RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing });
}

[Cmdlet(VerbsCommunications.Write, "Information")]
public sealed class WriteInformationCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] public object? MessageData { get; set; }
    [Parameter(Position = 1)] public string[] Tags { get; set; } = [];

    protected override void ProcessRecord() => WriteInformation(MessageData, Tags);
}

[Cmdlet(VerbsCommunications.Write, "Debug")]
public sealed class WriteDebugCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] [AllowEmptyString] public string Message { get; set; } = "";

    protected override void ProcessRecord() => WriteDebug(Message);
}

[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)] public object? Object { get; set; }

    protected override void ProcessRecord() => Host.UI.WriteLine(Object?.ToString() ?? "");
}

[Cmdlet(VerbsCommunications.Write, "Warning")]
public sealed class WriteWarningCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] [AllowEmptyString] public string Message { get; set; } = "";

    protected override void ProcessRecord() => WriteWarning(Message);
}

[Cmdlet(VerbsCommunications.Write, "Verbose")]
public sealed class WriteVerboseCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] [AllowEmptyString] public string Message { get; set; } = "";

    protected override void ProcessRecord() => WriteVerbose(Message);
}

/// <summary>Only as much as native programs in remote sessions need: every object as its text.</summary>
[Cmdlet(VerbsData.Out, "String")]
public sealed class OutStringCommand : InputCommand
{
    [Parameter] public SwitchParameter Stream { get; set; }
    [Parameter] public int Width { get; set; }

    protected override void EndProcessing()
    {
        if (Stream) WriteObject(Items.Select(item => item.ToString()), true);
        else WriteObject(string.Concat(Items.Select(item => item + Environment.NewLine)));
    }
}

[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : InputCommand
{
    [Parameter(Position = 0)] public string[] Property { get; set; } = [];
    [Parameter] public string ExpandProperty { get; set; } = "";
    [Parameter] public int First { get; set; } = int.MaxValue;
    [Parameter] public int Skip { get; set; }
    [Parameter] public int Last { get; set; } = int.MaxValue;

    protected override void EndProcessing()
    {
        foreach (var item in Items.Skip(Skip).Take(First).TakeLast(Last))
        {
            if (ExpandProperty != "") WriteObject(ValueOf(item, ExpandProperty), true);
            else if (Property.Length == 0) WriteObject(item);
            else
            {
                var result = new PSObject();
                foreach (var name in Property) result.Properties.Add(new PSNoteProperty(name, ValueOf(item, name)));
                WriteObject(result);
            }
        }
    }
}

[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : InputCommand
{
    [Parameter(Position = 0)] public string[] Property { get; set; } = [];
    [Parameter] public SwitchParameter Descending { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }

    protected override void EndProcessing()
    {
        IEnumerable<object?> Keys(PSObject item) => Property.Length == 0 ? [item.BaseObject] : Property.Select(name => ValueOf(item, name));
        var comparer = Comparer<PSObject>.Create((a, b) => Keys(a).Zip(Keys(b), (left, right) => LanguagePrimitives.Compare(left, right, true)).FirstOrDefault(order => order != 0));
        var sorted = Descending ? Items.OrderByDescending(item => item, comparer) : Items.OrderBy(item => item, comparer);
        PSObject? before = null;
        foreach (var item in sorted)
        {
            if (!Unique || before is null || comparer.Compare(before, item) != 0) WriteObject(item);
            before = item;
        }
    }
}

[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)] public string TypeName { get; set; } = "";
    [Parameter(Position = 1)] public object[] ArgumentList { get; set; } = [];
    [Parameter] public IDictionary Property { get; set; } = new Hashtable();

    protected override void ProcessRecord()
    {
        var arguments = ArgumentList.Select(argument => argument is PSObject wrapped ? wrapped.BaseObject : argument).ToArray();
        if (StandInAccounts.Make(TypeName, arguments) is { } played)
        {
            WriteObject(played);
            return;
        }
        if (TypeName is "psobject" or "PSCustomObject" or "System.Management.Automation.PSObject")
        {
            var result = new PSObject();
            foreach (DictionaryEntry entry in Property) result.Properties.Add(new PSNoteProperty((string)entry.Key, entry.Value));
            WriteObject(result);
            return;
        }
        var type = (Type)LanguagePrimitives.ConvertTo(TypeName, typeof(Type), null);
        // The engine's own way of finding a constructor, as `[type]::new()` goes; in a table, since a new list would be enumerated.
        var script = ScriptBlock.Create("param($t, $a) @{ made = switch ($a.Count) { 0 { , $t::new() } 1 { , $t::new($a[0]) } 2 { , $t::new($a[0], $a[1]) } 3 { , $t::new($a[0], $a[1], $a[2]) } default { throw 'too many arguments' } } }");
        var made = PSObject.AsPSObject(((Hashtable)InvokeCommand.InvokeScript(false, script, null, type, arguments)[0].BaseObject)["made"]!);
        foreach (DictionaryEntry entry in Property) made.Properties[(string)entry.Key].Value = entry.Value;
        WriteObject(made);
    }
}

[Cmdlet(VerbsCommon.Get, "Date")]
public sealed class GetDateCommand : PSCmdlet
{
    [Parameter(Position = 0)] public DateTime Date { get; set; } = DateTime.Now;
    [Parameter] public string Format { get; set; } = "";

    protected override void ProcessRecord() => WriteObject(Format == "" ? Date : Date.ToString(Format));
}

[Cmdlet(VerbsLifecycle.Start, "Sleep")]
public sealed class StartSleepCommand : PSCmdlet
{
    private readonly ManualResetEventSlim stopped = new();
    [Parameter(Position = 0)] public double Seconds { get; set; }
    [Parameter] public int Milliseconds { get; set; }

    protected override void ProcessRecord() => stopped.Wait(TimeSpan.FromMilliseconds(Seconds * 1000 + Milliseconds));
    protected override void StopProcessing() => stopped.Set();
}
