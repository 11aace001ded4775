using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Collections.ObjectModel;
using System.Text;

namespace Rdposture.PowerShellHost;

/// <summary>A host like the console's, with standard output and error redirected: nobody is asked anything.</summary>
internal sealed class HostForConsole : PSHost
{
    private readonly Guid id = Guid.NewGuid();
    private readonly RedirectedUI ui = new();

    public int? ExitCode { get; set; }
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;
    public override Guid InstanceId => id;
    public override string Name => "ConsoleHost";
    public override PSHostUserInterface UI => ui;
    public override Version Version => new(7, 6, 9);

    public override void EnterNestedPrompt() => throw new NotSupportedException("Nobody can be asked here.");
    public override void ExitNestedPrompt() => throw new NotSupportedException("Nobody can be asked here.");
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}

internal sealed class RedirectedUI : PSHostUserInterface
{
    private static readonly TextWriter Out = Open(Console.OpenStandardOutput());
    private static readonly TextWriter Error = Open(Console.OpenStandardError());
    private readonly RedirectedRawUI raw = new();

    private static TextWriter Open(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" });

    public override PSHostRawUserInterface RawUI => raw;

    private static string Plain(string text) => GetOutputString(text, false);

    public override void Write(string value) => Out.Write(Plain(value));
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Out.Write(Plain(value));
    public override void WriteLine(string value) => Out.WriteLine(Plain(value));
    public override void WriteErrorLine(string value) => Error.WriteLine(Plain(value));
    public override void WriteDebugLine(string message) => Out.WriteLine(Plain($"DEBUG: {message}"));
    public override void WriteVerboseLine(string message) => Out.WriteLine(Plain($"VERBOSE: {message}"));
    public override void WriteWarningLine(string message) => Out.WriteLine(Plain($"WARNING: {message}"));
    public override void WriteProgress(long sourceId, ProgressRecord record) { }
    public override string ReadLine() => throw Nobody();
    public override SecureString ReadLineAsSecureString() => throw Nobody();
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw Nobody();
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw Nobody();
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw Nobody();
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw Nobody();

    private static PSInvalidOperationException Nobody() => new("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
}

internal sealed class RedirectedRawUI : PSHostRawUserInterface
{
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;
    public override Size BufferSize { get; set; } = new(120, 50);
    public override Coordinates CursorPosition { get; set; }
    public override int CursorSize { get; set; } = 25;
    public override bool KeyAvailable => false;
    public override Size MaxPhysicalWindowSize => BufferSize;
    public override Size MaxWindowSize => BufferSize;
    public override Coordinates WindowPosition { get; set; }
    public override Size WindowSize { get; set; } = new(120, 50);
    public override string WindowTitle { get; set; } = "";

    public override void FlushInputBuffer() { }
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new NotSupportedException();
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();
}
