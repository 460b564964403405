using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>New orders, cancels, replacements: sections 3 and 4.</summary>
public sealed partial class ModelVenue
{
    private void New(NewOrder terms)
    {
        var broken = CheckNew(terms);
        if (broken.Is)
        {
            _reports.Add(new Rejected(
                terms.Session, NextSequence(terms.Session), terms.Account, terms.Instrument, terms.ClientOrderId,
                broken.Code, broken.Bound));
            return;
        }

        var instrument = _instruments[terms.Instrument];
        var isNobodyOpposite = IsNobodyOpposite(instrument, terms);
        var isEnough = HasEnough(instrument, terms);
        var order = Accept(instrument, terms);
        _reports.Add(new Accepted(
            order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, order.ClientOrderId,
            order.Price, order.Quantity));
        if (order.IsStop)
        {
            Wait(instrument, order);
        }
        else if (order.IsPegged)
        {
            instrument.Pegs.Add(order);
            Rest(instrument, order);
        }
        else if (!isEnough)
        {
            Cancel(order, CancelReason.MinimumNotMet);
        }
        else if (order.Type == OrderType.MarketToLimit && isNobodyOpposite)
        {
            Cancel(order, CancelReason.NoOpposite);
        }
        else
        {
            Take(instrument, order);
        }
    }

    private ModelOrder Accept(ModelInstrument instrument, NewOrder terms)
    {
        var order = new ModelOrder
        {
            Id = ++_lastOrderId,
            Session = terms.Session,
            Account = terms.Account,
            Instrument = terms.Instrument,
            Side = terms.Side,
            ClientOrderId = terms.ClientOrderId,
            Type = terms.OrderType,
            TimeInForce = terms.TimeInForce,
            Flags = terms.Flags,
            SelfTradePrevention = terms.SelfTradePrevention,
            ExpireTime = AbsoluteTime(terms.ExpireTime),
            Quantity = terms.Quantity,
            Open = terms.Quantity,
            Display = terms.DisplayQuantity,
            TriggerSource = terms.TriggerSource,
            TriggerPrice = terms.TriggerPrice,
            TrailingAmount = terms.TrailingAmount,
            TrailingUnit = terms.TrailingUnit,
            PegOffset = terms.PegOffset,
            IsExtended = IsExtended(terms),
            IsAllAtOnce = NeededAtOnce(terms) != 0,
        };
        order.Price = StandingPrice(instrument, terms);
        order.MarginPrice = MarginPrice(instrument, terms);
        order.LegPrices = LegMarginPrices(instrument, terms.Side, order.MarginPrice);
        order.PegTarget = terms.OrderType == OrderType.Pegged ? PegTarget(instrument, order) : 0;
        _sessions[terms.Session].LastClientOrderId = terms.ClientOrderId;
        Know(order);
        return order;
    }

    private void Know(ModelOrder order)
    {
        _orders.Add(order.Id, order);
        _sessions[order.Session].Orders.Insert(0, order);
        var orders = _accounts[order.Account].Orders;
        foreach (var leg in Legs(_instruments[order.Instrument]))
        {
            orders.TryAdd(leg.Instrument.Id, []);
            orders[leg.Instrument.Id].Add(order);
        }

        if (order.ExpireTime != 0)
        {
            _expiring.Add((order.ExpireTime, order.Id));
        }

        if (!order.IsQuote)
        {
            _idOf[(order.Session, order.ClientOrderId)] = order.Id;
        }
    }

    private static long StandingPrice(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.OrderType == OrderType.Pegged)
        {
            return PegPrice(
                instrument, terms.Side, PegTarget(instrument, terms.Side, terms.PegOffset, terms.Price), terms.Quantity);
        }

