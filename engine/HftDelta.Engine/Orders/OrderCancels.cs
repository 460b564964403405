using System.Runtime.CompilerServices;
using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>Cancels of single orders by the session that sent them. Owner: the engine agent.</summary>
[SkipLocalsInit]
internal sealed class OrderCancels(VenueState state, EventEmitter events, Matching matching)
{
    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, in OrderCancelRequestDecoder message, RejectCode refusal)
    {
        var order = new OrderReference(
            message.AccountId, message.InstrumentId, message.OrderId, message.OriginalClientOrderId, message.ClientOrderId);
        uint slot = 0;
        var code = refusal != default ? refusal : OwnOrders.Find(state, session, order, out slot);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OrderCancelRejected(session, order, OrderCancelRequestDecoder.TemplateId, code, 0);
            return;
        }

        state.Sessions.Write(session).PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        matching.Cancel(slot, message.ClientOrderId, CancelReason.Requested);
    }
}
