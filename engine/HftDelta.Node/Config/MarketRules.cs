namespace HftDelta.Node.Config;

/// <summary>Trading rules of an instrument (docs/matching-rules.md, section 10); what is left out is none. Immutable.</summary>
public sealed record MarketRules
{
    private const int IncrementsMax = 8;
    private const long QuantityMax = 1L << 32;
    private const long PositionMax = 1L << 40;
    private const long PriceMax = 1L << 40;
    private const ulong DurationMaxNanos = 1UL << 62;

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

    /// <summary>What the engine would refuse them for, in words; null when nothing is wrong.</summary>
    public string? Fault() =>
        Range("lotSize", LotSize, QuantityMax)
        ?? Range("orderLotsMax", OrderLotsMax, QuantityMax)
        ?? Range("positionLotsMax", PositionLotsMax, PositionMax - 1)
        ?? (OrderLotsMax != 0 && OrderLotsMax < LotSize
            ? $"orderLotsMax {OrderLotsMax} is below lotSize {LotSize}: no order would be small enough" : null)
        ?? (OpeningAuctionNanos > DurationMaxNanos || VolatilityAuctionNanos > DurationMaxNanos
            ? "an auction lasts longer than a century" : null)
        ?? IncrementsFault();

    private static string? Range(string name, long value, long most) =>
        value < 0 || value > most ? $"{name} {value} is not from 0 to {most}" : null;

    private string? IncrementsFault()
    {
        if (Increments.Count > IncrementsMax)
        {
            return $"there are {Increments.Count} increments, and at most {IncrementsMax} are possible";
        }

        for (var row = 0; row < Increments.Count; row++)
        {
            var (from, increment) = (Increments[row].FromPrice, Increments[row].Increment);
            if (row == 0 && from != 1)
            {
                return $"the first increment is from price {from} on: it must be from 1 on";
            }

            if (from > PriceMax || (row > 0 && from <= Increments[row - 1].FromPrice))
            {
                return $"increment {row + 1} is from price {from} on: it must be above the one before and at most {PriceMax}";
            }

            if (increment is < 1 or > PriceMax)
            {
                return $"increment {row + 1} is {increment}: it must be from 1 to {PriceMax}";
            }
        }

        return null;
    }
}

/// <summary>Prices from this one on, in ticks, are multiples of the increment.</summary>
public sealed record MarketIncrement
{
    public required long FromPrice { get; init; }

    public required long Increment { get; init; }
}
