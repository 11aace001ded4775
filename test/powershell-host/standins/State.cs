using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// A host that can be changed: with RDPOSTURE_STATE=writable, commands change the fixture document and write it back to its
/// file. One change at a time, under a lock file, on what the file says then, by a temporary file that is renamed: several
/// processes see each other and lose nothing. The text is canonical (see <see cref="Canonical"/>), so a host that is again
/// what it was has the same file, byte for byte.
/// </summary>
public static class State
{
    /// <summary>For the threads of this process; taken before the lock file.</summary>
    internal static readonly object Gate = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static JsonObject? known;
    private static (DateTime Written, long Length) stamp;

    public static bool IsWritable { get; } = Environment.GetEnvironmentVariable("RDPOSTURE_STATE") == "writable" && Fixture.Path is not null;

    /// <summary>The host as it is now. Nobody but <see cref="Change"/> may change it.</summary>
    public static JsonObject Current()
    {
        lock (Gate)
        {
            var now = StampOf(Fixture.Path!);
            if (known is null || now != stamp)
            {
                known = Parse(File.ReadAllText(Fixture.Path!));
                stamp = now;
            }
            return known;
        }
    }

    /// <summary>
    /// One call of a command that changes something, written to the log of calls. A fault of the fixture may happen before or
    /// after the change; what `change` throws leaves the host as it was.
    /// </summary>
    public static void Change(string command, string detail, Action<JsonObject> change)
    {
        if (!IsWritable) throw new UnauthorizedAccessException("The host that is played can be read only.");
        var fault = Calls.Add(command, detail);
        if (fault is { IsAfter: false }) fault.Happen(command);
        lock (Gate)
        {
            using var held = Lock();
            var text = File.ReadAllText(Fixture.Path!);
            var document = Parse(text);
            change(document);
            Write(text, Canonical.TextOf(document));
        }
        if (fault is { IsAfter: true }) fault.Happen(command);
    }

    /// <summary>Every writer of the file and of the log holds it; the system lets go of it for a process that is killed.</summary>
    internal static IDisposable Lock()
    {
        var until = DateTime.UtcNow + Patience;
        for (;;)
        {
            try
            {
                return new FileStream($"{Fixture.Path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < until)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static void Write(string before, string text)
    {
        if (text == before) return;
        var temporary = $"{Fixture.Path}.{Environment.ProcessId}";
        File.WriteAllText(temporary, text, new UTF8Encoding(false));
        // Readers tell files apart by their time: two changes within one tick of the clock must not have the same.
        var least = StampOf(Fixture.Path!).Written.AddMilliseconds(1);
        if (StampOf(temporary).Written < least) File.SetLastWriteTimeUtc(temporary, least);
        File.Move(temporary, Fixture.Path!, true);
    }

    private static (DateTime Written, long Length) StampOf(string path)
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Length);
    }

    private static JsonObject Parse(string text) => JsonNode.Parse(text)?.AsObject() ?? [];
}

/// <summary>
/// The one text of a document: what `JSON.stringify(sorted, null, 2)` and a line feed give in JavaScript, so that a test can
/// write the first file in the same form. What says nothing is left out: a key of the registry that is empty and has keys
/// below it, a right that nobody holds, a list of tasks without a task.
/// </summary>
internal static class Canonical
{
    public static string TextOf(JsonObject document)
    {
        if (document["registry"] is JsonObject registry)
        {
            var needless = registry.Where(entry => entry.Value is JsonObject { Count: 0 } && RegistryTree.HasBelow(registry, entry.Key)).Select(entry => entry.Key).ToList();
            foreach (var name in needless) registry.Remove(name);
        }
        if (document["userRights"] is JsonObject rights)
        {
            foreach (var name in rights.Where(entry => entry.Value is JsonArray { Count: 0 }).Select(entry => entry.Key).ToList()) rights.Remove(name);
        }
        if (document["scheduledTasks"] is JsonObject { Count: 0 }) document.Remove("scheduledTasks");
        var text = new StringBuilder();
        Write(text, document, "\n");
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, string line)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                return;
            case JsonObject members:
                Many(text, '{', '}', line, members.OrderBy(entry => entry.Key, KeyOrder.Instance), entry =>
                {
                    Text(text, entry.Key);
                    Write(text.Append(": "), entry.Value, line + "  ");
                });
                return;
            case JsonArray items:
                Many(text, '[', ']', line, items, item => Write(text, item, line + "  "));
                return;
        }
        if (node.AsValue().TryGetValue<string>(out var plain)) Text(text, plain);
        else text.Append(node.ToJsonString());
    }

    private static void Many<T>(StringBuilder text, char open, char close, string line, IEnumerable<T> items, Action<T> write)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? "" : ",").Append(line).Append("  ");
            write(item);
            isFirst = false;
        }
        if (!isFirst) text.Append(line);
        text.Append(close);
    }

    private static void Text(StringBuilder text, string value)
    {
        text.Append('"');
        for (var index = 0; index < value.Length; index++)
        {
            var unit = value[index];
            var isPair = char.IsHighSurrogate(unit) && index + 1 < value.Length && char.IsLowSurrogate(value[index + 1]);
            var named = "\"\\\b\f\n\r\t".IndexOf(unit);
            if (named >= 0) text.Append('\\').Append("\"\\bfnrt"[named]);
            else if (isPair) text.Append(unit).Append(value[++index]);
            else if (unit < ' ' || char.IsSurrogate(unit)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else text.Append(unit);
        }
        text.Append('"');
    }

    /// <summary>The order of keys in JavaScript: whole numbers by their value, then all others as they are sorted.</summary>
    private sealed class KeyOrder : IComparer<string>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(string? a, string? b) => (Index(a!), Index(b!)) switch
        {
            ({ } left, { } right) => left.CompareTo(right),
            ({ }, null) => -1,
            (null, { }) => 1,
            _ => string.CompareOrdinal(a, b),
        };

        private static uint? Index(string key) =>
            uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < uint.MaxValue && number.ToString(CultureInfo.InvariantCulture) == key ? number : null;
    }
}
