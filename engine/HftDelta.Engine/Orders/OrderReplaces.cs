using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Output;
using HftDelta.Engine.Strategies;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Replacements: the order keeps its place when its price stays and its open lots do not grow; otherwise it comes back as if
/// new. Every check first, then one change that cannot fail. Owner: the engine agent.
/// </summary>
internal sealed class OrderReplaces(
    VenueState state, EventEmitter events, OrderRisk risk, Matching matching, OrderTaking taking, BookTops tops)
{
    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, in OrderReplaceRequestDecoder message, RejectCode refusal)
    {
        var order = new OrderReference(
            message.AccountId, message.InstrumentId, message.OrderId, message.OriginalClientOrderId, message.ClientOrderId);
        long bound = 0;
        uint slot = 0;
        var price = message.Price;
        var code = refusal != default ? refusal : OwnOrders.Find(state, session, order, out slot);
        if (code == default && state.Orders.Slab.Hot(slot).Has(OrderFlags.IsQuote))
        {
            code = RejectCode.UnknownOrder;
        }

        if (code == default)
        {
            code = Check(session, slot, message, ref price, out bound);
        }

        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OrderCancelRejected(session, order, OrderReplaceRequestDecoder.TemplateId, code, bound);
            return;
        }

        Replace(session, slot, message, price);
    }

    private RejectCode Check(
        uint session, uint slot, in OrderReplaceRequestDecoder message, ref long price, out long bound)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var instrument = ref state.Instruments.Read(message.InstrumentId);
        bound = 0;
        var code = state.Kills.RefusalOf(hot.Account);
        if (code == default && state.Protections.IsPulled(state, slot))
        {
            // It is only waiting for its end.
            code = RejectCode.ProtectionActive;
        }

        code = code != default ? code : CheckTerms(instrument, message, out bound);
        if (code == default && (instrument.Rules & RuleFlags.StaticBand) != 0)
        {
            code = MarketChecks.CheckStaticBand(state, message.InstrumentId, hot.Side, message.Price, out bound);
        }

        if (code != default)
        {
            return code;
        }

        code = NewOrderChecks.CheckClientOrderId(state, session, message.ClientOrderId, out bound);
        if (code != default)
        {
            return code;
        }

        var filled = state.Orders.QuantityLots(slot) - state.Orders.OpenLots(slot);
        if (message.Quantity <= filled)
        {
            bound = filled;
            return RejectCode.QuantityNotAboveFilled;
        }

        code = SetPrice(slot, message.Quantity, message.Quantity - filled, ref price);
        var margined = hot.Has(OrderFlags.IsPegged) ? message.Price : price;
        return code != default ? code : risk.CheckReplacement(slot, margined, message.Quantity - filled, out bound);
    }

    private RejectCode CheckTerms(in InstrumentRecord instrument, in OrderReplaceRequestDecoder message, out long bound)
    {
        var (id, price) = (message.InstrumentId, message.Price);
        RejectCode code;
        if (instrument.Kind == InstrumentKind.Strategy)
        {
            code = StrategyChecks.CheckState(state, id, instrument, out bound);
            code = code != default ? code : StrategyChecks.CheckPrice(price, out bound);
            return code != default
                ? code
                : StrategyChecks.CheckQuantity(state, id, instrument, price, message.Quantity, out bound);
        }

        code = NewOrderChecks.CheckState(instrument, canGather: true, out bound);
        code = code != default ? code : NewOrderChecks.CheckPrice(state, id, instrument, price, out bound);
        return code != default
            ? code
            : NewOrderChecks.CheckQuantity(state, id, instrument, price, message.Quantity, out bound);
    }

    /// <summary>Where the order would stand: a waiting stop nowhere, others where their terms put them.</summary>
    private RejectCode SetPrice(uint slot, long quantity, long leaves, ref long price)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var instrument = hot.Instrument.Value;
        if (hot.Has(OrderFlags.IsPegged))
        {
            var target = PegPrices.Target(state, instrument, hot.Side, state.Orders.Extra(slot).PegOffset, price);
            price = PegPrices.Standing(state, instrument, hot.Side, target, leaves);
            return price == 0 ? RejectCode.PegUnavailable : default;
        }

        if (state.Instruments.Read(instrument).Kind == InstrumentKind.Strategy)
        {
            var isPostOnly = hot.Has(ExecutionFlags.PostOnly);
            return isPostOnly && StrategyChecks.WouldTrade(state, instrument, hot.Side, price) ? RejectCode.WouldTrade : default;
        }

        return hot.Has(OrderFlags.Waits)
            ? default
            : PostOnly.Check(
                state, instrument, hot.Side, hot.ExecutionFlags(), quantity, ref price);
    }

    private void Replace(uint session, uint slot, in OrderReplaceRequestDecoder message, long price)
    {
        ref var hot = ref state.Orders.Slab.Hot(slot);
        var openLots = state.Orders.OpenLots(slot);
        var leaves = message.Quantity - (state.Orders.QuantityLots(slot) - openLots);
        var original = state.Orders.Slab.Cold(slot).ClientOrderId;
        var isWaiting = hot.Has(OrderFlags.Waits);
        var isPegged = hot.Has(OrderFlags.IsPegged);
        var priorityKept = isWaiting || (!isPegged && price == hot.PriceTicks && leaves <= openLots);
        state.Orders.Rename(slot, message.ClientOrderId);
        ref var owner = ref state.Sessions.Write(session);
        owner.LastClientOrderId = message.ClientOrderId;
        owner.PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        matching.CloseOpen(slot, openLots);
        if (priorityKept && !isWaiting)
        {
            Reduce(slot, leaves);
        }
        else
        {
            Leave(slot);
            hot.PriceTicks = price;
            hot.LeavesLots = leaves;
        }

        if (isPegged)
        {
            ref var extra = ref state.Orders.Extra(slot);
            extra.LimitPrice = message.Price;
            extra.TriggerPrice = PegPrices.Target(
                state, message.InstrumentId, hot.Side, extra.PegOffset, message.Price);
        }

        state.Orders.SetQuantity(slot, message.Quantity);
        if (state.Instruments.Read(message.InstrumentId).Kind == InstrumentKind.Strategy)
        {
            matching.OpenLegs(slot);
        }
        else
        {
            matching.AddOpen(hot.Account, message.InstrumentId, hot.Side, leaves, state.Orders.MarginPrice(slot));
        }

        events.OrderReplaced(slot, original, priorityKept);
        if (isPegged)
        {
            taking.Rest(slot);
        }
        else if (!priorityKept)
        {
            taking.Take(slot);
        }
    }

    private void Reduce(uint slot, long leaves)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var book = state.Book(hot.Instrument.Value);
        tops.Changed(hot.Instrument.Value);
        if (hot.Has(OrderFlags.HasExtra))
        {
            HiddenQuantity.Reduce(state.Orders, book, slot, leaves);
        }
        else
        {
            book.Reduce(slot, new QuantityLots(leaves));
        }
    }

    private void Leave(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (!hot.IsResting)
        {
            return;
        }

        state.Book(hot.Instrument.Value).Remove(slot);
        tops.Changed(hot.Instrument.Value);
        if (hot.Has(OrderFlags.HasExtra))
        {
            HiddenQuantity.Join(state.Orders, slot);
        }
    }
}
