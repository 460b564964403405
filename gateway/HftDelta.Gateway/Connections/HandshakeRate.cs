using System.Net;
using HftDelta.Aeron.Sockets;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// How many handshakes each address may begin in a second of the clock, so that one that begins them without end leaves places
/// to others. Owner: the ingress agent. Invariant: it remembers one second and a bounded number of addresses.
/// </summary>
internal sealed class HandshakeRate(int perSecondMax)
{
    // More than can send within a second, as each needs an image.
    private const int SitesMax = 4_096;
    private const ulong SecondNanos = 1_000_000_000;

    private readonly Dictionary<SocketEndpoint, int> _bySite = [];
    private ulong _second;

    /// <returns>False when the address has begun as many as it may.</returns>
    public bool TryBegin(IPEndPoint source, TimeNanos now)
    {
        var second = now.Value / SecondNanos;
        if (second != _second)
        {
            _second = second;
            _bySite.Clear();
        }

        var site = SocketEndpoint.From(source).Site;
        var begun = _bySite.GetValueOrDefault(site);
        if (begun >= perSecondMax || (begun == 0 && _bySite.Count >= SitesMax))
        {
            return false;
        }

        _bySite[site] = begun + 1;
        return true;
    }
}
