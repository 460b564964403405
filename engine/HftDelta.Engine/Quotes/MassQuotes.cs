using HftDelta.Engine.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Quotes;

/// <summary>
/// Two-sided quotes of one underlying, replaced as a whole: docs/matching-rules.md section 12. First the sides that are to go
/// leave, then each new one is checked like an order. Owner: the engine agent.
/// </summary>
internal sealed class MassQuotes(
    VenueState state, QuoteEvents events, NewOrders newOrders, OrderRisk risk, Matching matching, OrderTaking taking,
    BookTops tops)
{
    // Of the present command.
    private readonly QuoteSide[] _sides = new QuoteSide[2 * EngineLimits.QuoteEntriesMax];
    private int _count;

    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, in MassQuoteDecoder message, RejectCode refusal)
    {
        var hasRoom = TryRead(message);
        long bound = 0;
        var code = refusal != default ? refusal : Check(session, message, hasRoom, out bound);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.MassQuoteReport(session, message.AccountId, message.ClientOrderId, code, bound, default);
            return;
        }

        var flags = message.ExecutionFlags | ExecutionFlags.PostOnly;
        var sides = _sides.AsSpan(0, _count);
        foreach (ref var side in sides)
        {
            TakeAway(session, message.AccountId, flags, ref side);
        }

        foreach (ref var side in sides)
        {
            if (side.Quantity != 0)
            {
                Put(session, message, flags, ref side);
            }
        }

        ref var owner = ref state.Sessions.Write(session);
        owner.LastClientOrderId = message.ClientOrderId;
        owner.PresentOrderId = 0;
        events.MassQuoteReport(session, message.AccountId, message.ClientOrderId, default, 0, sides);
    }

    /// <returns>False when it has more entries than a mass quote may have.</returns>
    private bool TryRead(in MassQuoteDecoder message)
    {
        _count = 0;
        var most = 2 * state.Limits.QuoteEntriesPerMessage;
        foreach (var entry in message.Quotes)
        {
            if (_count == most)
            {
                return false;
            }

            _sides[_count++] = new QuoteSide
            {
                Instrument = entry.InstrumentId, Side = Side.Buy, Price = entry.BidPrice, Quantity = entry.BidQuantity,
            };
            _sides[_count++] = new QuoteSide
            {
                Instrument = entry.InstrumentId, Side = Side.Sell, Price = entry.AskPrice, Quantity = entry.AskQuantity,
            };
        }

        return true;
    }

    private RejectCode Check(uint session, in MassQuoteDecoder message, bool hasRoom, out long bound)
    {
        bound = 0;
        var account = message.AccountId;
        var code = CheckOwner(session, account);
        if (code != default)
        {
            return code;
        }

        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (!hasRoom || !AreDistinct(message.UnderlyingId))
        {
            return RejectCode.BadRange;
        }

        code = state.Protections.CheckFrozen(account, message.UnderlyingId, state.TimeNanos, out bound);
        if (code != default)
        {
            return code;
        }

        if ((message.ExecutionFlags & ~ExecutionFlags.MarketMakerProtection) != 0)
        {
            return RejectCode.BadFlagCombination;
        }

        return NewOrderChecks.CheckClientOrderId(state, session, message.ClientOrderId, out bound);
    }

    private RejectCode CheckOwner(uint session, uint account)
    {
        if (!state.Accounts.IsOpen(account))
        {
            return RejectCode.UnknownAccount;
        }

        if (state.Sessions.Read(session).Account != account)
        {
            return RejectCode.AccountNotOfSession;
        }

        foreach (ref readonly var side in _sides.AsSpan(0, _count))
        {
            if (!state.Instruments.Exists(side.Instrument))
            {
                return RejectCode.UnknownInstrument;
            }
        }

        return state.Kills.RefusalOf(account);
    }

    private bool AreDistinct(uint underlying)
    {
        for (var index = 0; index < _count; index += 2)
        {
            var instrument = _sides[index].Instrument;
            if (state.Instruments.Read(instrument).Underlying != underlying)
            {
                return false;
            }

            for (var before = 0; before < index; before += 2)
            {
                if (_sides[before].Instrument == instrument)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The last quote there leaves, unless the new one may stand in its place.</summary>
    private void TakeAway(uint session, uint account, ExecutionFlags flags, ref QuoteSide side)
    {
        var slot = state.Orders.Quotes.Find(account, side.Instrument, side.Side);
        if (slot == 0)
        {
            return;
        }

        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (side.Quantity > 0 && side.Quantity <= hot.LeavesLots && side.Price == hot.PriceTicks &&
            state.Orders.Slab.SessionOf(slot) == session && hot.ExecutionFlags() == flags && matching.EndReason(slot) == default)
        {
            side.Kept = slot;
            return;
        }

        matching.Cancel(slot, 0, CancelReason.QuoteReplaced);
    }

    private void Put(uint session, in MassQuoteDecoder message, ExecutionFlags flags, ref QuoteSide side)
    {
        var terms = new OrderTerms
        {
            ClientOrderId = message.ClientOrderId,
            Price = side.Price,
            Quantity = side.Quantity,
            Account = message.AccountId,
            Instrument = side.Instrument,
            Side = (Wire.Side)side.Side,
            OrderType = OrderType.Limit,
            ExecutionFlags = flags,
            SelfTradePrevention = message.SelfTradePrevention,
            IsQuote = true,
        };
        side.Code = NewOrderChecks.CheckQuote(state, session, ref terms, side.Kept != 0);
        if (side.Kept != 0)
        {
            side.Code = side.Code != default
                ? side.Code
                : risk.CheckReplacement(side.Kept, side.Price, side.Quantity, out _);
            Keep(side.Kept, terms, ref side);
            return;
        }

        side.Code = side.Code != default ? side.Code : risk.Check(terms, out _);
        if (side.Code != default)
        {
            return;
        }

        var slot = newOrders.Accept(session, terms);
        side.OrderId = state.Orders.Slab.IdOf(slot).Value;
        var rests = taking.Rest(slot);
        Primitives.Check.That(rests);
    }

    /// <summary>The order stays where it is with less, or goes after all.</summary>
    private void Keep(uint slot, in OrderTerms terms, ref QuoteSide side)
    {
        if (side.Code != default)
        {
            matching.Cancel(slot, 0, CancelReason.QuoteReplaced);
            return;
        }

        ref var hot = ref state.Orders.Slab.Hot(slot);
        matching.CloseOpen(slot, hot.LeavesLots);
        if (side.Quantity < hot.LeavesLots)
        {
            state.Book(side.Instrument).Reduce(slot, new QuantityLots(side.Quantity));
            tops.Changed(side.Instrument);
        }

        hot.AccountAndTerms = RestingTerms.AccountWord(terms);
        state.Orders.Slab.Cold(slot).ClientOrderId = terms.ClientOrderId;
        state.Orders.SetQuantity(slot, side.Quantity);
        state.Orders.Mark(slot);
        matching.AddOpen(hot.Account, side.Instrument, side.Side, side.Quantity, side.Price);
        side.OrderId = state.Orders.Slab.IdOf(slot).Value;
    }
}