        var isMoved = (terms.Flags & ExecutionFlags.PostOnly) != 0 && !instrument.IsCall &&
            terms.OrderType == OrderType.Limit && Crosses(instrument, terms.Side, terms.Price);
        return isMoved ? BehindOpposite(instrument, terms.Side) : EffectivePrice(instrument, terms);
    }

    private static long MarginPrice(ModelInstrument instrument, NewOrder terms) =>
        terms.OrderType == OrderType.Pegged ? terms.Price : StandingPrice(instrument, terms);

    private void Cancel(CancelOrder request)
    {
        var id = request.IsByOrderId
            ? SaidOrderId(request.Owner == 0 ? request.Session : request.Owner, request.Original)
            : 0;
        var broken = FindOrder(request.Session, request.Account, request.Instrument, request.Original, id, out var order);
        if (broken.Is)
        {
            _reports.Add(new CancelRejected(
                request.Session, NextSequence(request.Session), request.Account, request.Instrument, id, request.Original,
                request.ClientOrderId, broken.Code, OrderCancelRequestDecoder.TemplateId, broken.Bound));
            return;
        }

        Cancel(order!, CancelReason.Requested, request.ClientOrderId);
    }

    /// <summary>Ends what an order still has open.</summary>
    private void Cancel(ModelOrder order, CancelReason reason, ulong request = 0)
    {
        Forget(order);
        ReportCanceled(order, reason, request);
    }

    /// <summary>Nobody finds the order any more.</summary>
    private void Forget(ModelOrder order)
    {
        var instrument = _instruments[order.Instrument];
        if (order.IsResting)
        {
            instrument.Book.Remove(order);
        }

        StopWaiting(instrument, order);
        instrument.Pegs.Remove(order);
        _sessions[order.Session].Orders.Remove(order);
        _orders.Remove(order.Id);
        _expiring.Remove((order.ExpireTime, order.Id));
        var orders = _accounts[order.Account].Orders;
        foreach (var id in Legs(instrument).Select(leg => leg.Instrument.Id))
        {
            orders[id].Remove(order);
            if (orders[id].Count == 0)
            {
                orders.Remove(id);
            }
        }
    }

    private ulong SaidOrderId(uint session, ulong original) =>
        _idOf.GetValueOrDefault((session, original), ReportReading.NoSuchOrder);

    private Broken FindOrder(
        uint session, uint account, uint instrument, ulong original, ulong orderId, out ModelOrder? order)
    {
        order = orderId != 0
            ? _orders.GetValueOrDefault(orderId)
            : _sessions[session].Orders.Find(live => live.ClientOrderId == original && !live.IsQuote);
        if (order is null)
        {
            return new Broken(RejectCode.UnknownOrder);
        }

        if (order.Account != account || _sessions[session].Account != account)
        {
            return new Broken(RejectCode.OrderNotOfAccount);
        }

        if (order.Session != session)
        {
            return new Broken(RejectCode.UnknownOrder);
        }

        return new Broken(order.Instrument != instrument ? RejectCode.UnknownInstrument : default);
    }

    private void Replace(ReplaceOrder request)
    {
        var id = request.IsByOrderId ? SaidOrderId(request.Session, request.Original) : 0;
        var broken = FindOrder(request.Session, request.Account, request.Instrument, request.Original, id, out var order);
        broken = !broken.Is && order!.IsQuote ? new Broken(RejectCode.UnknownOrder) : broken;
        broken = broken.Is ? broken : CheckReplacement(request, order!);
        if (broken.Is)
        {
            _reports.Add(new CancelRejected(
                request.Session, NextSequence(request.Session), request.Account, request.Instrument, id, request.Original,
                request.ClientOrderId, broken.Code, OrderReplaceRequestDecoder.TemplateId, broken.Bound));
            return;
        }

        Replace(request, order!);
    }

    private Broken CheckReplacement(ReplaceOrder request, ModelOrder order)
    {
        var instrument = _instruments[order.Instrument];
        var filled = order.Quantity - order.Open;
        var killed = _isVenueKilled || _accounts[order.Account].IsKilled;
        var broken = new Broken(killed ? RejectCode.KillSwitch : default);
        broken = broken.Is ? broken : CheckState(instrument, null);
        broken = !broken.Is && order.IsPulled ? new Broken(RejectCode.ProtectionActive) : broken;
        broken = broken.Is ? broken : CheckPrice(instrument, request.Price);
        broken = broken.Is ? broken : CheckQuantity(instrument, request.Price, request.Quantity);
        broken = broken.Is ? broken : CheckStaticBand(instrument, order.Side, request.Price);
        broken = broken.Is ? broken : CheckClientOrderId(request.Session, request.ClientOrderId);
        broken = !broken.Is && request.Quantity <= filled
            ? new Broken(RejectCode.QuantityNotAboveFilled, filled)
            : broken;
        broken = !broken.Is && order.IsPegged && PegPrice(instrument, order, request.Price, request.Quantity - filled) < 1
            ? new Broken(RejectCode.PegUnavailable)
            : broken;
        broken = broken.Is || order.IsPegged || order.IsStop
            ? broken
            : CheckPostOnly(instrument, new NewOrder
            {
                Side = order.Side,
                Price = request.Price,
                Quantity = request.Quantity,
                Flags = order.Flags,
            });
        return broken.Is ? broken : CheckExposure(
            _accounts[order.Account], instrument, order, order.Side,
            order.IsPegged ? request.Price : ReplacedPrice(instrument, order, request.Price), request.Quantity - filled,
            order.IsReduceOnly);
    }

    /// <summary>The new price, or with Reprice the one behind the best opposite.</summary>
    private static long ReplacedPrice(ModelInstrument instrument, ModelOrder order, long price) =>
        (order.Flags & ExecutionFlags.PostOnly) != 0 && order.Type == OrderType.Limit && !instrument.IsCall &&
        Crosses(instrument, order.Side, price)
            ? BehindOpposite(instrument, order.Side)
            : price;

    private void Replace(ReplaceOrder request, ModelOrder order)
    {
        var instrument = _instruments[order.Instrument];
        var original = order.ClientOrderId;
        var open = request.Quantity - (order.Quantity - order.Open);
        var price = order.IsPegged
            ? PegPrice(instrument, order, request.Price, open)
            : ReplacedPrice(instrument, order, request.Price);
        var keeps = order.IsWaiting || (!order.IsPegged && price == order.Price && open <= order.Open);
        if (!keeps)
        {
            instrument.Book.Remove(order);
        }

        if (!order.IsWaiting)
        {
            instrument.Book.Touch();
        }

        var hidden = order.Open - order.Shown;
        var lost = order.Open - open;
        order.Shown -= keeps && !order.IsWaiting ? Math.Max(0, lost - hidden) : 0;
        order.Open = open;
        order.Quantity = request.Quantity;
        order.Price = price;
        order.MarginPrice = order.IsPegged ? request.Price : price;
        order.LegPrices = LegMarginPrices(instrument, order.Side, order.MarginPrice);
        order.ClientOrderId = request.ClientOrderId;
        _sessions[order.Session].LastClientOrderId = request.ClientOrderId;
        _idOf[(order.Session, order.ClientOrderId)] = order.Id;
        _reports.Add(new Replaced(
            order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, original,
            order.ClientOrderId, order.Price, order.Quantity, order.Open, keeps, order.Side));
        if (keeps)
        {
            return;
        }

        if (order.IsPegged)
        {
            order.PegTarget = PegTarget(instrument, order);
            Rest(instrument, order);
        }
        else
        {
            Take(instrument, order);
        }
    }
}
