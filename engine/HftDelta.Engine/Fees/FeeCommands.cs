using HftDelta.Engine.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Fees;

/// <summary>
/// Takes schedules of fees, which instrument has which, and which account is of which tier. They bind what comes after them.
/// Owner: the engine agent.
/// </summary>
internal sealed class FeeCommands(VenueState state, Matching matching)
{
    /// <summary>No fee is a larger part of its basis: a tenth.</summary>
    private const int FeeMaxPpm = 100_000;

    private const int Million = 1_000_000;

    public RejectCode Set(in FeeScheduleDecoder message)
    {
        if (message.ScheduleId is 0 or >= FeeTable.SchedulesLimit || !TryRead(message, out var schedule) || !IsValid(schedule))
        {
            return RejectCode.BadParameter;
        }

        state.Fees.Schedules.Write(message.ScheduleId) = schedule;

        // Requirements hold the worst fee of open orders.
        state.MarkVersion++;
        return default;
    }

    public RejectCode Set(in InstrumentFeesDecoder message)
    {
        if (!state.Instruments.Exists(message.InstrumentId))
        {
            return RejectCode.UnknownInstrument;
        }

        ref readonly var listed = ref state.Instruments.Read(message.InstrumentId);
        if (!listed.IsLive)
        {
            return RejectCode.InstrumentNotOpen;
        }

        if (listed.Kind == Wire.InstrumentKind.Strategy)
        {
            return RejectCode.BadParameter;
        }

        if (message.ScheduleId != 0 && !state.Fees.Exists(message.ScheduleId))
        {
            return RejectCode.UnknownFeeSchedule;
        }

        state.Instruments.Write(message.InstrumentId).FeeSchedule = (byte)message.ScheduleId;
        state.MarkVersion++;
        return default;
    }

    /// <summary>What the account owes by its old tier is charged first.</summary>
    public RejectCode Set(in AccountTierDecoder message)
    {
        var id = message.AccountId;
        if (!state.Accounts.IsOpen(id) || id < AccountId.FirstClient)
        {
            return RejectCode.UnknownAccount;
        }

        if (message.Tier >= FeeTiers.Most)
        {
            return RejectCode.BadParameter;
        }

        matching.Settle(id);
        ref var account = ref state.Accounts.Write(id);
        account.FeeTier = (byte)message.Tier;
        account.MarkVersion = 0;
        for (var slot = account.FirstPosition; slot != 0; slot = state.Positions.Read(slot).NextOfAccount)
        {
            state.Positions.Write(slot).FeeIndexLast =
                state.Fees.IndexOf(state.Positions.Read(slot).Instrument, account.FeeTier);
        }

        return default;
    }

    private static bool TryRead(in FeeScheduleDecoder message, out FeeScheduleRecord schedule)
    {
        schedule = new FeeScheduleRecord { Basis = message.Basis, TradedMultiple = message.TradedMultiple };
        foreach (var entry in message.Tiers)
        {
            if (schedule.TierCount == FeeTiers.Most)
            {
                return false;
            }

            schedule.Tiers[(int)schedule.TierCount++] = new FeeTier
            {
                MakerPpm = entry.MakerPpm,
                TakerPpm = entry.TakerPpm,
                AuctionPpm = entry.AuctionPpm,
                SettlementPpm = entry.SettlementPpm,
                FundingPpm = entry.FundingPpm,
            };
        }

        return schedule.TierCount != 0;
    }

    /// <summary>Whoever trades with whom, the venue never pays for it.</summary>
    private static bool IsValid(in FeeScheduleRecord schedule)
    {
        if (schedule.Basis is not (FeeBasis.TradedValue or FeeBasis.UnderlyingValue) ||
            (schedule.Basis == FeeBasis.TradedValue && schedule.TradedMultiple != 0))
        {
            return false;
        }

        int leastMaker = FeeMaxPpm, leastTaker = FeeMaxPpm;
        for (var tier = 0; tier < (int)schedule.TierCount; tier++)
        {
            ref readonly var rates = ref schedule.Tiers[tier];
            if (rates.MakerPpm is < -FeeMaxPpm or > FeeMaxPpm || rates.TakerPpm is < -FeeMaxPpm or > FeeMaxPpm ||
                rates.AuctionPpm > FeeMaxPpm || rates.SettlementPpm > FeeMaxPpm || rates.FundingPpm > FeeMaxPpm ||
                (long)schedule.TradedMultiple * rates.WorstPpm > Million)
            {
                return false;
            }

            leastMaker = rates.MakerPpm < leastMaker ? rates.MakerPpm : leastMaker;
            leastTaker = rates.TakerPpm < leastTaker ? rates.TakerPpm : leastTaker;
        }

        return leastMaker + leastTaker >= 0;
    }
}
