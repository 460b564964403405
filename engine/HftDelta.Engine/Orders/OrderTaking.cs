using System.Runtime.CompilerServices;
using HftDelta.Engine.Books;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Strategies;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// An order that no book holds takes what it can, and then rests, ends, or waits for the next commands to go on. Owner: the
/// engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed class OrderTaking(VenueState state, Matching matching, StrategyMatching strategies, BookTops tops)
{
    /// <summary>The whole way of an order from its acceptance, its activation or its return to the book.</summary>
    public void Take(uint slot)
    {
        if (state.Instruments.Read(state.Orders.Slab.Hot(slot).Instrument.Value).State != InstrumentState.Open)
        {
            // It gathers with others for an auction.
            Finish(slot);
            return;
        }

        var units = int.MaxValue;
        if (!TryTake(slot, ref units))
        {
            Park(slot);
        }
    }

    /// <summary>The same in an instrument that trades, within so many units.</summary>
    /// <returns>False when the order has to go on later.</returns>
    public bool TryTake(uint slot, ref int units)
    {
        switch (Run(slot, ref units))
        {
            case MatchResult.Done:
                Finish(slot);
                return true;
            case MatchResult.Stopped:
                return false;
            default:
                return true;
        }
    }

    /// <summary>Takes from its book; an order of a strategy also from the books of the legs.</summary>
    public MatchResult Run(uint slot, ref int units) =>
        IsStrategy(slot) ? strategies.Run(slot, ref units) : matching.Run(slot, ref units);

    /// <summary>What becomes of an order that has taken all it could: gone, cancelled or resting.</summary>
    public void Finish(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (hot.LeavesLots == 0)
        {
            state.Orders.Remove(slot, ref state.Sessions.Write(state.Orders.Slab.SessionOf(slot)));
            return;
        }

        var reason = matching.EndReason(slot);
        if (reason != default)
        {
            matching.Cancel(slot, 0, reason);
            return;
        }

        if (matching.ReducibleLots(slot) == 0)
        {
            matching.Cancel(slot, 0, CancelReason.WouldNotReduce);
            return;
        }

        if (hot.TimeInForce() is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill)
        {
            // It was taken in continuous trading: only its own sweep can have ended that.
            var isOpen = state.Instruments.Read(hot.Instrument.Value).State == InstrumentState.Open;
            matching.Cancel(slot, 0, isOpen ? CancelReason.ImmediateRemainder : CancelReason.PriceBand);
            return;
        }

        Rest(slot);
    }

    /// <summary>Puts an order at the back of its price; one that finds no room there ends.</summary>
    /// <returns>Whether it rests.</returns>
    public bool Rest(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (hot.Has(OrderFlags.HasExtra))
        {
            HiddenQuantity.Split(state.Orders, slot);
        }

        if (IsStrategy(slot))
        {
            state.Strategies.WriteOrder(slot).IsOwnBookOnly = 0;
        }

        state.Orders.Slab.Cold(slot).Priority = state.Orders.Slab.NextPriority();
        if (state.Book(hot.Instrument.Value).Rest(slot) != BookResult.Ok)
        {
            matching.Cancel(slot, 0, CancelReason.BookFull);
            return false;
        }

        state.Orders.Mark(slot);
        tops.Changed(hot.Instrument.Value);
        return true;
    }

    /// <summary>The budget of this command is used up: the order goes on at the head of the next commands.</summary>
    public void Park(uint slot)
    {
        var instrument = state.Orders.Slab.Hot(slot).Instrument.Value;
        state.Instruments.Write(instrument).Busy = 1;
        state.Pending.Add(PendingKind.Sweep, slot);
    }

    private bool IsStrategy(uint slot) =>
        state.Instruments.Read(state.Orders.Slab.Hot(slot).Instrument.Value).Kind == InstrumentKind.Strategy;
}
