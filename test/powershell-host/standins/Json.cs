using System.Collections;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly StringBuilder text = new();
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] [AllowEmptyString] public string InputObject { get; set; } = "";

    protected override void ProcessRecord() => text.AppendLine(InputObject);

    protected override void EndProcessing()
    {
        try
        {
            WriteObject(Value(JsonNode.Parse(text.ToString())));
        }
        catch (JsonException failure)
        {
            ThrowTerminatingError(new ErrorRecord(new ArgumentException($"Invalid JSON: {failure.Message}"), "System.ArgumentException", ErrorCategory.NotSpecified, null));
        }
    }

    private static object? Value(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray list:
                return list.Select(Value).ToArray();
            case JsonObject members:
                var result = new PSObject();
                foreach (var (name, member) in members) result.Properties.Add(new PSNoteProperty(name, Value(member)));
                return result;
        }
        var value = node.AsValue();
        if (value.TryGetValue<bool>(out var flag)) return flag;
        if (value.TryGetValue<string>(out var plain)) return plain;
        return value.TryGetValue<long>(out var whole) ? (object)whole : value.GetValue<double>();
    }
}

[Cmdlet(VerbsData.ConvertTo, "Json")]
public sealed class ConvertToJsonCommand : InputCommand
{
    [Parameter] public int Depth { get; set; } = 2;
    [Parameter] public SwitchParameter Compress { get; set; }

    protected override void EndProcessing()
    {
        var node = Items.Count == 1 ? Node(Items[0], 0) : new JsonArray([.. Items.Select(item => Node(item, 0))]);
        WriteObject(JsonSerializer.Serialize(node, new JsonSerializerOptions { WriteIndented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private JsonNode? Node(object? given, int depth)
    {
        var value = given is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : given;
        switch (value)
        {
            case null: return null;
            case string text: return text;
            case bool flag: return flag;
            case Enum member: return Convert.ToInt64(member);
            case int or long or short or byte or uint or ushort: return Convert.ToInt64(value);
            case double or float or decimal: return Convert.ToDouble(value);
            case DateTime date: return date.ToString("o");
        }
        if (depth > Depth) return value.ToString();
        if (value is IDictionary table) return Members(table.Keys.Cast<object>().Select(key => (key.ToString()!, table[key])), depth);
        if (value is IEnumerable list) return new JsonArray([.. list.Cast<object?>().Select(item => Node(item, depth + 1))]);
        return Members(PSObject.AsPSObject(value).Properties.Where(property => property.IsGettable).Select(property => (property.Name, (object?)property.Value)), depth);
    }

    private JsonObject Members(IEnumerable<(string Name, object? Value)> members, int depth)
    {
        var result = new JsonObject();
        foreach (var (name, value) in members) result[name] = Node(value, depth + 1);
        return result;
    }
}
