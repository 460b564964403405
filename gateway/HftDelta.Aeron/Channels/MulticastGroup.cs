using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Channels;

/// <summary>
/// The two addresses of a multicast channel: data goes to a group whose last octet is odd, and control frames to the next
/// address with the same port.
/// </summary>
internal static class MulticastGroup
{
    private const int AddressBytes = 16;

    /// <exception cref="AeronException">The last octet is even.</exception>
    public static SocketEndpoint ControlOf(in SocketEndpoint dataGroup)
    {
        Span<byte> address = stackalloc byte[AddressBytes];
        dataGroup.WriteAddress(address);
        if ((address[^1] & 1) == 0)
        {
            throw new AeronException(
                $"multicast group {dataGroup}: the last number of the address must be odd, the next one is for control frames; "
                + "choose another");
        }

        // Odd, so it does not wrap.
        address[^1]++;
        return SocketEndpoint.IPv6(address, dataGroup.Port, dataGroup.Scope);
    }
}
