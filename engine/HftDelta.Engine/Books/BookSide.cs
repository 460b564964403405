namespace HftDelta.Engine.Books;

/// <summary>
/// One side of a book, in native memory, so that the code indexes it by side and does not branch on it. A rank is a price for
/// sells and its complement for buys: the lowest rank is the best price of either side.
/// </summary>
internal unsafe struct BookSide
{
    /// <summary>Rank of the best level; the highest number when the side is empty.</summary>
    public long BestRank;

    /// <summary>The best level; an empty one when the side is empty.</summary>
    public PriceLevel* Best;

    /// <summary>The ticks of the band that this side holds.</summary>
    public TickBitmap Ticks;

    /// <summary>Rank of the best pooled level; the highest number when there is none.</summary>
    public long PooledRank;

    /// <summary>Root of the pooled levels.</summary>
    public uint SparseRoot;

    /// <summary>Orders that rest.</summary>
    public uint OrderCount;
}
