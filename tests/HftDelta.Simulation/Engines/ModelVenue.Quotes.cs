using System.Collections.Immutable;
using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 12: two-sided quotes of one underlying, replaced as a whole.</summary>
public sealed partial class ModelVenue
{
    private const int EntriesMax = 30;

    private sealed class QuoteSide
    {
        public required ModelInstrument Instrument { get; init; }

        public required Side Side { get; init; }

        public required long Price { get; init; }

        public required long Quantity { get; init; }

        /// <summary>The quote that stood there.</summary>
        public ModelOrder? Last { get; set; }

        public bool Keeps { get; set; }

        public RejectCode Code { get; set; }

        public ulong Order { get; set; }
    }

    private void Quote(QuoteMass quote)
    {
        var broken = CheckQuote(quote);
        if (broken.Is)
        {
            _reports.Add(new Quoted(
                quote.Session, NextSequence(quote.Session), quote.Account, broken.Code, quote.ClientOrderId, broken.Bound, []));
            return;
        }

        _sessions[quote.Session].LastClientOrderId = quote.ClientOrderId;
        var sides = quote.Entries.SelectMany(entry => SidesOf(entry)).ToList();
        var gone = sides.Select(side => TakeAway(quote, side)).OfType<ModelOrder>().ToList();
        foreach (var side in sides.Where(side => side.Quantity != 0))
        {
            PutQuote(quote, side, gone);
        }

        foreach (var order in gone)
        {
            ReportCanceled(order, CancelReason.QuoteReplaced, 0);
        }

        var outcomes = sides.Chunk(2).Select(pair => new QuoteOutcome(
            pair[0].Instrument.Id, pair[0].Code, pair[1].Code, pair[0].Order, pair[1].Order));
        _reports.Add(new Quoted(
            quote.Session, NextSequence(quote.Session), quote.Account, default, quote.ClientOrderId, 0,
            outcomes.ToImmutableArray()));
    }

    private QuoteSide[] SidesOf(QuoteEntry entry)
    {
        var instrument = _instruments[entry.Instrument];
        return
        [
            new QuoteSide
            {
                Instrument = instrument, Side = Side.Buy, Price = entry.BidPrice, Quantity = entry.BidQuantity,
            },
            new QuoteSide
            {
                Instrument = instrument, Side = Side.Sell, Price = entry.AskPrice, Quantity = entry.AskQuantity,
            },
        ];
    }

    private Broken CheckQuote(QuoteMass quote)
    {
        var strange = quote.Entries.Select(entry => entry.Instrument).FirstOrDefault(id => !_instruments.ContainsKey(id));
        var broken = CheckAccess(quote.Session, quote.Account, strange != 0 ? strange : 1);
        if (broken.Is)
        {
            return broken;
        }

        if (!_underlyings.ContainsKey(quote.Underlying))
        {
            return new Broken(RejectCode.UnknownUnderlying);
        }

        var isTwice = quote.Entries.DistinctBy(entry => entry.Instrument).Count() != quote.Entries.Length;
        var isOther = quote.Entries.Any(entry => _instruments[entry.Instrument].Underlying.Id != quote.Underlying);
        if (isTwice || isOther || quote.Entries.Length > EntriesMax)
        {
            return new Broken(RejectCode.BadRange);
        }

        broken = CheckProtection(_accounts[quote.Account], quote.Underlying);
        if (broken.Is)
        {
            return broken;
        }

        return (quote.Flags & ~ExecutionFlags.MarketMakerProtection) != 0
            ? new Broken(RejectCode.BadFlagCombination)
            : CheckClientOrderId(quote.Session, quote.ClientOrderId);
    }

    /// <returns>The last quote, if it has left the book.</returns>
    private ModelOrder? TakeAway(QuoteMass quote, QuoteSide side)
    {
        side.Last = OrdersOf(quote.Account, side.Instrument.Id)
            .FirstOrDefault(order => order.IsQuote && order.Side == side.Side);
        if (side.Last is null)
        {
            return null;
        }

        side.Keeps = side.Quantity > 0 && side.Price == side.Last.Price && side.Quantity <= side.Last.Open &&
            side.Last.Session == quote.Session && side.Last.Flags == (quote.Flags | ExecutionFlags.PostOnly);
        if (side.Keeps)
        {
            return null;
        }

        Forget(side.Last);
        return side.Last;
    }

    private void PutQuote(QuoteMass quote, QuoteSide side, List<ModelOrder> gone)
    {
        var broken = CheckQuoteSide(quote, side);
        side.Code = broken.Code;
        if (broken.Is)
        {
            if (side.Keeps)
            {
                Forget(side.Last!);
                gone.Add(side.Last!);
            }

            return;
        }

        if (side.Keeps)
        {
            if (side.Last!.Open != side.Quantity)
            {
                side.Instrument.Book.Touch();
            }

            side.Last.Open = side.Quantity;
            side.Last.Shown = side.Quantity;
            side.Last.Quantity = side.Quantity;
            side.Last.ClientOrderId = quote.ClientOrderId;
            side.Order = side.Last.Id;
        }
        else
        {
            side.Order = NewQuote(quote, side).Id;
        }

        var key = quote.ClientOrderId ^ ((ulong)side.Instrument.Id << 48) ^ (side.Side == Side.Buy ? 0 : 1UL << 63);
        _idOf[(quote.Session, key)] = side.Order;
    }

    private Broken CheckQuoteSide(QuoteMass quote, QuoteSide side)
    {
        var instrument = side.Instrument;
        var broken = CheckState(instrument, null);
        broken = !broken.Is && instrument.IsStrategy ? new Broken(RejectCode.BadFlagCombination) : broken;
        broken = broken.Is ? broken : CheckPrice(instrument, side.Price);
        broken = broken.Is ? broken : CheckQuantity(instrument, side.Price, side.Quantity);
        broken = broken.Is ? broken : CheckStaticBand(instrument, side.Side, side.Price);
        broken = broken.Is || side.Keeps ? broken : CheckRoom(
            new NewOrder { Session = quote.Session, Account = quote.Account, Instrument = instrument.Id });
        broken = broken.Is ? broken : CheckPostOnly(instrument, new NewOrder
        {
            Side = side.Side, Price = side.Price, Quantity = side.Quantity, Flags = ExecutionFlags.PostOnly,
        });
        return broken.Is ? broken : CheckExposure(
            _accounts[quote.Account], instrument, side.Keeps ? side.Last : null, side.Side, side.Price, side.Quantity,
            false);
    }

    private ModelOrder NewQuote(QuoteMass quote, QuoteSide side)
    {
        var order = new ModelOrder
        {
            Id = ++_lastOrderId,
            Session = quote.Session,
            Account = quote.Account,
            Instrument = side.Instrument.Id,
            Side = side.Side,
            ClientOrderId = quote.ClientOrderId,
            Type = OrderType.Limit,
            Flags = quote.Flags | ExecutionFlags.PostOnly,
            SelfTradePrevention = quote.SelfTradePrevention,
            Price = side.Price,
            MarginPrice = side.Price,
            Quantity = side.Quantity,
            Open = side.Quantity,
            IsQuote = true,
        };
        Know(order);
        Rest(side.Instrument, order);
        return order;
    }
}
