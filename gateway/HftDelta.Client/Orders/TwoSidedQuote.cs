using HftDelta.Primitives.Units;

namespace HftDelta.Client.Orders;

/// <summary>
/// A bid and an ask of one instrument. The caller says what it wants; orders are placed, replaced and cancelled until that is
/// what rests, with one request at a time for each side, so what is wanted while one is under way is sent once, as the
/// latest. A refused change is not tried again until the quote is set again. When the connection is lost nothing is wanted
/// any more: what the venue did not cancel is cancelled after the return, unless the quote is set before. Owner: the client's
/// thread.
/// </summary>
public sealed class TwoSidedQuote
{
    private readonly QuoteBook _book;

    internal TwoSidedQuote(QuoteBook book, InstrumentId instrument, QuoteLeg bid, QuoteLeg ask)
    {
        _book = book;
        Instrument = instrument;
        BidLeg = bid;
        AskLeg = ask;
    }

    public InstrumentId Instrument { get; }

    /// <summary>Price of the bid that rests; meaningless without quantity.</summary>
    public PriceTicks BidPrice => BidLeg.Price;

    /// <summary>What rests of the bid, as far as reports tell.</summary>
    public QuantityLots BidQuantity => BidLeg.Leaves;

    public PriceTicks AskPrice => AskLeg.Price;

    public QuantityLots AskQuantity => AskLeg.Leaves;

    /// <summary>No request is under way and none is waiting.</summary>
    public bool IsSettled => !BidLeg.IsInFlight && !AskLeg.IsInFlight && !BidLeg.IsDirty && !AskLeg.IsDirty;

    internal QuoteLeg BidLeg { get; }

    internal QuoteLeg AskLeg { get; }

    /// <summary>What is to rest from now on; a quantity of 0 takes that side out.</summary>
    public void Set(PriceTicks bid, QuantityLots bidQuantity, PriceTicks ask, QuantityLots askQuantity)
    {
        var mustSend = BidLeg.Want(bid.Value, bidQuantity.Value);
        mustSend |= AskLeg.Want(ask.Value, askQuantity.Value);
        if (mustSend)
        {
            _book.Send(this);
        }
    }

    /// <summary>Takes both sides out.</summary>
    public void Withdraw() => Set(BidLeg.Price, default, AskLeg.Price, default);
}
