using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// The calls that change the host, one JSON object a line, in the file `FIXTURE.calls` beside the state: `command`, `detail`
/// (what it was asked to change), `process`. All processes write to it, so the n-th call is counted over all of them.
/// </summary>
public static class Calls
{
    /// <summary>Writes a call down. The fault that it runs into, by the fixture's `faults`, or null.</summary>
    internal static Fault? Add(string command, string detail)
    {
        var call = $"{command} {detail}";
        lock (State.Gate)
        {
            using var held = State.Lock();
            var path = $"{Fixture.Path}.calls";
            var before = File.Exists(path) ? [.. File.ReadAllLines(path).Select(TextOf)] : Array.Empty<string>();
            File.AppendAllText(path, JsonSerializer.Serialize(new { command, detail, process = Environment.ProcessId }) + "\n");
            foreach (var fault in State.Current()["faults"] as JsonArray ?? [])
            {
                var wanted = fault!["command"]!.GetValue<string>();
                if (IsCall(call, wanted) && before.Count(earlier => IsCall(earlier, wanted)) + 1 == (fault["call"]?.GetValue<int>() ?? 1)) return new Fault(fault.AsObject());
            }
            return null;
        }
    }

    /// <summary>Something that happened and is no state: a restart.</summary>
    public static void Record(string command, string detail)
    {
        if (!State.IsWritable) throw new UnauthorizedAccessException("The host that is played can be read only.");
        var fault = Add(command, detail);
        fault?.Happen(command);
    }

    private static string TextOf(string line)
    {
        var call = JsonNode.Parse(line)!;
        return $"{call["command"]} {call["detail"]}";
    }

    /// <summary>A fault names the command, or the command with the beginning of its detail.</summary>
    private static bool IsCall(string call, string wanted) => $"{call} ".StartsWith($"{wanted} ", StringComparison.OrdinalIgnoreCase);
}

/// <summary>`do`: `fail` with an error, `kill` this process as a loss of power would, `hang` for ever.</summary>
internal sealed class Fault(JsonObject fault)
{
    public bool IsAfter { get; } = fault["when"]?.GetValue<string>() == "after";

    public void Happen(string command)
    {
        switch (fault["do"]!.GetValue<string>())
        {
            case "kill":
                Kill();
                break;
            case "hang":
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                throw Failure.Of(command, fault);
        }
    }

    /// <summary>A program of Windows that is played by this program takes the PowerShell with it that started it.</summary>
    private static void Kill()
    {
        if (Secedit.IsPlayed && Secedit.Starter() is { } starter) starter.Kill();
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
