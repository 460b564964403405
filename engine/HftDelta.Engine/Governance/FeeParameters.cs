using HftDelta.Engine.Fees;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes fee schedules. The rows of a rate are the tiers. A change comes into force underlying by underlying, each
/// settled by the old rates first (<see cref="FeeScheduleMoves"/>). Owner: the engine agent.
/// </summary>
internal static class FeeParameters
{
    /// <summary>There is the schedule, and the tier.</summary>
    public static bool Has(VenueState state, in ParameterKey key) =>
        key.Scope != 0 && state.Fees.Exists(key.Scope) && key.Row < state.Fees.Of(key.Scope).TierCount;

    public static long Read(in FeeScheduleRecord schedule, ParameterId parameter, uint row) => parameter switch
    {
        ParameterId.FeeMakerPpm => schedule.Tiers[(int)row].MakerPpm,
        ParameterId.FeeTakerPpm => schedule.Tiers[(int)row].TakerPpm,
        ParameterId.FeeAuctionPpm => schedule.Tiers[(int)row].AuctionPpm,
        ParameterId.FeeSettlementPpm => schedule.Tiers[(int)row].SettlementPpm,
        ParameterId.FeeFundingPpm => schedule.Tiers[(int)row].FundingPpm,
        ParameterId.FeeTradedMultiple => schedule.TradedMultiple,
        _ => schedule.TierCount,
    };

    public static bool CanHave(VenueState state, in ParameterKey key, long value)
    {
        var changed = state.Fees.Of(key.Scope);
        Set(ref changed, key, value);
        return changed.IsValid;
    }

    /// <summary>A value that it can have.</summary>
    public static void Set(VenueState state, FeeScheduleMoves moves, in ParameterKey key, long value)
    {
        var changed = state.Fees.Of(key.Scope);
        Set(ref changed, key, value);
        moves.Begin(key.Scope, changed);
    }

    private static void Set(ref FeeScheduleRecord schedule, in ParameterKey key, long value)
    {
        ref var rates = ref schedule.Tiers[(int)key.Row];
        switch (key.Kind)
        {
            case ParameterId.FeeMakerPpm: rates.MakerPpm = (int)value; break;
            case ParameterId.FeeTakerPpm: rates.TakerPpm = (int)value; break;
            case ParameterId.FeeAuctionPpm: rates.AuctionPpm = (uint)value; break;
            case ParameterId.FeeSettlementPpm: rates.SettlementPpm = (uint)value; break;
            case ParameterId.FeeFundingPpm: rates.FundingPpm = (uint)value; break;
            case ParameterId.FeeTradedMultiple: schedule.TradedMultiple = (uint)value; break;
            default: SetTierCount(ref schedule, (uint)value); break;
        }
    }

    /// <summary>A new tier has the rates of the last one, which its accounts paid already.</summary>
    private static void SetTierCount(ref FeeScheduleRecord schedule, uint count)
    {
        var last = schedule.Of(FeeTiers.Most - 1);
        for (var tier = count < schedule.TierCount ? count : schedule.TierCount; tier < FeeTiers.Most; tier++)
        {
            schedule.Tiers[(int)tier] = tier < count ? last : default;
        }

        schedule.TierCount = count;
    }
}
