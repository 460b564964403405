namespace HftDelta.Node.Config;

/// <summary>The exponent of a power perpetual.</summary>
public enum MarketPower
{
    /// <summary>The square root.</summary>
    Root,
    Two,
    Three,
}

/// <summary>How a perpetual kind is funded (docs/delta-settlement.md). Immutable.</summary>
public sealed record MarketFunding
{
    private const ulong PeriodMinNanos = 1_000_000_000;
    private const ulong PeriodMaxNanos = 366UL * 86_400 * 1_000_000_000;
    private const uint PenaltyMaxPpm = 100_000;
    private const long Billion = 1_000_000_000;
    private const int PowerScaleBitsMax = 256;

    /// <summary>T: what is due per period accrues over so long. From the settlement interval, or a second, to 366 days.</summary>
    public required ulong PeriodNanos { get; init; }

    /// <summary>Of a perpetual: added to the mean premium, in 1e-9 of the price per period.</summary>
    public long BasePpb { get; init; }

    /// <summary>Of a perpetual: the most that is due per period, either way.</summary>
    public long CapPpb { get; init; }

    /// <summary>Of a perpetual: lots whose price in the book is the impact price; 0: the premium is 0.</summary>
    public long ImpactLots { get; init; }

    /// <summary>Of a power perpetual: p.</summary>
    public MarketPower Power { get; init; }

    /// <summary>Of a power perpetual: 1 of S^p is worth this / 2^<see cref="PowerScaleBits"/> atoms a lot, S in ticks.</summary>
    public ulong PowerScale { get; init; }

    public ushort PowerScaleBits { get; init; }

    /// <returns>What the engine would refuse an instrument's funding for, in words; null when nothing is wrong.</returns>
    internal static string? FaultOf(MarketInstrument instrument, IReadOnlyList<MarketUnderlying> underlyings)
    {
        var interval = underlyings[(int)instrument.UnderlyingId - 1].SettlementIntervalNanos;
        var isPower = instrument.Kind == MarketInstrumentKind.PowerPerpetual;
        var isPerpetualOption = instrument.Kind is MarketInstrumentKind.PerpetualCall or MarketInstrumentKind.PerpetualPut;
        var isPerpetual = instrument.Kind == MarketInstrumentKind.Perpetual;
        if (instrument.TrueUpEvery != 0 && (instrument.Kind == MarketInstrumentKind.Strategy || interval == 0))
        {
            return "it has trueUpEvery without an interval to count, or is a strategy";
        }

        if (instrument.TrueUpEvery > 1 && (isPower || isPerpetualOption || isPerpetual))
        {
            return "a perpetual kind is trued up at every interval: leave trueUpEvery out";
        }

        if (instrument.DeliveryPenaltyPpm > (instrument.DeliveryNanos == 0 ? 0 : PenaltyMaxPpm))
        {
            return "it has a deliveryPenaltyPpm without deliveryNanos, or of more than a tenth";
        }

        if (instrument.DeliveryNanos > PeriodMaxNanos || (instrument.DeliveryNanos != 0 && instrument.Kind
            is not (MarketInstrumentKind.Call or MarketInstrumentKind.Put or MarketInstrumentKind.Future)))
        {
            return "it has deliveryNanos of more than 366 days, or is neither option nor future";
        }

        if (instrument.Funding is not { } funding)
        {
            return isPower || isPerpetualOption ? "a power perpetual and a perpetual option need funding" : null;
        }

        if (!isPower && !isPerpetualOption && !isPerpetual)
        {
            return "it has funding, which only perpetual kinds have";
        }

        return funding.Fault(isPerpetual, isPower, interval);
    }

    private string? Fault(bool isPerpetual, bool isPower, ulong interval)
    {
        if (PeriodNanos is < PeriodMinNanos or > PeriodMaxNanos || interval == 0 || interval > PeriodNanos)
        {
            return $"funding.periodNanos {PeriodNanos} is not from a second to 366 days, or is shorter than the settlement "
                + "interval, which there must be";
        }

        if (isPerpetual != (CapPpb != 0) || CapPpb is < 0 or > Billion || BasePpb is < -Billion or > Billion || ImpactLots < 0
            || (!isPerpetual && (BasePpb != 0 || ImpactLots != 0)))
        {
            return "capPpb must be from 1 to 1000000000 for a perpetual, and it alone has capPpb, basePpb and impactLots";
        }

        return isPower != (PowerScale != 0) || PowerScaleBits > PowerScaleBitsMax
            || (!isPower && (Power != default || PowerScaleBits != 0))
            ? "a power perpetual needs powerScale, with powerScaleBits up to 256, and it alone has power terms"
            : null;
    }
}
