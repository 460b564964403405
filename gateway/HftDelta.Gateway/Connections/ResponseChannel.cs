using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using HftDelta.Aeron.Channels;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// Where a client wants its answers. Only the address that its frames come from is taken, as a number: nobody names a third
/// party outright, and the venue asks no name server on behalf of a stranger. A network that lets senders forge their address
/// lets them direct a challenge and the set-up of a stream to that address all the same: UDP proves no source. Of the channel
/// nothing but the endpoint is used. Cold.
/// </summary>
internal static class ResponseChannel
{
    private const int LengthMaxBytes = 256;

    /// <summary>The channel that the venue publishes to, when the client's is sound.</summary>
    public static bool TryMake(
        ReadOnlySpan<byte> asked, IPEndPoint source, int termLengthBytes, [NotNullWhen(true)] out string? channel)
    {
        channel = null;
        if (asked.Length is 0 or > LengthMaxBytes || !Ascii.IsValid(asked)
            || !ChannelUri.TryParse(Encoding.ASCII.GetString(asked), out var parsed, out _)
            || parsed?.Endpoint is not { Port: not 0 } endpoint
            || parsed.Control is not null
            || parsed.ControlMode != ControlMode.None
            || !IPAddress.TryParse(endpoint.Host, out var address)
            || !Plain(address).Equals(Plain(source.Address)))
        {
            return false;
        }

        channel = new ChannelUri { Endpoint = endpoint, TermLengthBytes = termLengthBytes }.ToString();
        return true;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
