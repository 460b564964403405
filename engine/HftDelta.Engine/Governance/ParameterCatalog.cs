using HftDelta.Engine.Accounts;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Orders;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Every parameter of the venue with the bounds that the arithmetic needs: not even governance goes beyond them. A new parameter
/// is a line here and its two lines in the class that reads and writes parameters of its scope.
/// </summary>
public static class ParameterCatalog
{
    /// <summary>Numbers of parameters are below this: a module's set of them is two words.</summary>
    public const uint KindsLimit = 128;

    public const uint PartsPerMillionMax = 1_000_000;

    /// <summary>A thousandfold leverage at most: what one account can win or lose stays inside 64 bits of atoms.</summary>
    public const uint MarginMinPpm = 1_000;

    /// <summary>Durations are at most this, so that a time plus a duration never wraps: 146 years.</summary>
    public const long DurationMaxNanos = 1L << 62;

    /// <summary>A longer wait would take the venue out of everybody's hands.</summary>
    public const long TimeLockMaxNanos = 30L * 86_400 * 1_000_000_000;

    public const long CooldownMaxNanos = 365L * 86_400 * 1_000_000_000;

    /// <summary>Ten times the requirement.</summary>
    public const uint BufferMaxPpm = 10 * PartsPerMillionMax;

    /// <returns>False when there is no such parameter.</returns>
    public static bool TryFind(ParameterId kind, out ParameterFacts facts)
    {
        facts = kind switch
        {
            ParameterId.SettlementThresholdTicks => OfUnderlying(1, NewOrderChecks.PriceMax),
            ParameterId.SettlementThresholdPpm => OfUnderlying(0, PartsPerMillionMax),
            ParameterId.SettlementIntervalNanos => OfUnderlying(0, DurationMaxNanos),
            ParameterId.OracleMaxAgeNanos or ParameterId.RiskTimeoutNanos => OfUnderlying(1, DurationMaxNanos),
            ParameterId.InitialMarginPpm or ParameterId.ShortOptionMarginPpm or ParameterId.ShortOptionMinimumPpm =>
                OfUnderlying(MarginMinPpm, PartsPerMillionMax),
            ParameterId.OracleQuorum => OfUnderlying(1, OracleSources.PerUnderlying),
            ParameterId.MarginBufferPpm => OfUnderlying(0, BufferMaxPpm),
            ParameterId.StaticBandPpm or ParameterId.DynamicBandPpm or ParameterId.BandMinimumTicks
                or ParameterId.AccountOrdersMax => OfInstrument(0, uint.MaxValue),
            ParameterId.LotSize or ParameterId.OrderLotsMax => OfInstrument(0, NewOrderChecks.QuantityMax),
            ParameterId.PositionLotsMax => OfInstrument(0, Ledger.QuantityBound - 1),
            ParameterId.OpeningAuctionNanos or ParameterId.VolatilityAuctionNanos => OfInstrument(0, DurationMaxNanos),
            ParameterId.IncrementFromPrice =>
                OfInstrument(0, NewOrderChecks.PriceMax) with { Rows = IncrementRows.Most },
            ParameterId.Increment => OfInstrument(1, NewOrderChecks.PriceMax) with { Rows = IncrementRows.Most },
            ParameterId.GovernanceTimeLockNanos => new ParameterFacts(ParameterScope.Venue, 1, 0, TimeLockMaxNanos),
            _ => default,
        };
        return facts.Rows != 0;
    }

    private static ParameterFacts OfUnderlying(long minimum, long maximum) =>
        new(ParameterScope.Underlying, 1, minimum, maximum);

    private static ParameterFacts OfInstrument(long minimum, long maximum) =>
        new(ParameterScope.Instrument, 1, minimum, maximum);
}
