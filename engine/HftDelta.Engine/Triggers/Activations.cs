using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Activates triggered stops before and after each command, one after the other, each to its end, with what they trigger in turn:
/// docs/matching-rules.md section 7. What the command has no room for is pending work, and the instrument is busy until it is
/// quiet. Owner: the engine agent.
/// </summary>
internal sealed class Activations(
    VenueState state, EventEmitter events, Matching matching, OrderTaking taking, TradingWork work, EventBudget budget)
{
    private enum Progress
    {
        /// <summary>Nothing is triggered, or the instrument does not trade now.</summary>
        Done,

        /// <summary>The budget of this command or its units are used up.</summary>
        NoRoom,

        /// <summary>So they are, and an activated order is still taking.</summary>
        Taking,
    }

    /// <summary>Before and after a command itself: every instrument in which something was observed.</summary>
    public void Run()
    {
        var conditional = state.Orders.Conditional;
        for (var place = 0; place < conditional.NotedCount; place++)
        {
            Run(conditional.NotedAt(place));
        }

        conditional.ForgetNoted();
    }

    /// <summary>Goes on with an instrument whose activations are pending.</summary>
    /// <param name="entry">Its entry, the oldest: it becomes the sweep of an order that has to wait.</param>
    /// <param name="units">How many fills and activations it may make; lowered by those made.</param>
    /// <returns>True when the entry is finished.</returns>
    public bool RunPending(ref PendingRecord entry, ref int units)
    {
        var instrument = entry.Id;
        switch (Go(instrument, ref units, out var taker))
        {
            case Progress.NoRoom:
                return false;
            case Progress.Taking:
                state.Orders.Conditional.Observe(instrument).Phase = ActivationPhase.None;
                entry.Kind = PendingKind.Sweep;
                entry.Id = taker;
                return false;
            default:
                state.Orders.Conditional.Observe(instrument).Phase = ActivationPhase.None;
                work.Done(instrument);
                return true;
        }
    }

    private void Run(uint instrument)
    {
        var conditional = state.Orders.Conditional;
        var phase = conditional.Observed(instrument).Phase;
        var isBusy = state.Instruments.Read(instrument).Busy != 0;
        if (isBusy && phase != ActivationPhase.Due)
        {
            // Whoever is at work there sees to it.
            return;
        }

        var units = int.MaxValue;
        var progress = Go(instrument, ref units, out var taker);
        if (phase == ActivationPhase.Due)
        {
            conditional.Observe(instrument).Phase = ActivationPhase.None;
        }

        switch (progress)
        {
            case Progress.Taking:
                taking.Park(taker);
                break;
            case Progress.NoRoom:
                conditional.Observe(instrument).Phase = ActivationPhase.Pending;
                state.Instruments.Write(instrument).Busy = 1;
                state.Pending.Add(PendingKind.ActivateTriggered, instrument);
                break;
            default:
                if (isBusy)
                {
                    work.Done(instrument);
                }

                break;
        }
    }

    private Progress Go(uint instrument, ref int units, out uint taker)
    {
        taker = 0;
        while (true)
        {
            var slot = state.Orders.Conditional.FindTriggered(instrument);
            if (slot == 0)
            {
                state.Orders.Conditional.Observe(instrument).Forget();
                return Progress.Done;
            }

            if (state.Instruments.Read(instrument).State != InstrumentState.Open)
            {
                return Progress.Done;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return Progress.NoRoom;
            }

            units--;
            var reason = matching.EndReason(slot);
            if (reason != default)
            {
                matching.Cancel(slot, 0, reason);
                continue;
            }

            Activate(slot);
            if (!taking.TryTake(slot, ref units))
            {
                taker = slot;
                return Progress.Taking;
            }
        }
    }

    private void Activate(uint slot)
    {
        state.Orders.Conditional.Remove(slot);
        ref var hot = ref state.Orders.Slab.Hot(slot);
        hot.InstrumentAndFlags &= ~OrderFlags.Waits;
        if (hot.OrderType() == OrderType.StopLimit)
        {
            hot.Become(OrderType.Limit, hot.TimeInForce());
        }
        else
        {
            // What it does not take ends, like that of any order at market.
            hot.Become(OrderType.Market, TimeInForce.ImmediateOrCancel);
        }

        state.Orders.Mark(slot);
        events.OrderRepriced(slot, RepriceReason.Triggered);
    }
}
