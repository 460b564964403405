using System.Diagnostics.CodeAnalysis;

namespace HftDelta.Replica.Snapshots;

/// <summary>Slabs of a state by where they lie, so that an address in one of them is told as a place. One thread.</summary>
/// <typeparam name="TSlab">What is known of each.</typeparam>
internal sealed class SlabMap<TSlab>
    where TSlab : notnull
{
    private readonly SortedList<nuint, (long LengthBytes, TSlab Slab)> _slabs = [];

    public void Add(nuint start, long lengthBytes, TSlab slab) => _slabs.Add(start, (lengthBytes, slab));

    /// <summary>The slab that holds an address. The end of a slab counts: no other one begins there.</summary>
    /// <param name="address">Of a byte.</param>
    /// <param name="slab">What is known of the slab.</param>
    /// <param name="offsetBytes">From its start.</param>
    public bool TryFind(nuint address, [MaybeNullWhen(false)] out TSlab slab, out long offsetBytes)
    {
        var (low, high) = (0, _slabs.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (start, (lengthBytes, found)) = (_slabs.Keys[middle], _slabs.Values[middle]);
            if (address < start)
            {
                high = middle - 1;
            }
            else if (address - start > (nuint)lengthBytes)
            {
                low = middle + 1;
            }
            else
            {
                (slab, offsetBytes) = (found, (long)(address - start));
                return true;
            }
        }

        (slab, offsetBytes) = (default, 0);
        return false;
    }
}
