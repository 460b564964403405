namespace HftDelta.Node.Config;

/// <summary>Trading rules of an instrument (docs/matching-rules.md, section 10); what is left out is none. Immutable.</summary>
public sealed record MarketRules
{
    /// <summary>Limits further from the mark than this are refused.</summary>
    public uint StaticBandPpm { get; init; }

    /// <summary>A trade further from the last one than this starts a volatility auction.</summary>
    public uint DynamicBandPpm { get; init; }

    /// <summary>Neither band is narrower.</summary>
    public uint BandMinimumTicks { get; init; }

    /// <summary>Quantities are multiples of it.</summary>
    public long LotSize { get; init; }

    public long OrderLotsMax { get; init; }

    /// <summary>Either side, with open orders filled.</summary>
    public long PositionLotsMax { get; init; }

    public uint AccountOrdersMax { get; init; }

    /// <summary>How long a call lasts; 0: until the operator ends it.</summary>
    public ulong OpeningAuctionNanos { get; init; }

    public ulong VolatilityAuctionNanos { get; init; }

    /// <summary>At most eight rows, ascending, the first from price 1 on.</summary>
    public IReadOnlyList<MarketIncrement> Increments { get; init; } = [];
}

/// <summary>Prices from this one on, in ticks, are multiples of the increment.</summary>
public sealed record MarketIncrement
{
    public required long FromPrice { get; init; }

    public required long Increment { get; init; }
}
