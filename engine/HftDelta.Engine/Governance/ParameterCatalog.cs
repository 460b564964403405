using HftDelta.Engine.Accounts;
using HftDelta.Engine.Books;
using HftDelta.Engine.Collateral;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Orders;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Every parameter of the venue with the bounds that the arithmetic needs: not even governance goes beyond them. A new parameter
/// is a line here and its two lines in the class that reads and writes parameters of its home.
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

    private const ParameterUnit Ppm = ParameterUnit.PartsPerMillion;

    /// <returns>False when there is no such parameter.</returns>
    public static bool TryFind(ParameterId kind, out ParameterFacts facts)
    {
        facts = kind switch
        {
            ParameterId.GovernanceTimeLockNanos =>
                Of(ParameterHome.Governance, 0, TimeLockMaxNanos, ParameterUnit.Nanos),
            < ParameterId.StaticBandPpm => OfUnderlying(kind),
            < ParameterId.FundingBasePpb => OfRules(kind),
            < ParameterId.OracleReportJumpPpm => OfTerms(kind),
            < ParameterId.FeeMakerPpm => OfOracleRules(kind),
            < ParameterId.AssetHaircutPpm => OfFees(kind),
            < ParameterId.GovernanceTimeLockNanos => OfAsset(kind),
            _ => OfPool(kind),
        };
        return facts.Rows != 0;
    }

    private static ParameterFacts OfUnderlying(ParameterId kind) => kind switch
    {
        ParameterId.SettlementThresholdTicks => Of(ParameterHome.Underlying, 1, NewOrderChecks.PriceMax, ParameterUnit.Ticks),
        ParameterId.SettlementThresholdPpm => Of(ParameterHome.Underlying, 0, PartsPerMillionMax, Ppm),
        ParameterId.SettlementIntervalNanos => Of(ParameterHome.Underlying, 0, DurationMaxNanos, ParameterUnit.Nanos),
        ParameterId.OracleMaxAgeNanos or ParameterId.RiskTimeoutNanos =>
            Of(ParameterHome.Underlying, 1, DurationMaxNanos, ParameterUnit.Nanos),
        ParameterId.InitialMarginPpm or ParameterId.ShortOptionMarginPpm or ParameterId.ShortOptionMinimumPpm =>
            Of(ParameterHome.Underlying, MarginMinPpm, PartsPerMillionMax, Ppm),
        ParameterId.OracleQuorum => Of(ParameterHome.Underlying, 1, OracleSources.PerUnderlying, ParameterUnit.Sources),
        ParameterId.MarginBufferPpm => Of(ParameterHome.Underlying, 0, BufferMaxPpm, Ppm),
        _ => default,
    };

    private static ParameterFacts OfRules(ParameterId kind) => kind switch
    {
        ParameterId.StaticBandPpm or ParameterId.DynamicBandPpm => Of(ParameterHome.Rules, 0, uint.MaxValue, Ppm),
        ParameterId.BandMinimumTicks => Of(ParameterHome.Rules, 0, uint.MaxValue, ParameterUnit.Ticks),
        ParameterId.AccountOrdersMax => Of(ParameterHome.Rules, 0, uint.MaxValue, ParameterUnit.Orders),
        ParameterId.LotSize or ParameterId.OrderLotsMax =>
            Of(ParameterHome.Rules, 0, NewOrderChecks.QuantityMax, ParameterUnit.Lots),
        ParameterId.PositionLotsMax => Of(ParameterHome.Rules, 0, Ledger.QuantityBound - 1, ParameterUnit.Lots),
        ParameterId.OpeningAuctionNanos or ParameterId.VolatilityAuctionNanos =>
            Of(ParameterHome.Rules, 0, DurationMaxNanos, ParameterUnit.Nanos),
        ParameterId.IncrementFromPrice =>
            Of(ParameterHome.Rules, 0, NewOrderChecks.PriceMax, ParameterUnit.Ticks, IncrementRows.Most),
        ParameterId.Increment =>
            Of(ParameterHome.Rules, 1, NewOrderChecks.PriceMax, ParameterUnit.Ticks, IncrementRows.Most),
        _ => default,
    };

    private static ParameterFacts OfTerms(ParameterId kind) => kind switch
    {
        ParameterId.FundingBasePpb => Of(
            ParameterHome.Terms, -FundingArithmetic.Billion, FundingArithmetic.Billion, ParameterUnit.PartsPerBillion),
        ParameterId.FundingCapPpb =>
            Of(ParameterHome.Terms, 1, FundingArithmetic.Billion, ParameterUnit.PartsPerBillion),
        ParameterId.FundingImpactLots => Of(ParameterHome.Terms, 0, OrderBook.QuantityMaxLots, ParameterUnit.Lots),
        ParameterId.TrueUpIntervals => Of(ParameterHome.Terms, 0, uint.MaxValue, ParameterUnit.Intervals),
        ParameterId.InstrumentFeeSchedule =>
            Of(ParameterHome.Terms, 0, FeeTable.SchedulesLimit - 1, ParameterUnit.FeeSchedule),
        _ => default,
    };

    private static ParameterFacts OfOracleRules(ParameterId kind) => kind switch
    {
        ParameterId.OracleReportJumpPpm or ParameterId.OracleMedianDeviationPpm =>
            Of(ParameterHome.OracleRules, 0, PartsPerMillionMax, Ppm),
        ParameterId.OracleDisabledSources => Of(ParameterHome.OracleRules, 0, byte.MaxValue, ParameterUnit.SourceBits),
        ParameterId.OracleClockSkewMaxNanos or ParameterId.OracleReportAgeMaxNanos or ParameterId.OracleLateAfterNanos
            or ParameterId.OracleStaleAfterNanos or ParameterId.OracleDeadAfterNanos or ParameterId.OracleRecoveryNanos =>
            Of(ParameterHome.OracleRules, 0, DurationMaxNanos, ParameterUnit.Nanos),
        ParameterId.SettlementWindowNanos =>
            Of(ParameterHome.OracleRules, 0, OracleRulesCommands.WindowMaxNanos, ParameterUnit.Nanos),
        _ => default,
    };

    private static ParameterFacts OfFees(ParameterId kind) => kind switch
    {
        ParameterId.FeeMakerPpm or ParameterId.FeeTakerPpm =>
            Of(ParameterHome.Fees, -FeeScheduleRecord.FeeMaxPpm, FeeScheduleRecord.FeeMaxPpm, Ppm, FeeTiers.Most),
        ParameterId.FeeAuctionPpm or ParameterId.FeeSettlementPpm or ParameterId.FeeFundingPpm =>
            Of(ParameterHome.Fees, 0, FeeScheduleRecord.FeeMaxPpm, Ppm, FeeTiers.Most),
        ParameterId.FeeTradedMultiple => Of(ParameterHome.Fees, 0, PartsPerMillionMax, ParameterUnit.Times),
        ParameterId.FeeTierCount => Of(ParameterHome.Fees, 1, FeeTiers.Most, ParameterUnit.Tiers),
        _ => default,
    };

    private static ParameterFacts OfAsset(ParameterId kind) => kind switch
    {
        ParameterId.AssetHaircutPpm => Of(ParameterHome.Asset, 0, PartsPerMillionMax, Ppm),
        ParameterId.AssetVenueMaxAtoms or ParameterId.AssetAccountMaxAtoms =>
            Of(ParameterHome.Asset, 0, AssetCommands.HeldMax, ParameterUnit.Atoms),
        _ => default,
    };

    private static ParameterFacts OfPool(ParameterId kind) => kind switch
    {
        ParameterId.PoolShareOfClaimPpm => Of(ParameterHome.Pool, 0, SettlementPoolLimits.ShareOfClaimMaxPpm, Ppm),
        ParameterId.PoolCapAtoms => Of(ParameterHome.Pool, 0, SettlementPoolLimits.CapMaxAtoms, ParameterUnit.Atoms),
        ParameterId.PoolKinkPpm => Of(ParameterHome.Pool, 0, PartsPerMillionMax - 1, Ppm),
        ParameterId.PoolIdleRatePpm or ParameterId.PoolKinkRatePpm or ParameterId.PoolFullRatePpm =>
            Of(ParameterHome.Pool, 0, SettlementPoolLimits.RateMaxPpm, Ppm),
        _ => default,
    };

    private static ParameterFacts Of(
        ParameterHome home, long minimum, long maximum, ParameterUnit unit, uint rows = 1)
    {
        var scope = home switch
        {
            ParameterHome.Underlying or ParameterHome.OracleRules => ParameterScope.Underlying,
            ParameterHome.Rules or ParameterHome.Terms => ParameterScope.Instrument,
            ParameterHome.Fees => ParameterScope.FeeSchedule,
            ParameterHome.Asset => ParameterScope.Asset,
            _ => ParameterScope.Venue,
        };
        return new ParameterFacts(scope, rows, minimum, maximum, unit) { Home = home };
    }
}
