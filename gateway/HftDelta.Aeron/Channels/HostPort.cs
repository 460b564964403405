using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Channels;

/// <summary>A host, by name or number, and a port, as a channel writes them; IPv6 numbers stand in brackets.</summary>
/// <remarks>
/// Host: a name, an IPv4 number, or an IPv6 number without brackets.
/// </remarks>
public sealed record HostPort(string Host, ushort Port)
{
    private bool IsIPv6 => Host.Contains(':', StringComparison.Ordinal);

    /// <summary>Returns what is wrong with the text, or null and the value.</summary>
    internal static string? TryParse(string text, out HostPort? value)
    {
        value = null;
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        if (colon < 0 || colon < bracket)
        {
            return "the port is missing";
        }

        var portText = text.AsSpan(colon + 1);
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return "the port is no number from 0 to 65535";
        }

        var host = text[..colon];
        if (host.StartsWith('['))
        {
            host = host.EndsWith(']') ? host[1..^1] : "";
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return "what stands in brackets is no IPv6 address";
            }
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return "an IPv6 address stands in brackets, such as [::1]:40123";
        }
        else if (!IsHostName(host))
        {
            return "the host is no name and no address";
        }

        value = new HostPort(host, port);
        return null;
    }

    /// <summary>
    /// The address. Numbers are read; names are asked of the system, which may take seconds: call it on cold paths only. Of
    /// several addresses the first IPv4 one is taken, as the other implementations do.
    /// </summary>
    /// <exception cref="AeronException">The name has no address.</exception>
    public SocketEndpoint Resolve()
    {
        if (IPAddress.TryParse(Host, out var number))
        {
            return SocketEndpoint.From(number, Port);
        }

        IPAddress[] addresses;
        try
        {
            addresses = Dns.GetHostAddresses(Host);
        }
        catch (SocketException refusal)
        {
            throw new AeronException(
                $"host '{Host}' has no address ({refusal.SocketErrorCode}): check the name, or write the number", refusal);
        }

        var chosen = Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetworkV6)
            ?? throw new AeronException($"host '{Host}' has no IPv4 or IPv6 address: write the number");
        return SocketEndpoint.From(chosen, Port);
    }

    /// <summary>The same host as the numbers that it was resolved to.</summary>
    public static HostPort From(in SocketEndpoint endpoint) =>
        new(endpoint.ToIPEndPoint().Address.ToString(), endpoint.Port);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsIPv6 ? $"[{Host}]" : Host)}:{Port}");

    private static bool IsHostName(string host)
    {
        const int lengthMax = 253;
        if (host.Length is 0 or > lengthMax)
        {
            return false;
        }

        // Four numbers, or a name: "1.2.3" is neither, though old libraries read it as an address.
        if (host.All(symbol => char.IsAsciiDigit(symbol) || symbol == '.'))
        {
            return host.Count(symbol => symbol == '.') == 3 && IPAddress.TryParse(host, out _);
        }

        return host.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol is '-' or '.' or '_');
    }
}
