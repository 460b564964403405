using HftDelta.Engine.Governance;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Config;

/// <summary>A value that a parameter starts with.</summary>
/// <param name="Scope">Of which underlying, instrument, fee schedule or asset.</param>
/// <param name="Row">In tables; else 0.</param>
/// <param name="Value">In the units of the parameter.</param>
internal readonly record struct MarketStartValue(uint Scope, uint Row, long Value);

/// <summary>What the parameters of a market start with, by its settings. Pure.</summary>
internal static class MarketStartValues
{
    /// <summary>All values of a parameter; none of what the settings do not say.</summary>
    public static IEnumerable<MarketStartValue> Of(MarketSettings market, ParameterId parameter)
    {
        if (!ParameterCatalog.TryFind(parameter, out var facts))
        {
            return [];
        }

        return facts.Scope switch
        {
            ParameterScope.Underlying => market.Underlyings.Select(
                each => new MarketStartValue(each.UnderlyingId, 0, OfUnderlying(each, parameter))),
            ParameterScope.Instrument => market.Instruments.SelectMany(each => OfInstrument(each, parameter)),
            ParameterScope.FeeSchedule => market.FeeSchedules.SelectMany(each => OfSchedule(each, parameter)),
            ParameterScope.Asset => market.Assets.Select(
                each => new MarketStartValue(each.AssetId, 0, OfAsset(each, parameter))),
            _ => [],
        };
    }

    private static long OfUnderlying(MarketUnderlying underlying, ParameterId parameter)
    {
        var oracle = underlying.Oracle ?? new MarketOracle();
        return parameter switch
        {
            ParameterId.SettlementThresholdTicks => underlying.SettlementThresholdTicks,
            ParameterId.SettlementThresholdPpm => underlying.SettlementThresholdPpm,
            ParameterId.SettlementIntervalNanos => (long)underlying.SettlementIntervalNanos,
            ParameterId.OracleMaxAgeNanos => (long)underlying.OracleMaxAgeNanos,
            ParameterId.RiskTimeoutNanos => (long)underlying.RiskTimeoutNanos,
            ParameterId.InitialMarginPpm => underlying.InitialMarginPpm,
            ParameterId.ShortOptionMarginPpm => underlying.ShortOptionMarginPpm,
            ParameterId.ShortOptionMinimumPpm => underlying.ShortOptionMinimumPpm,
            ParameterId.OracleQuorum => underlying.OracleQuorum,
            ParameterId.MarginBufferPpm => underlying.MarginBufferPpm,
            ParameterId.OracleReportJumpPpm => oracle.ReportJumpPpm,
            ParameterId.OracleMedianDeviationPpm => oracle.MedianDeviationPpm,
            ParameterId.OracleDisabledSources =>
                oracle.DisabledSources.Aggregate(0, (bits, source) => bits | (1 << ((int)source - 1))),
            ParameterId.OracleClockSkewMaxNanos => (long)oracle.ClockSkewMaxNanos,
            ParameterId.OracleReportAgeMaxNanos => (long)oracle.ReportAgeMaxNanos,
            ParameterId.OracleLateAfterNanos => (long)oracle.LateAfterNanos,
            ParameterId.OracleStaleAfterNanos => (long)oracle.StaleAfterNanos,
            ParameterId.OracleDeadAfterNanos => (long)oracle.DeadAfterNanos,
            ParameterId.OracleRecoveryNanos => (long)oracle.RecoveryNanos,
            _ => (long)oracle.SettlementWindowNanos,
        };
    }

    private static IEnumerable<MarketStartValue> OfInstrument(MarketInstrument instrument, ParameterId parameter)
    {
        var id = instrument.InstrumentId;
        var isFunded = instrument.Kind == MarketInstrumentKind.Perpetual && instrument.Funding is not null;
        var isStrategy = instrument.Kind == MarketInstrumentKind.Strategy;
        var rules = instrument.Rules ?? new MarketRules();
        long? single = parameter switch
        {
            ParameterId.FundingBasePpb => isFunded ? instrument.Funding!.BasePpb : null,
            ParameterId.FundingCapPpb => isFunded ? instrument.Funding!.CapPpb : null,
            ParameterId.FundingImpactLots => isFunded ? instrument.Funding!.ImpactLots : null,
            ParameterId.TrueUpIntervals => isStrategy || (instrument.ExpiryTimeNanos | instrument.ExpiresAfterNanos) == 0
                ? null : instrument.TrueUpEvery,
            ParameterId.InstrumentFeeSchedule => isStrategy ? null : instrument.FeeScheduleId,
            ParameterId.StaticBandPpm => rules.StaticBandPpm,
            ParameterId.DynamicBandPpm => rules.DynamicBandPpm,
            ParameterId.BandMinimumTicks => rules.BandMinimumTicks,
            ParameterId.LotSize => rules.LotSize,
            ParameterId.OrderLotsMax => rules.OrderLotsMax,
            ParameterId.PositionLotsMax => rules.PositionLotsMax,
            ParameterId.AccountOrdersMax => rules.AccountOrdersMax,
            ParameterId.OpeningAuctionNanos => (long)rules.OpeningAuctionNanos,
            ParameterId.VolatilityAuctionNanos => (long)rules.VolatilityAuctionNanos,
            _ => null,
        };
        return single is { } value ? [new MarketStartValue(id, 0, value)]
            : parameter == ParameterId.IncrementFromPrice
                ? rules.Increments.Select((each, row) => new MarketStartValue(id, (uint)row, each.FromPrice))
            : parameter == ParameterId.Increment
                ? rules.Increments.Select((each, row) => new MarketStartValue(id, (uint)row, each.Increment))
            : [];
    }

    private static IEnumerable<MarketStartValue> OfSchedule(MarketFeeSchedule schedule, ParameterId parameter) => parameter switch
    {
        ParameterId.FeeTradedMultiple => [new MarketStartValue(schedule.ScheduleId, 0, schedule.TradedMultiple)],
        ParameterId.FeeTierCount => [new MarketStartValue(schedule.ScheduleId, 0, schedule.Tiers.Count)],
        _ => schedule.Tiers.Select((tier, row) => new MarketStartValue(schedule.ScheduleId, (uint)row, parameter switch
        {
            ParameterId.FeeMakerPpm => tier.MakerPpm,
            ParameterId.FeeTakerPpm => tier.TakerPpm,
            ParameterId.FeeAuctionPpm => tier.AuctionPpm,
            ParameterId.FeeSettlementPpm => tier.SettlementPpm,
            _ => tier.FundingPpm,
        })),
    };

    private static long OfAsset(MarketAsset asset, ParameterId parameter) => parameter switch
    {
        ParameterId.AssetHaircutPpm => asset.HaircutPpm,
        ParameterId.AssetVenueMaxAtoms => asset.VenueMaxAtoms,
        _ => asset.AccountMaxAtoms,
    };
}
