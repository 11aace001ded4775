using System.Management.Automation;
using System.Security;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>The codes of MI_Result, as CimException.NativeErrorCode shows them.</summary>
public enum NativeErrorCode { Ok = 0, Failed = 1, AccessDenied = 2, InvalidNamespace = 3, InvalidParameter = 4, InvalidClass = 5, NotFound = 6, NotSupported = 7, AlreadyExists = 11, MethodNotFound = 17 }

/// <summary>What CIM cmdlets throw; the class of Windows cannot be made elsewhere.</summary>
public sealed class CimException(string message, NativeErrorCode code, string messageId) : Exception(message)
{
    public NativeErrorCode NativeErrorCode { get; } = code;
    public string MessageId { get; } = messageId;
}

public sealed class StandInFailure(ErrorRecord record, bool isTerminating) : Exception(record.Exception.Message)
{
    public ErrorRecord Record { get; } = record;
    public bool IsTerminating { get; } = isTerminating;
}

internal static class Failure
{
    /// <summary>`kind` is what happened; `message` is what the host says about it, in its language.</summary>
    public static StandInFailure Of(string command, JsonObject fail)
    {
        var kind = fail["kind"]?.GetValue<string>() ?? "failed";
        var name = command.Split(' ')[0];
        var message = fail["message"]?.GetValue<string>() ?? kind;
        var isCim = name.Contains("-Cim", StringComparison.Ordinal);
        return kind switch
        {
            "denied" when isCim => Cim(name, message, NativeErrorCode.AccessDenied, "0x80041003", ErrorCategory.PermissionDenied),
            "denied" => new(new ErrorRecord(new CimException(message, NativeErrorCode.AccessDenied, "Windows System Error 5"), $"Windows System Error 5,{name}", ErrorCategory.PermissionDenied, null), false),
            "unauthorised" => new(new ErrorRecord(new UnauthorizedAccessException(message), "System.UnauthorizedAccessException", ErrorCategory.PermissionDenied, null), false),
            "noNamespace" => Cim(name, message, NativeErrorCode.InvalidNamespace, "0x8004100e", ErrorCategory.ObjectNotFound),
            "noClass" => Cim(name, message, NativeErrorCode.InvalidClass, "0x80041010", ErrorCategory.ObjectNotFound),
            "noCommand" => new(new ErrorRecord(new CommandNotFoundException(message), "CommandNotFoundException", ErrorCategory.ObjectNotFound, name), true),
            "none" => new(new ErrorRecord(new CimException(message, NativeErrorCode.NotFound, ""), $"CmdletizationQuery_NotFound,{name}", ErrorCategory.ObjectNotFound, null), false),
            _ => new(new ErrorRecord(new RuntimeException(message), "StandInFailure", ErrorCategory.NotSpecified, null), fail["terminating"]?.GetValue<bool>() ?? false),
        };
    }

    /// <summary>An error of a CIM cmdlet, in the words and numbers of WMI.</summary>
    public static StandInFailure Cim(string name, string message, NativeErrorCode code, string result, ErrorCategory category) =>
        new(new ErrorRecord(new CimException(message, code, $"HRESULT {result}"), $"HRESULT {result},Microsoft.Management.Infrastructure.CimCmdlets.{name.Replace("-", "")}Command", category, null), false);

    public static SecurityException RegistryDenied() => new("Requested registry access is not allowed.");

    /// <summary>What writing to a key throws that gives no more than reading.</summary>
    public static UnauthorizedAccessException KeyDenied(string name) => new($"Access to the registry key '{name}' is denied.");
}
