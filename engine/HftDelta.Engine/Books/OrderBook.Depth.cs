using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

// Reading: nothing here changes the book.
public sealed unsafe partial class OrderBook
{
    /// <summary>The best bid is at or above the best ask.</summary>
    public bool IsCrossed =>
        HasBest(Side.Buy) && HasBest(Side.Sell) && (_sides[0].BestRank ^ RankMask(0)) >= _sides[1].BestRank;

    public bool HasBest(Side side) => _sides[(uint)side].Best != _nothing;

    public bool TryGetBest(Side side, out PriceTicks price)
    {
        var has = HasBest(side);
        price = has ? new PriceTicks(_sides[(uint)side].BestRank ^ RankMask((uint)side)) : default;
        return has;
    }

    /// <summary>The best level with its volume; price 0 and nothing in it when the side is empty.</summary>
    public bool TryGetTop(Side side, out BookLevel top)
    {
        var has = TryGetBest(side, out var price);
        var level = _sides[(uint)side].Best;
        top = new BookLevel(price, new QuantityLots(level->Volume), (int)level->Count);
        return has;
    }

    /// <summary>Open lots of one side at a price.</summary>
    public QuantityLots VolumeAt(Side side, PriceTicks price)
    {
        var level = LevelAt(side, price.Value);
        return new QuantityLots(level == null ? 0 : level->Volume);
    }

    /// <summary>Orders of one side at a price.</summary>
    public int CountAt(Side side, PriceTicks price)
    {
        var level = LevelAt(side, price.Value);
        return level == null ? 0 : (int)level->Count;
    }

    /// <summary>The oldest order of one side at a price; <see cref="OrderHot.Next"/> leads on through the queue.</summary>
    /// <returns>Its slot, or 0.</returns>
    public uint HeadAt(Side side, PriceTicks price)
    {
        var level = LevelAt(side, price.Value);
        return level == null ? 0 : level->Head;
    }

    /// <summary>The next occupied price of a side that is worse than the given one, which need not be occupied.</summary>
    public bool TryGetNext(Side side, PriceTicks after, out PriceTicks price)
    {
        var level = LevelAfter((uint)side, after.Value ^ RankMask((uint)side), out var rank);
        price = level == null ? default : new PriceTicks(rank ^ RankMask((uint)side));
        return level != null;
    }

    /// <summary>Reads levels from the best on.</summary>
    /// <returns>How many there were, at most the span's length.</returns>
    public int ReadDepth(Side side, Span<BookLevel> levels)
    {
        if (!HasBest(side)) return 0;
        var mask = RankMask((uint)side);
        var level = _sides[(uint)side].Best;
        var rank = _sides[(uint)side].BestRank;
        for (var count = 0; count < levels.Length; count++)
        {
            if (level == null) return count;
            levels[count] = new BookLevel(new PriceTicks(rank ^ mask), new QuantityLots(level->Volume), (int)level->Count);
            level = LevelAfter((uint)side, rank, out rank);
        }

        return levels.Length;
    }

    /// <summary>The best level worse than a rank, of band and pool, or null.</summary>
    private PriceLevel* LevelAfter(uint side, long rank, out long foundRank)
    {
        var state = _sides + side;
        PriceLevel* found = null;
        foundRank = long.MaxValue;
        if (_windowTicks != 0 && TryGetTickAfter(state, side, rank, out var next))
        {
            found = TickOf(next ^ RankMask(side));
            foundRank = next;
        }

        if (state->SparseRoot == 0) return found;
        var pooled = _sparse.After(state->SparseRoot, KeyOf(rank), out var key);
        if (pooled == null || (found != null && foundRank < RankOf(key))) return found;
        foundRank = RankOf(key);
        return pooled;
    }

    /// <summary>The rank of the best tick of the window that is above the given rank.</summary>
    private bool TryGetTickAfter(BookSide* state, uint side, long rank, out long next)
    {
        var first = FirstRank(side);
        var isBefore = rank < first;
        next = long.MaxValue;
        if (!isBefore && (ulong)(rank - first) >= _windowTicks) return false;
        var bit = isBefore ? FirstTick(side) : state->Ticks.AfterAround(BitOf(rank));
        if (bit < 0) return false;
        next = first + BitOf(bit - first);
        return isBefore || next > rank;
    }
}
