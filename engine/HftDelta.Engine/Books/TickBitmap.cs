using System.Numerics;

namespace HftDelta.Engine.Books;

/// <summary>
/// Which ticks of a band hold orders of one side: 64-ary, three levels, so that the next occupied tick costs at most five
/// word reads wherever it is. The ticks form a ring: its first tick is wherever the caller says, and the best tick is always
/// the first that is occupied from there on. The ticks of bids are mirrored by the caller.
/// Bounds: a tick is below the number of ticks that the memory was sized for (<see cref="WordsFor"/>), at most 64^3.
/// </summary>
internal unsafe struct TickBitmap
{
    private ulong* _leaf;
    private ulong* _middle;
    private ulong _top;

    /// <summary>Words of memory for so many ticks, a multiple of 64 up to 64^3.</summary>
    public static int WordsFor(int ticks) => LeafWords(ticks) + MiddleWords(ticks);

    /// <param name="words">Zeroed memory of <see cref="WordsFor"/> words.</param>
    /// <param name="ticks">Number of ticks.</param>
    public void Attach(ulong* words, int ticks)
    {
        _leaf = words;
        _middle = words + LeafWords(ticks);
        _top = 0;
    }

    public void Set(uint tick)
    {
        _leaf[tick >> 6] |= 1UL << (int)(tick & 63);
        _middle[tick >> 12] |= 1UL << (int)((tick >> 6) & 63);
        _top |= 1UL << (int)(tick >> 12);
    }

    public void Clear(uint tick)
    {
        var leaf = _leaf[tick >> 6] &= ~(1UL << (int)(tick & 63));
        if (leaf != 0) return;
        var middle = _middle[tick >> 12] &= ~(1UL << (int)((tick >> 6) & 63));
        if (middle != 0) return;
        _top &= ~(1UL << (int)(tick >> 12));
    }

    public readonly bool IsSet(uint tick) => (_leaf[tick >> 6] >> (int)(tick & 63) & 1) != 0;

    public readonly bool IsEmpty => _top == 0;

    /// <summary>The first occupied tick of the ring from the given one on, or -1.</summary>
    public readonly int FirstFrom(uint tick) => IsSet(tick) ? (int)tick : AfterAround(tick);

    /// <summary>The first occupied tick of the ring behind the given one, which comes last; or -1.</summary>
    public readonly int AfterAround(uint tick)
    {
        var above = After(tick);
        return above >= 0 ? above : First();
    }

    /// <summary>The lowest occupied tick, or -1.</summary>
    private readonly int First()
    {
        if (_top == 0) return -1;
        var middle = BitOperations.TrailingZeroCount(_top);
        return LowestFrom((middle << 6) + BitOperations.TrailingZeroCount(_middle[middle]));
    }

    /// <summary>The lowest occupied tick above the given one, or -1.</summary>
    private readonly int After(uint tick)
    {
        var word = (int)(tick >> 6);
        var above = _leaf[word] & (ulong.MaxValue << (int)(tick & 63) << 1);
        if (above != 0) return (word << 6) + BitOperations.TrailingZeroCount(above);
        var group = (int)(tick >> 12);
        above = _middle[group] & (ulong.MaxValue << (word & 63) << 1);
        if (above != 0) return LowestFrom((group << 6) + BitOperations.TrailingZeroCount(above));
        above = _top & (ulong.MaxValue << group << 1);
        if (above == 0) return -1;
        group = BitOperations.TrailingZeroCount(above);
        return LowestFrom((group << 6) + BitOperations.TrailingZeroCount(_middle[group]));
    }

    private readonly int LowestFrom(int word) => (word << 6) + BitOperations.TrailingZeroCount(_leaf[word]);

    private static int LeafWords(int ticks) => (ticks + 63) / 64;

    private static int MiddleWords(int ticks) => (LeafWords(ticks) + 63) / 64;
}
