using System.Management.Automation;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// Scheduled tasks of a host that can be changed: the fixture's `scheduledTasks`, path and name to `{ xml, started? }`. The text
/// is checked as far as the service checks it: https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema
/// and https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants
/// </summary>
public static partial class Tasks
{
    private static readonly XNamespace Space = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private const string Malformed = "0x8004131a";
    private const string MissingNode = "0x80041319";
    private const string InvalidValue = "0x80041318";
    private const string UnexpectedNode = "0x80041316";

    public static string PathOf(string? folder, string name) => $"{FolderOf(folder)}{name}";
    public static string FolderOf(string? folder) => (folder ?? "").Trim('\\') is { Length: > 0 } inner ? $"\\{inner}\\" : "\\";

    public static void Register(string? folder, string name, string xml, bool isForced)
    {
        if (name.Length == 0 || name.IndexOfAny(['\\', '/', ':', '*', '?', '"', '<', '>', '|']) >= 0) throw Wrong("0x8007007b", "The filename, directory name, or volume label syntax is incorrect.", ErrorCategory.InvalidArgument);
        Check(xml);
        var path = PathOf(folder, name);
        State.Change("Register-ScheduledTask", path, document =>
        {
            if (document["scheduledTasks"] is not JsonObject tasks) document["scheduledTasks"] = tasks = [];
            var own = Own(tasks, path);
            if (own is not null && !isForced) throw new StandInFailure(new ErrorRecord(new CimException("Cannot create a file when that file already exists.", NativeErrorCode.AlreadyExists, "HRESULT 0x800700b7"), "HRESULT 0x800700b7,Register-ScheduledTask", ErrorCategory.ResourceExists, null), false);
            tasks[own ?? path] = new JsonObject { ["xml"] = xml };
        });
    }

    public static void Unregister(string path) => State.Change("Unregister-ScheduledTask", path, document =>
    {
        if (document["scheduledTasks"] is JsonObject tasks && Own(tasks, path) is { } own) tasks.Remove(own);
    });

    public static void Start(string path) => State.Change("Start-ScheduledTask", path, document =>
    {
        if (document["scheduledTasks"] is JsonObject tasks && Own(tasks, path) is { } own) tasks[own]!["started"] = (tasks[own]!["started"]?.GetValue<int>() ?? 0) + 1;
    });

    private static string? Own(JsonObject tasks, string path) => tasks.Select(entry => entry.Key).FirstOrDefault(name => name.Equals(path, StringComparison.OrdinalIgnoreCase));

    /// <summary>The tasks that were registered, as Get-ScheduledTask shows them.</summary>
    internal static IEnumerable<JsonObject> Rows(JsonObject document)
    {
        foreach (var (path, node) in document["scheduledTasks"] as JsonObject ?? [])
        {
            var task = XDocument.Parse(node!["xml"]!.GetValue<string>()).Root!;
            string? Text(XElement? above, string name) => above?.Element(Space + name)?.Value;
            var principal = task.Element(Space + "Principals")?.Element(Space + "Principal");
            var at = path.LastIndexOf('\\') + 1;
            yield return new JsonObject
            {
                ["TaskName"] = path[at..],
                ["TaskPath"] = path[..at],
                ["URI"] = path,
                ["State"] = Text(task.Element(Space + "Settings"), "Enabled") == "false" ? 1 : 3,
                ["Author"] = Text(task.Element(Space + "RegistrationInfo"), "Author"),
                ["Description"] = Text(task.Element(Space + "RegistrationInfo"), "Description"),
                ["Principal"] = new JsonObject { ["UserId"] = Text(principal, "UserId"), ["GroupId"] = Text(principal, "GroupId"), ["RunLevel"] = Text(principal, "RunLevel") == "HighestAvailable" ? 1 : 0 },
                ["Actions"] = new JsonArray([.. task.Element(Space + "Actions")!.Elements(Space + "Exec").Select(action => new JsonObject { ["Execute"] = Text(action, "Command"), ["Arguments"] = Text(action, "Arguments"), ["WorkingDirectory"] = Text(action, "WorkingDirectory") })]),
                ["Triggers"] = new JsonArray([.. (task.Element(Space + "Triggers")?.Elements() ?? []).Select(trigger => new JsonObject { ["Kind"] = trigger.Name.LocalName, ["Enabled"] = Text(trigger, "Enabled") != "false", ["StartBoundary"] = Text(trigger, "StartBoundary"), ["EndBoundary"] = Text(trigger, "EndBoundary") })]),
            };
        }
    }

