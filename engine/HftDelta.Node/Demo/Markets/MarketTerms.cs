using HftDelta.Engine.Greeks;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Markets;

/// <summary>Between the demonstration's own terms and the settings that a venue of its own is started with.</summary>
internal static class MarketTerms
{
    public static MarketUnderlying ToSettings(this DemoUnderlying underlying) => new()
    {
        UnderlyingId = underlying.Id.Value,
        Symbol = underlying.Symbol,
        TicksPerUnit = underlying.TicksPerUnit,
        AtomsPerTick = underlying.AtomsPerTick,
        TicksPerPriceTick = underlying.TicksPerPriceTick,
        OracleQuorum = underlying.Quorum,
        SettlementThresholdPpm = underlying.ThresholdPpm,
    };

    public static MarketInstrument ToSettings(this DemoInstrument instrument) => new()
    {
        InstrumentId = instrument.Id.Value,
        UnderlyingId = instrument.Underlying.Id.Value,
        Kind = (MarketInstrumentKind)instrument.Kind,
        Symbol = instrument.Symbol,
        StrikeTicks = instrument.Strike.Value,
        ExpiryTimeNanos = instrument.Expiry.Value,
        VolatilityQ48 = instrument.Volatility.Value,
    };

    /// <summary>
    /// A market for a venue whose clock is the machine's: expiries count from the moment of listing, and there are accounts
    /// and keys for everybody.
    /// </summary>
    /// <param name="market">As made for a run that begins at <see cref="DemoTiming.Start"/>.</param>
    /// <param name="oracleMaxAgeNanos">How long a price stays fresh.</param>
    public static MarketSettings ToSettings(this DemoMarket market, ulong oracleMaxAgeNanos) => new()
    {
        Description = market.Description,
        Accounts = DevelopmentMarket.Accounts(),
        Participants = DevelopmentMarket.Participants(),
        Underlyings =
        [
            .. market.Underlyings.Select(underlying => underlying.ToSettings() with { OracleMaxAgeNanos = oracleMaxAgeNanos }),
        ],
        Instruments = [.. market.Instruments.Select(instrument => WithRelativeExpiry(instrument.ToSettings()))],
    };

    /// <summary>
    /// The terms alone, for participants: where prices come from is not theirs to know. Strategies are left out: what makes
    /// their prices is their legs'; so are power perpetuals and perpetual options, which they do not price.
    /// </summary>
    public static DemoMarket ToMarket(this MarketSettings settings)
    {
        var underlyings = settings.Underlyings.Select(UnderlyingOf).ToList();
        return new DemoMarket
        {
            Underlyings = underlyings,
            Instruments =
            [
                .. settings.Instruments.Where(IsPriced).Select(instrument => new DemoInstrument(
                    new InstrumentId(instrument.InstrumentId),
                    underlyings[(int)instrument.UnderlyingId - 1],
                    (DemoKind)instrument.Kind,
                    new PriceTicks(instrument.StrikeTicks),
                    new TimeNanos(instrument.ExpiryTimeNanos),
                    new VolatilityQ48(instrument.VolatilityQ48),
                    instrument.Symbol)),
            ],
            Feeds = [],
            Description = settings.Description,
        };
    }

    private static bool IsPriced(MarketInstrument instrument) => instrument.Kind < MarketInstrumentKind.Strategy;

    private static DemoUnderlying UnderlyingOf(MarketUnderlying underlying) => new(
        new UnderlyingId(underlying.UnderlyingId), underlying.Symbol, underlying.TicksPerUnit, underlying.AtomsPerTick,
        underlying.TicksPerPriceTick, Sources: 0, underlying.OracleQuorum, underlying.SettlementThresholdPpm);

    private static MarketInstrument WithRelativeExpiry(MarketInstrument instrument) => instrument.ExpiryTimeNanos == 0
        ? instrument
        : instrument with
        {
            ExpiryTimeNanos = 0,
            ExpiresAfterNanos = instrument.ExpiryTimeNanos - DemoTiming.Start.Value,
        };
}
