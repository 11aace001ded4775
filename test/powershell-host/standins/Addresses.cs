using System.Net;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>
/// Addresses of firewall rules. Get-NetFirewallAddressFilter shows IPv4 subnets with a mask, whichever form was given
/// (https://github.com/dsccommunity/NetworkingDsc/issues/404); the state keeps them with a prefix, so that either form, written
/// back, is the same text.
/// </summary>
public static partial class Addresses
{
    /// <summary>As the state keeps them; null where one is no address.</summary>
    public static string[]? Kept(string[] given)
    {
        var kept = given.Select(Kept).OfType<string>().ToArray();
        return kept.Length == given.Length && kept.Length > 0 ? kept : null;
    }

    private static string? Kept(string text)
    {
        if (Keyword().Match(text) is { Success: true }) return text;
        var range = text.Split('-');
        if (range.Length == 2) return range.All(end => IPAddress.TryParse(end, out _)) ? text : null;
        var parts = text.Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address)) return null;
        if (parts.Length == 1) return text;
        var isFour = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        if (int.TryParse(parts[1], out var length)) return length >= 0 && length <= (isFour ? 32 : 128) ? text : null;
        if (!isFour || !IPAddress.TryParse(parts[1], out var mask)) return null;
        var bits = BitConverter.ToUInt32([.. mask.GetAddressBytes().Reverse()]);
        var ones = BitOperations.LeadingZeroCount(~bits);
        return ones == BitOperations.PopCount(bits) ? $"{parts[0]}/{ones}" : null;
    }

    public static object? Shown(object? list) => list switch
    {
        string[] texts => texts.Select(Shown).ToArray(),
        string text => Shown(text),
        _ => list,
    };

    private static string Shown(string text)
    {
        var parts = text.Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || !int.TryParse(parts[1], out var length)) return text;
        var mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        return $"{parts[0]}/{new IPAddress(BitConverter.GetBytes(mask).Reverse().ToArray())}";
    }

    [GeneratedRegex("^(Any|(LocalSubnet|Internet|Intranet|IntranetRemoteAccess|DNS|DHCP|WINS|DefaultGateway|PlayToDevice|CaptivePortal)[46]?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Keyword();
}
