using System.Management.Automation;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Rdposture.PowerShellHost;

/// <summary>
/// The command line of powershell.exe and pwsh, as far as rdposture uses it. `--lint FILE…` is our own: the engine's parser
/// tells what a script holds; so is `--secedit`, which `secedit.exe` of a played host calls. Stand-in cmdlets are modules of the
/// folder `modules` beside the program.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        // The engine writes to its `ssh` from a thread of its own, and would end altogether when that client has gone already, as
        // one does that is refused at once. The session fails all the same.
        ExceptionHandling.SetUnhandledExceptionHandler(static failure => failure is IOException);
        AddModulePath();
        var utf8 = new UTF8Encoding(false);
        if (arguments.Length > 0 && arguments[0] == "--lint") return Lint.Run(arguments[1..], utf8);
        if (arguments.Length > 0 && arguments[0] == "--secedit") return StandIns.Secedit.Run(arguments[1..]);
        PlayClasses();
        Options options;
        try
        {
            options = Options.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 64;
        }
        if (options.WorkingDirectory is { } folder) Environment.CurrentDirectory = folder;
        if (options.Mode is Mode.SshServer or Mode.Server) return Serve(options);
        var code = new ConsoleRun(options).Run();
        // The engine's threads would keep the process alive.
        Environment.Exit(code);
        return code;
    }

    /// <summary>The engine finds stand-ins as it finds Windows' own modules: by name, on the first call.</summary>
    private static void AddModulePath()
    {
        var own = Path.Combine(AppContext.BaseDirectory, "modules");
        var given = Environment.GetEnvironmentVariable("PSModulePath");
        var paths = string.IsNullOrEmpty(given) ? [own] : given.Split(Path.PathSeparator).Append(own);
        Environment.SetEnvironmentVariable("PSModulePath", string.Join(Path.PathSeparator, paths.Distinct()));
    }

    /// <summary>
    /// Classes that .NET has on Windows alone. The engine looks at its own names for types first, in all sessions of the process, so
    /// a script finds ours under the name of Windows.
    /// </summary>
    private static void PlayClasses()
    {
        var add = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators")?.GetMethod("Add", BindingFlags.Static | BindingFlags.Public)
            ?? throw new InvalidOperationException("The engine takes no names for types.");
        void Play(Type type, string name)
        {
            add.Invoke(null, [name, type]);
            if (name.StartsWith("System.", StringComparison.Ordinal)) add.Invoke(null, [name["System.".Length..], type]);
        }
        Play(typeof(StandIns.StandInRegistryKey), "Microsoft.Win32.RegistryKey");
        if (!StandIns.State.IsWritable) return;
        Play(typeof(StandIns.StandInIdentity), "System.Security.Principal.WindowsIdentity");
        Play(typeof(StandIns.StandInPrincipal), "System.Security.Principal.WindowsPrincipal");
    }

    /// <summary>The remoting server of `-sshs` (subsystem of sshd) and of `-s` (jobs). It makes its own session state.</summary>
    private static int Serve(Options options)
    {
        var mediator = typeof(PSObject).Assembly.GetType("System.Management.Automation.Remoting.Server.StdIOProcessMediator")
            ?? throw new InvalidOperationException("The engine has no StdIOProcessMediator.");
        var run = mediator.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            ?? throw new InvalidOperationException("The engine's mediator cannot run.");
        var values = run.GetParameters().Select(parameter => parameter.Name switch
        {
            "initialCommand" => (object?)"",
            "combineErrOutStream" => options.Mode == Mode.SshServer,
            _ => null,
        }).ToArray();
        run.Invoke(null, values);
        return 0;
    }
}
