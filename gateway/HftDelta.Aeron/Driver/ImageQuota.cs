using System.Runtime.InteropServices;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// How many images an endpoint holds, those being made included: in all, and for each address that sends, so that one sender
/// leaves places to others. Owner: the receiver. Invariant: every place that was taken is given back once.
/// </summary>
internal sealed class ImageQuota(int imagesMax, int imagesPerAddressMax)
{
    private readonly Dictionary<SocketEndpoint, int> _bySite = [];
    private int _count;

    /// <returns>False when there is no place left for this sender.</returns>
    public bool TryTake(in SocketEndpoint source)
    {
        var site = source.Site;
        if (_count >= imagesMax || _bySite.GetValueOrDefault(site) >= imagesPerAddressMax)
        {
            return false;
        }

        _count++;
        CollectionsMarshal.GetValueRefOrAddDefault(_bySite, site, out _)++;
        return true;
    }

    public void GiveBack(in SocketEndpoint source)
    {
        var site = source.Site;
        _count--;
        if (--CollectionsMarshal.GetValueRefOrAddDefault(_bySite, site, out _) == 0)
        {
            _bySite.Remove(site);
        }
    }
}
