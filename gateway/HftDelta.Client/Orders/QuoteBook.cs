using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Orders;

/// <summary>
/// The quotes of a session. An order's name says which quote it belongs to, so reports find theirs without a search.
/// Owner: the client's thread.
/// </summary>
public sealed class QuoteBook
{
    private readonly OrderSession _session;
    private readonly TwoSidedQuote[] _quotes;
    private bool _mustSend;

    internal QuoteBook(OrderSession session, int capacity)
    {
        _session = session;
        _quotes = new TwoSidedQuote[capacity];
    }

    public int Count { get; private set; }

    public TwoSidedQuote this[int index] => _quotes.AsSpan(0, Count)[index];

    /// <summary>A quote for an instrument; it stays for the life of the client.</summary>
    /// <param name="instrument">What it quotes.</param>
    /// <param name="flags">Of its orders; a quote that must never take is post-only.</param>
    /// <exception cref="InvalidOperationException">There are as many as the options allow.</exception>
    public TwoSidedQuote Add(InstrumentId instrument, ExecutionFlags flags = ExecutionFlags.PostOnly)
    {
        if (Count == _quotes.Length)
        {
            throw new InvalidOperationException($"the session keeps {_quotes.Length} quotes; {nameof(
                VenueClientOptions.QuotesMax)} allows no more");
        }

        var bid = new QuoteLeg(instrument, Side.Buy, ClientOrderIds.LaneOf(Count, Side.Buy), flags);
        var ask = new QuoteLeg(instrument, Side.Sell, ClientOrderIds.LaneOf(Count, Side.Sell), flags);
        var quote = new TwoSidedQuote(this, instrument, bid, ask);
        _quotes[Count++] = quote;
        return quote;
    }

    internal void Send(TwoSidedQuote quote)
    {
        var isSent = quote.BidLeg.TrySend(_session);
        isSent &= quote.AskLeg.TrySend(_session);
        _mustSend |= !isSent;
    }

    /// <summary>Sends what could not be sent before.</summary>
    internal int DoWork()
    {
        if (!_mustSend || !_session.IsEstablished)
        {
            return 0;
        }

        _mustSend = false;
        for (var index = 0; index < Count && !_mustSend; index++)
        {
            Send(_quotes[index]);
        }

        return 1;
    }

    internal void OnOutcome(in RequestOutcome outcome)
    {
        if (Find(outcome.Order, out var leg))
        {
            _mustSend |= leg.OnOutcome(in outcome);
        }
    }

    internal void OnFill(in OrderFill fill)
    {
        if (Find(fill.Order, out var leg))
        {
            leg.OnLeaves(fill.Order, fill.Leaves);
        }
    }

    internal void OnDecremented(in OrderDecrement decrement)
    {
        if (Find(decrement.Order, out var leg))
        {
            leg.OnLeaves(decrement.Order, decrement.Leaves);
        }
    }

    internal void OnCanceled(in OrderCancellation cancellation)
    {
        if (Find(cancellation.Order, out var leg))
        {
            leg.OnCanceled(in cancellation);
        }
    }

    /// <summary>The connection is lost: nothing is wanted any more.</summary>
    internal void OnDisconnected()
    {
        for (var index = 0; index < Count; index++)
        {
            _mustSend |= _quotes[index].BidLeg.Want(0, 0);
            _mustSend |= _quotes[index].AskLeg.Want(0, 0);
        }
    }

    /// <summary>The venue forgot the session, and with it the orders.</summary>
    internal void OnForgotten()
    {
        for (var index = 0; index < Count; index++)
        {
            _quotes[index].BidLeg.Forget();
            _quotes[index].AskLeg.Forget();
        }
    }

    private bool Find(ClientOrderId order, out QuoteLeg leg)
    {
        var isQuoted = ClientOrderIds.TryGetQuote(order.Value, out var quote, out var side) && quote < Count;
        leg = !isQuoted ? null! : side == Side.Buy ? _quotes[quote].BidLeg : _quotes[quote].AskLeg;
        return isQuoted;
    }
}
