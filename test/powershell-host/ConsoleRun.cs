using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;

namespace Rdposture.PowerShellHost;

/// <summary>One run of the console program: pipelines into Out-Default, exit codes as PowerShell gives them.</summary>
internal sealed class ConsoleRun(Options options)
{
    private readonly HostForConsole host = new();
    private Runspace runspace = null!;

    public int Run()
    {
        var state = InitialSessionState.CreateDefault2();
        runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        if (options.IsDesktop) SayDesktop();
        try
        {
            var code = options.Mode switch
            {
                Mode.Command => RunText(options.Text),
                Mode.File => RunFile(),
                _ => RunInput(),
            };
            if (options.NoExit && options.Mode == Mode.Command && host.ExitCode is null) code = RunInput();
            return host.ExitCode ?? code;
        }
        finally
        {
            Console.Out.Flush();
        }
    }

    /// <summary>The version that Windows PowerShell would show; nothing else of it is played.</summary>
    private void SayDesktop()
    {
        if (runspace.SessionStateProxy.GetVariable("PSVersionTable") is not System.Collections.Hashtable table) return;
        table["PSVersion"] = new Version(5, 1, 20348, 1);
        table["PSEdition"] = "Desktop";
    }

    private int RunText(string text)
    {
        try
        {
            // Only a pipeline that goes to the history keeps `$?` of its last command.
            using var pipeline = runspace.CreatePipeline(text, true);
            return Invoke(pipeline) ?? (runspace.SessionStateProxy.GetVariable("global:?") is false ? 1 : 0);
        }
        catch (Exception failure)
        {
            return Show(failure);
        }
    }

    private int RunFile()
    {
        var path = Path.GetFullPath(options.Text);
        if (!File.Exists(path))
        {
            host.UI.WriteErrorLine($"The argument '{options.Text}' to the -File parameter does not exist.");
            return options.IsDesktop ? -196608 : 64;
        }
        RethrowExit();
        using var pipeline = runspace.CreatePipeline();
        var command = new Command(path, false, false);
        foreach (var parameter in Parameters(options.Arguments)) command.Parameters.Add(parameter);
        pipeline.Commands.Add(command);
        try
        {
            return Invoke(pipeline) ?? 0;
        }
        catch (Exception failure)
        {
            return Show(failure);
        }
    }

    private static IEnumerable<CommandParameter> Parameters(string[] arguments)
    {
        foreach (var given in arguments)
        {
            var colon = given.IndexOf(':');
            if (given.Length > 1 && given[0] == '-' && char.IsLetter(given[1]) && colon > 0)
                yield return new CommandParameter(given[1..colon], given[(colon + 1)..].ToLowerInvariant() switch { "$true" => true, "$false" => false, _ => given[(colon + 1)..] });
            else if (given.Length > 1 && given[0] == '-' && char.IsLetter(given[1])) yield return new CommandParameter(given, null);
            else yield return new CommandParameter(null, given);
        }
    }

    /// <summary>Without this, `exit N` in a script file is lost on the way to us.</summary>
    private void RethrowExit()
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var context = runspace.GetType().GetProperty("ExecutionContext", any)?.GetValue(runspace);
        context?.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", any)?.SetValue(context, true);
    }

    /// <summary>Standard input: a line is a pipeline; an unfinished one goes on to an empty line, and is dropped at the end.</summary>
    private int RunInput()
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var code = 0;
        var block = new StringBuilder();
        while (host.ExitCode is null && reader.ReadLine() is { } line)
        {
            if (block.Length > 0)
            {
                if (line.Length > 0)
                {
                    block.Append(line).Append('\n');
                    continue;
                }
                code = RunText(block.ToString());
                block.Clear();
            }
            else if (IsUnfinished(line)) block.Append(line).Append('\n');
            else if (line.Trim().Length > 0) code = RunText(line);
        }
        return code;
    }

    private static bool IsUnfinished(string line)
    {
        System.Management.Automation.Language.Parser.ParseInput(line, out _, out var errors);
        return errors.Any(error => error.IncompleteInput);
    }

    private int? Invoke(Pipeline pipeline)
    {
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(new Command("Out-Default", false, true));
        pipeline.Input.Close();
        try
        {
            pipeline.Invoke();
        }
        catch (ExitException exit)
        {
            host.ExitCode ??= exit.Argument is PSObject { BaseObject: int wrapped } ? wrapped : exit.Argument is int plain ? plain : 0;
        }
        return host.ExitCode;
    }

    private int Show(Exception failure)
    {
        if (failure is IncompleteParseException)
        {
            host.UI.WriteErrorLine(failure.Message);
            return 1;
        }
        var record = failure is RuntimeException { ErrorRecord: { } own } ? own : new ErrorRecord(failure, "HostFailure", ErrorCategory.NotSpecified, null);
        try
        {
            var shown = new PSObject(record);
            typeof(PSObject).GetProperty("WriteStream", BindingFlags.Instance | BindingFlags.NonPublic)?.SetValue(shown, Enum.Parse(typeof(PSObject).Assembly.GetType("System.Management.Automation.WriteStreamType")!, "Error"));
            using var pipeline = runspace.CreatePipeline();
            pipeline.Commands.Add(new Command("Out-Default", false, true));
            pipeline.Input.Write(shown);
            pipeline.Input.Close();
            pipeline.Invoke();
        }
        catch (RuntimeException)
        {
            host.UI.WriteErrorLine(failure.Message);
        }
        return 1;
    }
}
