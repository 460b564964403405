using System.Runtime.CompilerServices;
using HftDelta.Engine.Books;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Output;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// New orders: every check first, then one change that cannot fail. A refused order changes no balance, no book and no sequence
/// but that of its own report. Owner: the engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed class NewOrders(
    VenueState state, EventEmitter events, OrderRisk risk, Matching matching, OrderTaking taking)
{
    /// <param name="session">An open session.</param>
    /// <param name="terms">Of a validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, ref OrderTerms terms, RejectCode refusal)
    {
        long bound = 0;
        var code = refusal != default ? refusal : Check(session, ref terms, out bound);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            var order = new OrderReference(terms.Account, terms.Instrument, 0, 0, terms.ClientOrderId);
            events.OrderRejected(session, order, code, bound);
            return;
        }

        var slot = Accept(session, terms);
        events.OrderAccepted(slot);
        if (terms.EndsWith != default)
        {
            matching.Cancel(slot, 0, terms.EndsWith);
        }
        else if (terms.OrderType < OrderType.Stop)
        {
            taking.Take(slot);
        }
        else if (terms.IsStop)
        {
            state.Orders.Conditional.AddStop(slot, MarketChecks.MarkTicks(state.Instruments.Read(terms.Instrument)));
        }
        else
        {
            state.Orders.Conditional.AddPeg(slot);
            taking.Rest(slot);
        }
    }

    /// <summary>Every rule that a new order can break, of terms and of risk.</summary>
    public RejectCode Check(uint session, ref OrderTerms terms, out long bound)
    {
        var code = NewOrderChecks.Check(state, session, ref terms, out bound);
        return code != default ? code : risk.Check(terms, out bound);
    }

    /// <summary>Makes a live order of terms that passed the checks: in no book yet, and not reported.</summary>
    /// <returns>Its slot.</returns>
    public uint Accept(uint session, in OrderTerms terms)
    {
        var allocated = state.Orders.Slab.TryAllocate(out var slot);
        Primitives.Check.That(allocated);
        state.Orders.Slab.SetSession(slot, new SessionHandle(session));
        var side = terms.BookSide;
        ref var hot = ref state.Orders.Slab.Hot(slot);
        hot.PriceTicks = terms.Price;
        hot.LeavesLots = terms.Quantity;
        hot.AccountAndTerms = RestingTerms.AccountWord(terms);
        hot.InstrumentAndFlags = OrderHot.Pack(new InstrumentId(terms.Instrument), side, OrderFlags.Of(terms));
        state.Orders.Slab.Cold(slot) = new OrderCold(terms.ClientOrderId, (ulong)terms.Quantity, 0);
        if (terms.NeedsExtra)
        {
            AddTerms(slot, terms);
        }


        ref var owner = ref state.Sessions.Write(session);
        owner.LastClientOrderId = terms.ClientOrderId;
        owner.PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        state.Orders.Link(slot, ref owner);
        if (terms.TimeInForce == TimeInForce.GoodTillDate)
        {
            state.Expiries.Add(terms.ExpireTime, state.Orders.Slab.IdOf(slot), state.Orders.Slab);
        }

        if (state.Instruments.Read(terms.Instrument).Kind == InstrumentKind.Strategy)
        {
            matching.OpenLegs(slot);
            state.Strategies.WriteOrder(slot).IsOwnBookOnly = terms.NeededAtOnce != 0 ? (byte)1 : (byte)0;
            return slot;
        }

        matching.OpenPosition(terms.Account, terms.Instrument);
        matching.AddOpen(terms.Account, terms.Instrument, side, terms.Quantity, terms.Price);
        return slot;
    }

    /// <summary>What the two halves of the order's record have no room for.</summary>
    private void AddTerms(uint slot, in OrderTerms terms)
    {
        ref var extra = ref state.Orders.AddExtra(slot);
        extra.QuantityLots = terms.Quantity;
        extra.ExpireTimeNanos = terms.ExpireTime;
        extra.DisplayLots = terms.DisplayQuantity;
        extra.TriggerPrice = terms.TriggerPrice;
        extra.TrailingAmount = terms.TrailingAmount;
        extra.PegOffset = terms.PegOffset;
        extra.TriggerSource = terms.TriggerSource;
        extra.TrailingUnit = terms.TrailingUnit;
        extra.IsSell = terms.BookSide == Primitives.Units.Side.Sell ? (byte)1 : (byte)0;
        state.Orders.NoteDisplay(slot);
        if (terms.OrderType == OrderType.TrailingStop)
        {
            TriggerPrices.TryGetLast(state, terms.Instrument, terms.TriggerSource, out extra.Watermark);
            extra.TriggerPrice = TriggerPrices.TrailingTrigger(extra);
        }
        else if (terms.OrderType == OrderType.Pegged)
        {
            extra.LimitPrice = terms.Price;
            extra.TriggerPrice = terms.PegTarget;
            state.Orders.Slab.Hot(slot).PriceTicks = terms.PegPrice;
        }
    }
}
