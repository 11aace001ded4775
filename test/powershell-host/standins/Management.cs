using System.Management.Automation;
using System.Security.Principal;
using System.Text.Json.Nodes;

// FullyQualifiedErrorId ends in the class's name, so the classes are named as those of Microsoft.PowerShell.Management.
namespace Microsoft.PowerShell.Commands;

public abstract class PathCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)] public string[] Path { get; set; } = [];
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)] [Alias("PSPath")] public string[] LiteralPath { get; set; } = [];
    [Parameter] public SwitchParameter Force { get; set; }

    protected bool IsLiteral => ParameterSetName == "LiteralPath";
    protected string[] Paths => IsLiteral ? LiteralPath : Path.Length == 0 ? ["."] : Path;

    protected void Each(Action<string> action)
    {
        foreach (var path in Paths)
        {
            try
            {
                action(path);
            }
            catch (Exception failure) when (failure is RuntimeException or System.Security.SecurityException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                var own = (failure as IContainsErrorRecord)?.ErrorRecord;
                var category = own?.CategoryInfo.Category ?? ErrorCategory.PermissionDenied;
                var id = own is null ? failure.GetType().FullName : own.FullyQualifiedErrorId.Split(',')[0];
                WriteError(new ErrorRecord(failure, id, category, path));
            }
        }
    }
}

[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : PathCommand
{
    protected override void ProcessRecord() => Each(path => WriteObject(InvokeProvider.Item.Get([path], Force, IsLiteral), true));
}

[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : PathCommand
{
    protected override void ProcessRecord() => Each(path => WriteObject(InvokeProvider.ChildItem.Get([path], false, Force, IsLiteral), true));
}

[Cmdlet(VerbsCommon.Get, "ItemProperty", DefaultParameterSetName = "Path")]
public sealed class GetItemPropertyCommand : PathCommand
{
    [Parameter(Position = 1)] public string[] Name { get; set; } = [];

    protected override void ProcessRecord() => Each(path => WriteObject(InvokeProvider.Property.Get([path], [.. Name], IsLiteral), true));
}

[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
public sealed class TestPathCommand : PathCommand
{
    protected override void ProcessRecord()
    {
        foreach (var path in Paths)
        {
            try
            {
                WriteObject(InvokeProvider.Item.Exists(path, Force, IsLiteral));
            }
            catch (System.Management.Automation.DriveNotFoundException)
            {
                WriteObject(false);
            }
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = "Path")]
public sealed class SetLocationCommand : PathCommand
{
    protected override void ProcessRecord() => SessionState.Path.SetLocation(Paths[0]);
}

[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : PathCommand
{
    [Parameter] public SwitchParameter Raw { get; set; }
    [Parameter] public string Encoding { get; set; } = "";

    protected override void ProcessRecord() => Each(path =>
    {
        var file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        if (!System.IO.File.Exists(file)) throw new ItemNotFoundException($"Cannot find path '{file}' because it does not exist.");
        if (Raw) WriteObject(System.IO.File.ReadAllText(file));
        else WriteObject(System.IO.File.ReadAllLines(file), true);
    });
}

/// <summary>Access rules of a file by the fixture's `files`.</summary>
[Cmdlet(VerbsCommon.Get, "Acl", DefaultParameterSetName = "Path")]
public sealed class GetAclCommand : PathCommand
{
    protected override void ProcessRecord() => Each(path =>
    {
        var entry = Rdposture.PowerShellHost.StandIns.Fixture.Document["files"]?[path.Replace('/', '\\').Split('\\')[^1]];
        if (entry is null) throw new ItemNotFoundException($"Cannot find path '{path}' because it does not exist.");
        if (entry is JsonObject) throw new UnauthorizedAccessException("Attempted to perform an unauthorized operation.");
        WriteObject(new Rdposture.PowerShellHost.StandIns.StandInSecurity(entry.AsArray()));
    });
}
