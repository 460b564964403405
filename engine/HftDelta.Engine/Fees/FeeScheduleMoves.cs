using HftDelta.Engine.Instruments;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Settlement;

namespace HftDelta.Engine.Fees;

/// <summary>
/// Brings a changed fee schedule into force. What an index has moved by up to now, and the funding that has gathered, are charged
/// by the rates of then: each underlying that uses the schedule is settled by the old rates, and its instruments pay the new ones
/// from then on. What does not fit one command's bound goes on as pending work; meanwhile the schedule is there twice, and the
/// instruments say by which of the two they pay. Owner: the engine agent.
/// </summary>
internal sealed class FeeScheduleMoves(VenueState state, DeltaSettlement settlement, EventBudget budget)
{
    private const int SlotBits = 8;

    /// <summary>Nothing of an earlier change of the same schedule is left to do.</summary>
    /// <param name="schedule">Its id.</param>
    /// <param name="changed">Its new rates.</param>
    public void Begin(uint schedule, in FeeScheduleRecord changed)
    {
        var next = state.Fees.Replace(schedule, changed) | (1u << SlotBits);
        var looks = state.Limits.PendingLooksPerCommand;
        if (!Run(ref next, ref looks))
        {
            state.Pending.Add(PendingKind.MoveFeeSchedule, next);
        }
    }

    /// <summary>Goes on.</summary>
    /// <param name="next">The old slot, and above it the underlying that is next.</param>
    /// <param name="looks">How many instruments may be looked at; lowered by those that were.</param>
    /// <returns>True when nobody pays by the old rates any more.</returns>
    public bool Run(ref uint next, ref int looks)
    {
        var slot = next & ((1u << SlotBits) - 1);
        for (; next >> SlotBits < state.Underlyings.NextId; next += 1u << SlotBits)
        {
            ref readonly var underlying = ref state.Underlyings.Read(next >> SlotBits);
            if (looks <= 0)
            {
                return false;
            }

            looks -= 1 + (int)underlying.InstrumentCount;
            if (!IsUsedBy(underlying, slot))
            {
                continue;
            }

            if (!budget.HasRoom(EventBudget.SettlementSlots(underlying.InstrumentCount, underlying.FundedCount)))
            {
                return false;
            }

            settlement.SettleAll(next >> SlotBits);
            Move(underlying, slot);
        }

        state.Fees.Forget(slot);
        return true;
    }

    private bool IsUsedBy(in UnderlyingRecord underlying, uint slot)
    {
        var id = underlying.FirstInstrument;
        while (id != 0 && state.Instruments.Read(id).FeeSchedule != slot)
        {
            id = state.Instruments.Read(id).NextOfUnderlying;
        }

        return id != 0;
    }

    /// <summary>Expired instruments too: they stand in the list until the last position is closed.</summary>
    private void Move(in UnderlyingRecord underlying, uint slot)
    {
        for (var id = underlying.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (state.Instruments.Read(id).FeeSchedule == slot)
            {
                state.Instruments.Write(id).FeeSchedule = (byte)FeeTable.OtherOf(slot);
            }
        }

        // Requirements hold the worst fee of open orders.
        state.MarkVersion++;
    }
}
