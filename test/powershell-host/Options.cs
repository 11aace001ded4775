using System.Text;

namespace Rdposture.PowerShellHost;

internal enum Mode { Command, File, Input, SshServer, Server }

/// <summary>What the command line asks for. Parameters may be shortened, as powershell.exe allows.</summary>
internal sealed class Options
{
    public Mode Mode { get; private set; } = Mode.Input;
    public string Text { get; private set; } = "";
    public string[] Arguments { get; private set; } = [];
    public bool NoExit { get; private set; }
    public string? WorkingDirectory { get; private set; }
    public string? ExecutionPolicy { get; private set; }
    /// <summary>Started as `powershell.exe`, a script that sets the variable: $PSVersionTable says 5.1.</summary>
    public bool IsDesktop { get; } = Environment.GetEnvironmentVariable("RDPOSTURE_HOST_STYLE") == "desktop";

    private static readonly string[] Switches = ["nologo", "noprofile", "noninteractive", "sta", "mta", "login", "noprofileloadtime"];
    private static readonly string[] Valued = ["executionpolicy", "ep", "ex", "version", "inputformat", "outputformat", "windowstyle", "configurationname", "settingsfile"];

    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        for (var index = 0; index < arguments.Length; index++)
        {
            var given = arguments[index];
            if (given.Length < 2 || (given[0] != '-' && given[0] != '/'))
            {
                // pwsh takes a bare argument for a file, powershell.exe for a command.
                return options.IsDesktop ? options.WithCommand(arguments[index..]) : options.WithFile(arguments[index..]);
            }
            var name = given.TrimStart('-', '/').ToLowerInvariant();
            string Value() => ++index < arguments.Length ? arguments[index] : throw new FormatException($"The parameter {given} needs a value.");
            if (name is "sshs" or "sshservermode") options.Mode = Mode.SshServer;
            else if (name is "s" or "servermode") options.Mode = Mode.Server;
            else if (name is "wd" or "workingdirectory") options.WorkingDirectory = Value();
            else if (name == "noexit") options.NoExit = true;
            else if (Is("encodedcommand", name, 1) || name == "ec")
            {
                options.Mode = Mode.Command;
                options.Text = Decode(Value());
            }
            else if (Is("command", name, 1)) return options.WithCommand(arguments[(index + 1)..]);
            else if (Is("file", name, 1)) return options.WithFile(arguments[(index + 1)..]);
            else if (Valued.Any(valued => Is(valued, name, 2)))
            {
                var value = Value();
                if (Is("executionpolicy", name, 2) || name is "ep" or "ex") options.ExecutionPolicy = value;
            }
            else if (!Switches.Any(known => Is(known, name, 3))) throw new FormatException($"The parameter {given} is not known.");
        }
        return options;
    }

    private static bool Is(string name, string given, int least) => given.Length >= least && name.StartsWith(given, StringComparison.Ordinal);

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.Unicode.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new FormatException("The encoded command is not base64 of UTF-16 text.");
        }
    }

    private Options WithCommand(string[] rest)
    {
        if (rest is ["-"]) Mode = Mode.Input;
        else
        {
            Mode = Mode.Command;
            Text = string.Join(' ', rest);
        }
        return this;
    }

    private Options WithFile(string[] rest)
    {
        if (rest.Length == 0) throw new FormatException("The parameter -File needs a value.");
        if (rest is ["-"]) Mode = Mode.Input;
        else
        {
            Mode = Mode.File;
            Text = rest[0];
            Arguments = rest[1..];
        }
        return this;
    }
}