    private static void Check(string xml)
    {
        var root = Read(xml);
        if (root.Name.LocalName != "Task") throw Xml(UnexpectedNode, $"The task XML contains an unexpected node: {root.Name.LocalName}.");
        if (root.Name.Namespace != Space) throw Xml("0x80041317", "The task XML contains an element or attribute from an unexpected namespace.");
        foreach (var part in root.Elements())
        {
            if (part.Name.LocalName is not ("RegistrationInfo" or "Triggers" or "Settings" or "Data" or "Principals" or "Actions")) throw Xml(UnexpectedNode, $"The task XML contains an unexpected node: {part.Name.LocalName}.");
        }
        var actions = root.Element(Space + "Actions");
        if (actions?.Elements().Any() != true) throw Xml(MissingNode, "The task XML is missing a required element or attribute: Actions.");
        foreach (var action in actions.Elements(Space + "Exec"))
        {
            if (string.IsNullOrWhiteSpace(action.Element(Space + "Command")?.Value)) throw Xml(MissingNode, "The task XML is missing a required element or attribute: Command.");
        }
        var principal = root.Element(Space + "Principals")?.Element(Space + "Principal");
        if (principal is null || (principal.Element(Space + "UserId") is null && principal.Element(Space + "GroupId") is null)) throw Xml(MissingNode, "The task XML is missing a required element or attribute: Principal.");
        if ((string?)actions.Attribute("Context") is { } context && (string?)principal.Attribute("id") != context) throw Xml(InvalidValue, $"The task XML contains a value which is incorrectly formatted or out of range: Context {context}.");
        foreach (var value in root.Descendants()) CheckValue(value);
        var settings = root.Element(Space + "Settings");
        if (settings?.Element(Space + "DeleteExpiredTaskAfter") is not null && root.Element(Space + "Triggers")?.Elements().Any(trigger => trigger.Element(Space + "EndBoundary") is not null) != true)
            throw Xml(MissingNode, "The task XML is missing a required element or attribute: EndBoundary.");
    }

    private static XElement Read(string xml)
    {
        // The service gets UTF-16, and does not switch to another encoding.
        if (Declared().Match(xml) is { Success: true } declared && !declared.Groups[1].Value.Equals("UTF-16", StringComparison.OrdinalIgnoreCase)) throw Xml(Malformed, "The task XML is malformed. (1,40)::unable to switch the encoding");
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException wrong)
        {
            throw Xml(Malformed, $"The task XML is malformed. ({wrong.LineNumber},{wrong.LinePosition})::{wrong.Message}");
        }
    }

    private static void CheckValue(XElement element)
    {
        var isRight = element.Name.LocalName switch
        {
            "StartBoundary" or "EndBoundary" => DateTimeOffset.TryParse(element.Value, System.Globalization.CultureInfo.InvariantCulture, out _) && element.Value.Contains('T'),
            "ExecutionTimeLimit" or "DeleteExpiredTaskAfter" or "Interval" or "Duration" or "Delay" => IsDuration(element.Value),
            "Enabled" or "Hidden" or "StartWhenAvailable" or "AllowStartOnDemand" or "WakeToRun" or "DisallowStartIfOnBatteries" or "StopIfGoingOnBatteries" or "AllowHardTerminate" or "RunOnlyIfIdle" or "RunOnlyIfNetworkAvailable" => element.Value is "true" or "false",
            "RunLevel" => element.Value is "LeastPrivilege" or "HighestAvailable",
            "LogonType" => element.Value is "S4U" or "Password" or "InteractiveToken" or "InteractiveTokenOrPassword",
            "MultipleInstancesPolicy" => element.Value is "Parallel" or "Queue" or "IgnoreNew" or "StopExisting",
            "Priority" => int.TryParse(element.Value, out var priority) && priority is >= 0 and <= 10,
            _ => true,
        };
        if (!isRight) throw Xml(InvalidValue, $"The task XML contains a value which is incorrectly formatted or out of range: {element.Name.LocalName} {element.Value}.");
    }

    private static bool IsDuration(string text)
    {
        try
        {
            XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static StandInFailure Xml(string code, string message) => Wrong(code, message, ErrorCategory.InvalidData);

    private static StandInFailure Wrong(string code, string message, ErrorCategory category) =>
        new(new ErrorRecord(new CimException(message, NativeErrorCode.Failed, $"HRESULT {code}"), $"HRESULT {code},Register-ScheduledTask", category, null), false);

    [GeneratedRegex("^\\s*<\\?xml[^>]*encoding\\s*=\\s*[\"']([^\"']+)[\"']")]
    private static partial Regex Declared();
}

/// <summary>`Set-StandInTask`: registers (`Xml`), removes or starts a task; what the functions of the module call.</summary>
[Cmdlet(VerbsCommon.Set, "StandInTask")]
public sealed class SetStandInTaskCommand : PSCmdlet
{
    [Parameter(Mandatory = true)] public string TaskName { get; set; } = "";
    [Parameter] public string TaskPath { get; set; } = "";
    [Parameter] public string? Xml { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }
    [Parameter] public SwitchParameter Remove { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (Remove) Tasks.Unregister(Tasks.PathOf(TaskPath, TaskName));
            else if (Xml is null) Tasks.Start(Tasks.PathOf(TaskPath, TaskName));
            else Tasks.Register(TaskPath, TaskName, Xml, Force);
        }
        catch (StandInFailure failure)
        {
            WriteError(failure.Record);
        }
        catch (UnauthorizedAccessException failure)
        {
            WriteError(new ErrorRecord(failure, "HRESULT 0x80070005", ErrorCategory.PermissionDenied, TaskName));
        }
    }
}
