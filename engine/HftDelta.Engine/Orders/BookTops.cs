using HftDelta.Engine.Output;
using HftDelta.Primitives.Collections;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Which books the present command has changed, and the tops as last published: a top is told once per command, and only
/// if it differs. Owner: the engine agent. The published tops follow from the books, so they are no state.
/// </summary>
internal sealed class BookTops(VenueState state, EventEmitter events, EventBudget budget) : IDisposable
{
    private const byte Unseen = 1;
    private const byte Seen = 2;

    private readonly NativeSlab<Published> _published = new(state.Limits.Instruments + 1);
    private readonly NativeSlab<uint> _changed = new(state.Limits.Instruments + 1);
    private int _count;

    /// <summary>Books that the present command has changed, in the order of their first change.</summary>
    public int ChangedCount => _count;

    public uint ChangedAt(int place) => _changed[place];

    public bool IsChanged(uint instrument) => _published[instrument].IsChanged != 0;

    /// <summary>Whether the book has changed since this was last asked in the present command.</summary>
    public bool TakeNew(uint instrument)
    {
        ref var published = ref _published[instrument];
        var isNew = published.IsChanged == Unseen;
        published.IsChanged = Seen;
        return isNew;
    }

    public void Changed(uint instrument)
    {
        ref var published = ref _published[instrument];
        if (published.IsChanged == Unseen)
        {
            return;
        }

        var isListed = published.IsChanged == Seen;
        published.IsChanged = Unseen;
        if (isListed)
        {
            return;
        }

        _changed[_count++] = instrument;
        budget.DeferBookTop();
        if (state.Instruments.Read(instrument).State != InstrumentState.Open)
        {
            // A call tells its indication too.
            budget.DeferBookTop();
        }
    }

    /// <summary>An auction begins: its book may have changed before, when there was no indication to tell.</summary>
    public void ChangedToAuction(uint instrument)
    {
        Changed(instrument);
        budget.DeferBookTop();
    }

    /// <summary>At the end of the command; afterwards nobody asks for a book that has gone.</summary>
    public void Publish()
    {
        for (var index = 0; index < _count; index++)
        {
            var instrument = _changed[index];
            var book = state.Book(instrument);
            book.TryGetTop(Primitives.Units.Side.Buy, out var bid);
            book.TryGetTop(Primitives.Units.Side.Sell, out var ask);
            ref var last = ref _published[instrument];
            last.IsChanged = 0;
            if (last.BidPrice == bid.Price.Value && last.BidLots == bid.Volume.Value &&
                last.AskPrice == ask.Price.Value && last.AskLots == ask.Volume.Value)
            {
                continue;
            }

            last.BidPrice = bid.Price.Value;
            last.BidLots = bid.Volume.Value;
            last.AskPrice = ask.Price.Value;
            last.AskLots = ask.Volume.Value;
            events.BookTop(instrument, book);
        }

        _count = 0;
        state.FreeRetiredBooks();
    }

    public void Dispose()
    {
        _published.Dispose();
        _changed.Dispose();
    }

    private struct Published
    {
        public long BidPrice;
        public long BidLots;
        public long AskPrice;
        public long AskLots;
        public byte IsChanged;
    }
}
