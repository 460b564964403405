using System.Runtime.InteropServices;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// How many images there are, in all, and for each address that sends, so that one sender leaves places to others. An endpoint
/// counts those that it holds, the ones being made included. Owner: one agent. Invariant: every place that was taken is given
/// back once.
/// </summary>
internal sealed class ImageQuota(int imagesMax, int imagesPerAddressMax)
{
    private readonly Dictionary<SocketEndpoint, int> _bySite = [];
    private int _count;

    /// <returns>False when there is no place left for this sender.</returns>
    public bool TryTake(in SocketEndpoint source)
    {
        if (!HasPlace(source))
        {
            return false;
        }

        Take(source);
        return true;
    }

    /// <summary>There is a place left for this sender.</summary>
    public bool HasPlace(in SocketEndpoint source) =>
        _count < imagesMax && _bySite.GetValueOrDefault(source.Site) < imagesPerAddressMax;

    /// <summary>Takes a place whether there is one or not.</summary>
    public void Take(in SocketEndpoint source)
    {
        _count++;
        CollectionsMarshal.GetValueRefOrAddDefault(_bySite, source.Site, out _)++;
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
