using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// `pwsh --secedit …`, which `secedit.exe` of the played System32 calls: `/export` and `/configure` of user rights, by the
/// fixture's `userRights` (right to holders, `*SID` or a name) and `systemAccess` (name to text).
/// Exit codes: 0; 1 for what it does not understand; 3 when an account has no SID.
/// https://learn.microsoft.com/windows-server/administration/windows-commands/secedit
/// </summary>
public static class Secedit
{
    private const int WRONG = 1;
    private const int UNMAPPED = 3;

    public static bool IsPlayed { get; private set; }

    public static int Run(string[] arguments)
    {
        IsPlayed = true;
        var verb = arguments.FirstOrDefault()?.ToLowerInvariant();
        var given = Parse(arguments.Skip(1));
        if (given is null || !given.TryGetValue("cfg", out var template)) return Say(WRONG, "The parameters are wrong.");
        if (given.TryGetValue("log", out var log)) File.AppendAllText(log, "log\r\n");
        var areas = given.TryGetValue("areas", out var named) ? named.ToUpperInvariant().Split(' ') : [];
        try
        {
            return verb switch
            {
                "/export" => Export(template, areas),
                "/configure" when given.ContainsKey("db") => Configure(template, areas),
                _ => Say(WRONG, "The parameters are wrong."),
            };
        }
        catch (Exception failure) when (failure is StandInFailure or UnauthorizedAccessException or IOException)
        {
            return Say(WRONG, failure.Message);
        }
    }

    /// <summary>The PowerShell that runs this program; null for any other process.</summary>
    public static Process? Starter()
    {
        var parent = File.ReadAllLines("/proc/self/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1];
        return new FileInfo($"/proc/{parent}/exe").ResolveLinkTarget(false)?.Name == "pwsh" ? Process.GetProcessById(int.Parse(parent)) : null;
    }

    private static int Say(int code, string text)
    {
        Console.Error.WriteLine(text);
        return code;
    }

    /// <summary>Areas stand one after another, without a comma.</summary>
    private static Dictionary<string, string>? Parse(IEnumerable<string> arguments)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? name = null;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('/') && (argument[1..].ToLowerInvariant() is "cfg" or "db" or "log" or "areas" or "quiet" or "overwrite" or "mergedpolicy"))
            {
                name = argument[1..];
                result[name] = "";
            }
            else if (name is null) return null;
            else result[name] = result[name].Length == 0 ? argument : $"{result[name]} {argument}";
        }
        return result;
    }

    private static int Export(string template, string[] areas)
    {
        var text = new StringBuilder("[Unicode]\r\nUnicode=yes\r\n");
        void Part(string title, IEnumerable<string> lines) => text.Append($"[{title}]\r\n").Append(string.Concat(lines.Select(line => line + "\r\n")));
        var document = Fixture.Document;
        if (areas.Length == 0 || areas.Contains("SECURITYPOLICY")) Part("System Access", (document["systemAccess"] as JsonObject ?? []).Select(entry => $"{entry.Key} = {entry.Value}"));
        if (areas.Length == 0 || areas.Contains("USER_RIGHTS"))
            Part("Privilege Rights", (document["userRights"] as JsonObject ?? []).Select(entry => $"{entry.Key} = {string.Join(',', entry.Value!.AsArray().Select(holder => holder!.GetValue<string>()))}"));
        Part("Version", ["signature=\"$CHICAGO$\"", "Revision=1"]);
        File.WriteAllText(template, text.ToString(), Encoding.Unicode);
        Console.WriteLine("\r\nThe task has completed successfully.");
        return 0;
    }

    private static int Configure(string template, string[] areas)
    {
        if (!File.Exists(template)) return Say(WRONG, "The system cannot find the file specified.");
        // Without a mark it is read in the code page of the system.
        var lines = File.ReadAllText(template, Encoding.Latin1).Split('\n').Select(line => line.Trim()).ToArray();
        if (!lines.Any(line => line.Replace(" ", "").Equals("signature=\"$CHICAGO$\"", StringComparison.OrdinalIgnoreCase))) return Say(WRONG, "The template is not valid.");
        var rights = RightsOf(lines).ToArray();
        if (areas.Length > 0 && !areas.Contains("USER_RIGHTS")) rights = [];
        var isMapped = true;
        State.Change("secedit", "/configure", document =>
        {
            if (document["userRights"] is not JsonObject held) document["userRights"] = held = [];
            foreach (var (right, holders) in rights)
            {
                var sids = holders.Select(holder => holder.StartsWith('*') ? holder : document["accounts"]?[holder]?.GetValue<string>() is { } sid ? $"*{sid}" : null).ToArray();
                isMapped &= !sids.Contains(null);
                if (!sids.Contains(null)) held[held.Select(entry => entry.Key).FirstOrDefault(name => name.Equals(right, StringComparison.OrdinalIgnoreCase)) ?? right] = new JsonArray([.. sids.Select(sid => (JsonNode)sid!)]);
            }
        });
        if (!isMapped) return Say(UNMAPPED, "No mapping between account names and security IDs was done.");
        Console.WriteLine("\r\nThe task has completed successfully.");
        return 0;
    }

    private static IEnumerable<(string Right, string[] Holders)> RightsOf(string[] lines)
    {
        var isInside = false;
        foreach (var line in lines)
        {
            if (line.StartsWith('[')) isInside = line.Equals("[Privilege Rights]", StringComparison.OrdinalIgnoreCase);
            else if (isInside && line.IndexOf('=') is var at and > 0)
                yield return (line[..at].Trim(), [.. line[(at + 1)..].Split(',').Select(holder => holder.Trim()).Where(holder => holder.Length > 0)]);
        }
    }
}
