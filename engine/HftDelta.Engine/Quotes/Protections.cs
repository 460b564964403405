using HftDelta.Engine.Orders;
using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>
/// Market-maker protection: docs/matching-rules.md section 13. It counts fills, and at a limit no protected order of the account
/// in the underlying is filled any more: a sweep that meets one ends it. Owner: the engine agent.
/// </summary>
internal sealed class Protections(VenueState state, QuoteEvents events)
{
    /// <summary>An order was filled, and that has been told. Ask for the order's flag first: most have no protection.</summary>
    public void Count(uint order, long lots)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(order);
        if (!hot.Has(ExecutionFlags.MarketMakerProtection))
        {
            return;
        }

        ref readonly var instrument = ref state.Instruments.Read(hot.Instrument.Value);
        var slot = state.Protections.Find(hot.Account, instrument.Underlying);
        ref readonly var present = ref state.Protections.Read(slot);
        if (slot == 0 || present.WindowNanos == 0 || present.FrozenUntil > state.TimeNanos)
        {
            return;
        }

        ref var record = ref state.Protections.Write(slot);
        if (record.HasWindow == 0 || state.TimeNanos - record.WindowStart >= record.WindowNanos)
        {
            record.ClearCounts();
            record.HasWindow = 1;
            record.WindowStart = state.TimeNanos;
        }

        record.Lots += lots;
        record.Delta += (hot.Side == Primitives.Units.Side.Buy ? (Int128)lots : -lots) * instrument.Delta;
        record.Count++;
        if (record.IsReached)
        {
            Act(slot, state.Orders.Slab.SessionOf(order));
        }
    }

    private void Act(uint slot, uint session)
    {
        ref var record = ref state.Protections.Write(slot);
        record.ClearCounts();
        record.FrozenUntil = record.FreezeNanos == 0 || record.FreezeNanos > ulong.MaxValue - state.TimeNanos
            ? ulong.MaxValue
            : state.TimeNanos + record.FreezeNanos;
        record.PulledNumber = state.Orders.Slab.LastNumber;
        if (record.Pulling != 0)
        {
            record.Pulling = 2;
        }
        else
        {
            record.Pulling = 1;
            record.WalkSession = 0;
            state.Pending.Add(PendingKind.PullProtected, slot);
        }

        events.ProtectionReport(session, record.Account, record.Underlying, 0, record.FrozenUntil, default);
    }
}
