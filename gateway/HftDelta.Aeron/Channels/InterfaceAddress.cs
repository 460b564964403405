using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Channels;

/// <summary>
/// The local side of a channel, as <c>interface</c> names it: an address, or a subnet such as <c>10.1.0.0/16</c> that stands for
/// the first address of this machine inside it. The port is 0 unless it is named.
/// </summary>
/// <remarks>
/// PrefixLength: how many leading bits have to agree; null for all of them.
/// </remarks>
public sealed record InterfaceAddress(HostPort Address, int? PrefixLength = null)
{
    private const int PrefixLengthMax = 128;

    /// <summary>Reads host, host:port and either with a /prefix; null for anything else.</summary>
    internal static InterfaceAddress? TryParse(string text)
    {
        int? prefix = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                || bits > PrefixLengthMax)
            {
                return null;
            }

            prefix = bits;
            text = text[..slash];
        }

        if (HostPort.TryParse(text, out var address) is not null && HostPort.TryParse(text + ":0", out address) is not null)
        {
            return null;
        }

        return new InterfaceAddress(address!, prefix);
    }

    /// <summary>The local address. A subnet is looked for among those of this machine: call it on cold paths only.</summary>
    /// <exception cref="AeronException">The name has no address, or no address of this machine is in the subnet.</exception>
    public SocketEndpoint Resolve()
    {
        var named = Address.Resolve();
        if (PrefixLength is not { } prefix)
        {
            return named;
        }

        var wanted = named.ToIPEndPoint().Address;
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var local in network.GetIPProperties().UnicastAddresses)
            {
                if (network.OperationalStatus != OperationalStatus.Down && Agree(wanted, local.Address, prefix))
                {
                    return SocketEndpoint.From(local.Address, Address.Port);
                }
            }
        }

        throw new AeronException(
            $"interface '{this}': no address of this machine is in that subnet; name one that is, or leave the prefix out");
    }

    public override string ToString() =>
        PrefixLength is { } prefix ? string.Create(CultureInfo.InvariantCulture, $"{Address}/{prefix}") : Address.ToString();

    /// <summary>Whether two addresses of one family have their leading bits in common.</summary>
    internal static bool Agree(IPAddress one, IPAddress other, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one.AddressFamily != other.AddressFamily
            || one.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return false;
        }

        var left = one.GetAddressBytes();
        var right = other.GetAddressBytes();
        var bits = Math.Min(prefixLength, left.Length * 8);
        for (var index = 0; index < left.Length && bits > 0; index++, bits -= 8)
        {
            var mask = bits >= 8 ? 0xFF : 0xFF << (8 - bits) & 0xFF;
            if (((left[index] ^ right[index]) & mask) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
