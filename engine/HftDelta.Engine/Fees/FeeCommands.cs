using HftDelta.Engine.Governance;
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
    public RejectCode Set(in FeeScheduleDecoder message)
    {
        if (message.ScheduleId is 0 or >= FeeTable.SchedulesLimit || !TryRead(message, out var schedule) || !schedule.IsValid)
        {
            return RejectCode.BadParameter;
        }

        // A new schedule begins with the operator's rates; the next ones come from those who govern.
        var isNew = !state.Fees.Exists(message.ScheduleId);
        if (state.Governance.IsSealed && !isNew)
        {
            return RejectCode.ParametersGoverned;
        }

        if (!isNew && state.Fees.IsMoving(message.ScheduleId))
        {
            return RejectCode.RequestOutstanding;
        }

        state.Fees.Schedules.Write(state.Fees.SlotOf(message.ScheduleId)) = schedule;

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

        if (state.Governance.IsSealed && !IsFirstOf(message.InstrumentId))
        {
            return RejectCode.ParametersGoverned;
        }

        if (message.ScheduleId != 0 && !state.Fees.Exists(message.ScheduleId))
        {
            return RejectCode.UnknownFeeSchedule;
        }

        state.Instruments.Write(message.InstrumentId).FeeSchedule = (byte)state.Fees.SlotOf(message.ScheduleId);
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

    /// <summary>With a listing comes its first schedule, and the next one from those who govern.</summary>
    private bool IsFirstOf(uint instrument) => instrument >= state.Governance.All.InstrumentsBefore &&
        state.Instruments.Read(instrument).FeeSchedule == 0 &&
        !state.Governance.HasChanged(new ParameterKey(ParameterId.InstrumentFeeSchedule, instrument, 0));

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
}
