using System.Numerics;

namespace HftDelta.Primitives.Collections;

/// <summary>
/// A fixed-capacity map from a pair of words to a slot number, in native memory: open addressing with linear probing at
/// no more than half load, and removal that shifts back, so no tombstones ever slow it down.
/// Owner: whoever made it; one writer. Value 0 means absent.
/// </summary>
public sealed class NativeMap : IDisposable
{
    private readonly NativeSlab<Entry> _entries;
    private readonly uint _mask;
    private readonly int _capacity;

    /// <param name="capacity">The most entries it will hold.</param>
    public NativeMap(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)capacity * 2);
        _entries = new NativeSlab<Entry>(size);
        _mask = (uint)size - 1;
    }

    public int Count { get; private set; }

    /// <summary>The value of the key, or 0.</summary>
    public uint Find(ulong high, ulong low)
    {
        for (var index = Home(high, low); ; index = (index + 1) & _mask)
        {
            ref readonly var entry = ref _entries[index];
            if (entry.Value == 0 || (entry.High == high && entry.Low == low))
            {
                return entry.Value;
            }
        }
    }

    /// <summary>Asks the memory for what <see cref="Find"/>, <see cref="Add"/> and <see cref="Remove"/> read first.</summary>
    public void Prefetch(ulong high, ulong low) => _entries.Prefetch(Home(high, low));

    /// <summary>Adds a key that is not there; the value is not 0.</summary>
    public void Add(ulong high, ulong low, uint value)
    {
        Check.That(value != 0);
        Check.That(Count < _capacity);
        var index = Home(high, low);
        while (_entries[index].Value != 0)
        {
            Check.That(_entries[index].High != high || _entries[index].Low != low);
            index = (index + 1) & _mask;
        }

        _entries[index] = new Entry { High = high, Low = low, Value = value };
        Count++;
    }

    /// <summary>Removes a key that is there.</summary>
    public void Remove(ulong high, ulong low)
    {
        var hole = Home(high, low);
        while (_entries[hole].High != high || _entries[hole].Low != low)
        {
            Check.That(_entries[hole].Value != 0);
            hole = (hole + 1) & _mask;
        }

        Check.That(_entries[hole].Value != 0);
        Count--;
        for (var next = (hole + 1) & _mask; _entries[next].Value != 0; next = (next + 1) & _mask)
        {
            // An entry may fill the hole unless its home lies after the hole on the way to where it stands.
            var home = Home(_entries[next].High, _entries[next].Low);
            if (((next - home) & _mask) >= ((next - hole) & _mask))
            {
                _entries[hole] = _entries[next];
                hole = next;
            }
        }

        _entries[hole] = default;
    }

    public void Dispose() => _entries.Dispose();

    private uint Home(ulong high, ulong low)
    {
        // Both words go through a finalising mix (the constants are SplitMix64's), so that neither dense nor strided keys
        // pile up. Whoever chooses keys can still aim at one place: owners bound how many keys one client may hold.
        var mixed = (high * 0x9E3779B97F4A7C15) ^ low;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)(mixed >> 32) & _mask;
    }

    private struct Entry
    {
        public ulong High;
        public ulong Low;
        public uint Value;
    }
}
