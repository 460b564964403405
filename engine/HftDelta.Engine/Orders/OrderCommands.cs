using HftDelta.Engine.Accounts;
using HftDelta.Engine.Books;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Risk;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// New orders, cancels and replacements: every check first, then one change that cannot fail. A reject changes no
/// balance, no book and no sequence but that of its own report. Owner: the engine agent.
/// </summary>
internal sealed class OrderCommands(
    VenueState state, EventEmitter events, Matching matching, Margin margin, BookTops tops)
{
    public void New(uint session, in NewOrderSingleDecoder message)
    {
        var order = new OrderReference(message.AccountId, message.InstrumentId, 0, 0, message.ClientOrderId);
        var code = NewOrderChecks.Check(state, session, message, out var limit);
        if (code == default)
        {
            code = CheckRisk(message, (Side)message.Side);
        }

        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OrderRejected(session, order, code, limit);
            return;
        }

        var slot = Accept(session, message);
        events.OrderAccepted(slot);
        var units = int.MaxValue;
        if (matching.Run(slot, ref units))
        {
            Finish(slot);
        }
        else
        {
            Park(slot);
        }
    }

    public void Cancel(uint session, in OrderCancelRequestDecoder message)
    {
        var order = new OrderReference(
            message.AccountId, message.InstrumentId, message.OrderId, message.OriginalClientOrderId, message.ClientOrderId);
        var code = FindOrder(session, order, out var slot);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OrderCancelRejected(session, order, OrderCancelRequestDecoder.TemplateId, code, 0);
            return;
        }

        state.Sessions.Write(session).PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        matching.Cancel(slot, message.ClientOrderId, CancelReason.Requested);
    }

    public void Replace(uint session, in OrderReplaceRequestDecoder message)
    {
        var order = new OrderReference(
            message.AccountId, message.InstrumentId, message.OrderId, message.OriginalClientOrderId, message.ClientOrderId);
        long limit = 0;
        var code = FindOrder(session, order, out var slot);
        if (code == default)
        {
            code = CheckReplacement(session, slot, message, out limit);
        }

        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OrderCancelRejected(session, order, OrderReplaceRequestDecoder.TemplateId, code, limit);
            return;
        }

        Replace(session, slot, message);
    }

    /// <summary>What becomes of an order that has taken all it could: gone, cancelled or resting.</summary>
    public void Finish(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var cold = ref state.Orders.Slab.Cold(slot);
        if (hot.LeavesLots == 0)
        {
            state.Orders.Remove(slot, ref state.Sessions.Write(cold.SessionHandle));
            return;
        }

        if (matching.ReducibleLots(slot) == 0)
        {
            matching.Cancel(slot, 0, CancelReason.WouldNotReduce);
            return;
        }

        if (cold.TimeInForce == (byte)TimeInForce.ImmediateOrCancel)
        {
            matching.Cancel(slot, 0, CancelReason.ImmediateRemainder);
            return;
        }

        state.Orders.Slab.Cold(slot).Priority = state.Orders.Slab.NextPriority();
        if (state.Book(hot.Instrument.Value).Rest(slot) != BookResult.Ok)
        {
            matching.Cancel(slot, 0, CancelReason.BookFull);
            return;
        }

        state.Orders.Mark(slot);
        tops.Changed(hot.Instrument.Value);
    }

    private RejectCode CheckRisk(in NewOrderSingleDecoder message, Side side)
    {
        var account = message.AccountId;
        ref readonly var instrument = ref state.Instruments.Read(message.InstrumentId);
        var slot = state.Positions.Find(account, message.InstrumentId);
        if (slot == 0 && (!state.Positions.HasRoom ||
            state.Accounts.Read(account).PositionCount >= (uint)state.Limits.PositionsPerAccount))
        {
            return RejectCode.TooManyPositions;
        }

        var before = slot == 0
            ? new PositionRecord { Account = account, Instrument = message.InstrumentId }
            : state.Positions.Read(slot);
        if ((message.ExecutionFlags & ExecutionFlags.ReduceOnly) != 0 && !Reduces(before, side, message.Quantity))
        {
            return RejectCode.WouldNotReduce;
        }

        var after = before;
        Matching.AddOpen(ref after, instrument.AtomsPerTick, side, message.Quantity, message.Price);
        return CheckExposure(account, before, after);
    }

    private RejectCode CheckExposure(uint account, in PositionRecord before, in PositionRecord after)
    {
        // The position stays in its bound whichever of its open orders fill.
        if (after.Quantity + after.OpenBuyLots >= Ledger.QuantityBound ||
            after.Quantity - after.OpenSellLots <= -Ledger.QuantityBound)
        {
            return RejectCode.PositionLimit;
        }

        return margin.Allows(account, before, after) ? default : RejectCode.InsufficientMargin;
    }

    private static bool Reduces(in PositionRecord position, Side side, long lots) => side == Side.Buy
        ? position.Quantity < 0 && position.OpenBuyLots + lots <= -position.Quantity
        : position.Quantity > 0 && position.OpenSellLots + lots <= position.Quantity;

    private uint Accept(uint session, in NewOrderSingleDecoder message)
    {
        var allocated = state.Orders.Slab.TryAllocate(out var slot);
        Check.That(allocated);
        ref var hot = ref state.Orders.Slab.Hot(slot);
        hot.PriceTicks = message.Price;
        hot.LeavesLots = message.Quantity;
        hot.Account = message.AccountId;
        hot.InstrumentAndFlags = OrderHot.Pack(new InstrumentId(message.InstrumentId), (Side)message.Side);
        ref var cold = ref state.Orders.Slab.Cold(slot);
        cold.ClientOrderId = message.ClientOrderId;
        cold.QuantityLots = message.Quantity;
        cold.ExpireTimeNanos = message.ExpireTime;
        cold.SessionHandle = session;
        cold.OrderType = (byte)message.OrderType;
        cold.TimeInForce = (byte)message.TimeInForce;
        cold.ExecutionFlags = (byte)message.ExecutionFlags;
        cold.SelfTradePrevention = (byte)message.SelfTradePrevention;
        ref var owner = ref state.Sessions.Write(session);
        owner.LastClientOrderId = message.ClientOrderId;
        owner.PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        state.Orders.Link(slot, ref owner);
        if (message.TimeInForce == TimeInForce.GoodTillDate)
        {
            state.Expiries.Add(message.ExpireTime, state.Orders.Slab.IdOf(slot), state.Orders.Slab);
        }

        OpenPosition(message.AccountId, message.InstrumentId);
        matching.AddOpen(message.AccountId, message.InstrumentId, (Side)message.Side, message.Quantity, message.Price);
        return slot;
    }

    private void OpenPosition(uint account, uint instrument)
    {
        if (state.Positions.Find(account, instrument) != 0)
        {
            return;
        }

        ref var owner = ref state.Accounts.Write(account);
        ref var listed = ref state.Instruments.Write(instrument);
        owner.PositionCount++;
        state.Positions.Add(account, instrument, ref owner.FirstPosition, ref listed.FirstPosition, listed.Index);
    }

    private RejectCode FindOrder(uint session, in OrderReference order, out uint slot)
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
        if (state.Orders.Slab.Cold(slot).SessionHandle != session)
        {
            return RejectCode.UnknownOrder;
        }

        if (hot.Instrument.Value != order.Instrument)
        {
            return RejectCode.UnknownInstrument;
        }

        // Not in the book: it is the order whose sweep is still pending.
        return hot.IsResting ? default : RejectCode.InstrumentBusy;
    }

    private RejectCode CheckReplacement(uint session, uint slot, in OrderReplaceRequestDecoder message, out long limit)
    {
        limit = 0;
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var cold = ref state.Orders.Slab.Cold(slot);
        var filled = cold.QuantityLots - hot.LeavesLots;
        ref readonly var instrument = ref state.Instruments.Read(message.InstrumentId);
        var code = NewOrderChecks.CheckTerms(instrument, message.Price, message.Quantity, out limit);
        if (code != default)
        {
            return code;
        }

        var lastClientOrderId = state.Sessions.Read(session).LastClientOrderId;
        if (message.ClientOrderId <= lastClientOrderId)
        {
            limit = (long)lastClientOrderId;
            return RejectCode.ClientOrderIdNotIncreasing;
        }

        if (message.Quantity <= filled)
        {
            limit = filled;
            return RejectCode.QuantityNotAboveFilled;
        }

        if ((cold.ExecutionFlags & (byte)ExecutionFlags.PostOnly) != 0 &&
            state.Book(message.InstrumentId).BestMaker(hot.Side, new PriceTicks(message.Price)) != 0)
        {
            return RejectCode.WouldTrade;
        }

        var before = state.Positions.Read(state.Positions.Find(hot.Account, message.InstrumentId));
        var after = before;
        Matching.AddOpen(ref after, instrument.AtomsPerTick, hot.Side, -hot.LeavesLots, hot.PriceTicks);
        if ((cold.ExecutionFlags & (byte)ExecutionFlags.ReduceOnly) != 0 &&
            !Reduces(after, hot.Side, message.Quantity - filled))
        {
            return RejectCode.WouldNotReduce;
        }

        Matching.AddOpen(ref after, instrument.AtomsPerTick, hot.Side, message.Quantity - filled, message.Price);
        return CheckExposure(hot.Account, before, after);
    }

    private void Replace(uint session, uint slot, in OrderReplaceRequestDecoder message)
    {
        ref var hot = ref state.Orders.Slab.Hot(slot);
        ref var cold = ref state.Orders.Slab.Cold(slot);
        var book = state.Book(message.InstrumentId);
        var leaves = message.Quantity - (cold.QuantityLots - hot.LeavesLots);
        var original = cold.ClientOrderId;
        var priorityKept = message.Price == hot.PriceTicks && leaves <= hot.LeavesLots;
        state.Orders.Rename(slot, message.ClientOrderId);
        ref var owner = ref state.Sessions.Write(session);
        owner.LastClientOrderId = message.ClientOrderId;
        owner.PresentOrderId = state.Orders.Slab.IdOf(slot).Value;
        matching.CloseOpen(slot, hot.LeavesLots);
        tops.Changed(message.InstrumentId);
        if (priorityKept)
        {
            book.Reduce(slot, new QuantityLots(leaves));
        }
        else
        {
            book.Remove(slot);
            hot.PriceTicks = message.Price;
            hot.LeavesLots = leaves;
        }

        cold.QuantityLots = message.Quantity;
        matching.AddOpen(hot.Account, message.InstrumentId, hot.Side, leaves, hot.PriceTicks);
        events.OrderReplaced(slot, original, priorityKept);
        if (priorityKept)
        {
            return;
        }

        var units = int.MaxValue;
        if (matching.Run(slot, ref units))
        {
            Finish(slot);
        }
        else
        {
            Park(slot);
        }
    }

    /// <summary>The budget of this command is used up: the order goes on at the head of the next commands.</summary>
    private void Park(uint slot)
    {
        var instrument = state.Orders.Slab.Hot(slot).Instrument.Value;
        state.Instruments.Write(instrument).Busy = 1;
        state.Pending.Add(PendingKind.Sweep, slot);
    }
}
