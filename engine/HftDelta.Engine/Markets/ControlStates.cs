using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Tells the operator what it controls, from the state itself: the venue at once, then instruments by id and accounts by id as
/// pending work. What changes while it is told is told as it is at its turn. Owner: the engine agent.
/// </summary>
internal sealed class ControlStates(VenueState state, InternalEvents events, EventBudget budget)
{
    private const uint AccountBit = 1u << 31;
    private const uint FirstInstrument = 1;

    /// <summary>One telling at a time: whoever asks meanwhile asks again.</summary>
    public RejectCode Begin()
    {
        if (state.Pending.Has(PendingKind.TellControlState))
        {
            return RejectCode.RequestOutstanding;
        }

        state.ControlAskedBy = state.Sequence;
        events.VenueControlState();
        state.Pending.Add(PendingKind.TellControlState, FirstInstrument);
        return default;
    }

    /// <summary>Goes on with the telling.</summary>
    /// <param name="next">The next instrument, or with the top bit the next account.</param>
    /// <param name="units">How many may be told; lowered by those told.</param>
    /// <param name="looks">How many may be looked at; lowered by those that were.</param>
    /// <returns>True when it is done.</returns>
    public bool Run(ref uint next, ref int units, ref int looks)
    {
        while (looks > 0 && units > 0 && budget.HasRoomForUnit)
        {
            looks--;
            if ((next & AccountBit) == 0)
            {
                if (next < state.Instruments.NextId)
                {
                    TellInstrument(next++, ref units);
                    continue;
                }

                next = AccountBit | AccountId.FirstClient;
            }

            var account = next & ~AccountBit;
            if (account >= state.Accounts.IdLimit)
            {
                events.CommandCompleted(TellControlStateDecoder.TemplateId, state.ControlAskedBy, 0);
                return true;
            }

            TellAccount(account, ref units);
            next++;
        }

        return false;
    }

    private void TellInstrument(uint instrument, ref int units)
    {
        if (state.Instruments.Read(instrument).IsLive)
        {
            units--;
            events.InstrumentControlState(instrument);
        }
    }

    private void TellAccount(uint account, ref int units)
    {
        if (!state.Accounts.IsOpen(account))
        {
            return;
        }

        ref readonly var record = ref state.Accounts.Read(account);
        if (record.IsKilled != 0 || record.Group != 0)
        {
            units--;
            events.AccountControlState(account);
        }
    }
}
