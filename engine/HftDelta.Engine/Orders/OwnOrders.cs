using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>Finds the order that a cancel or a replacement names. Reads state, changes nothing.</summary>
internal static class OwnOrders
{
    public static RejectCode Find(VenueState state, uint session, in OrderReference order, out uint slot)
    {
        slot = state.Orders.Find(order.OrderId, session, order.OriginalClientOrderId);
        if (slot == 0)
        {
            return RejectCode.UnknownOrder;
        }

        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (hot.Account != order.Account || state.Sessions.Read(session).Account != order.Account)
        {
            return RejectCode.OrderNotOfAccount;
        }

        // Reports of an order go to the session that sent it, so only that session may change it.
        if (state.Orders.Slab.SessionOf(slot) != session)
        {
            return RejectCode.UnknownOrder;
        }

        if (hot.Instrument.Value != order.Instrument)
        {
            return RejectCode.UnknownInstrument;
        }

        // Not in the book: it is the order whose sweep is still pending.
        return hot.IsTaking() ? RejectCode.InstrumentBusy : default;
    }
}
