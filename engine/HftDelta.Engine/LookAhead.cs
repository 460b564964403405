using System.Runtime.CompilerServices;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine;

/// <summary>
/// Asks the memory for what the next commands will touch while earlier ones are at work: with many accounts and orders every
/// command finds its session, account, position, order and their places in the tables outside the core's own cache, one after
/// the other. In steps, since each reads what the one before it brought. Only hints: it changes nothing and nothing but
/// speed depends on it, so a caller may note all, some or none of the commands that follow. Owner: the engine agent.
/// </summary>
internal sealed class LookAhead(VenueState state) : IDisposable
{
    /// <summary>Commands that can be noted ahead of the one that is applied. A power of two.</summary>
    public const int CommandsMax = 16;

    /// <summary>How many commands before its own each step of a command is taken.</summary>
    private const int RecordsAhead = 6;
    private const int NeighboursAhead = 3;
    private const int MakersAhead = 1;

    private readonly NativeSlab<Hint> _hints = new(CommandsMax);

    /// <summary>The first step: the session and the places in the tables that the frame names.</summary>
    public void Note(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        ref var hint = ref HintOf(envelope.Sequence);
        hint.Sequence = envelope.Sequence;
        hint.Kind = HintKind.None;
        if (envelope.Source != RecordSource.Client || !HftDeltaSchema.TryPeekHeader(frame, out var header))
        {
            return;
        }

        var template = (ushort)header.TemplateId;
        if (template == NewOrderSingleDecoder.TemplateId)
        {
            var order = NewOrderSingleDecoder.Trusted(frame);
            hint.Kind = HintKind.New;
            hint.Account = order.AccountId;
            hint.Instrument = order.InstrumentId;
            hint.ClientOrderId = order.ClientOrderId;
            hint.Price = order.Price;
            hint.Side = order.Side == Wire.Side.Buy ? Side.Buy : Side.Sell;
        }
        else if (template == OrderCancelRequestDecoder.TemplateId)
        {
            var cancel = OrderCancelRequestDecoder.Trusted(frame);
            hint.Kind = HintKind.Change;
            hint.Account = cancel.AccountId;
            hint.Instrument = cancel.InstrumentId;
            hint.OrderId = cancel.OrderId;
            hint.ClientOrderId = cancel.OriginalClientOrderId;
        }
        else if (template == OrderReplaceRequestDecoder.TemplateId)
        {
            var replace = OrderReplaceRequestDecoder.Trusted(frame);
            hint.Kind = HintKind.Change;
            hint.Account = replace.AccountId;
            hint.Instrument = replace.InstrumentId;
            hint.OrderId = replace.OrderId;
            hint.ClientOrderId = replace.OriginalClientOrderId;
        }
        else
        {
            return;
        }

        hint.Session = envelope.SessionHandle;
        state.Sessions.Prefetch(hint.Session);
        state.Sessions.PrefetchOutcome(
            hint.Session, RequestHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]).Sequence);
        state.Accounts.Prefetch(hint.Account);
        state.Positions.PrefetchFind(hint.Account, hint.Instrument);
        state.Orders.PrefetchFind(hint.Session, hint.ClientOrderId);
    }

    /// <summary>The other steps, of commands that follow the one that is applied now.</summary>
    public void Step(long sequence)
    {
        ref var hint = ref HintOf(sequence + RecordsAhead);
        if (hint.Sequence == sequence + RecordsAhead && hint.Kind != HintKind.None)
        {
            FetchRecords(ref hint);
        }

        hint = ref HintOf(sequence + NeighboursAhead);
        if (hint.Sequence == sequence + NeighboursAhead && hint.Kind != HintKind.None)
        {
            FetchNeighbours(hint);
        }

        hint = ref HintOf(sequence + MakersAhead);
        if (hint.Sequence == sequence + MakersAhead && hint.Kind == HintKind.New)
        {
            FetchOfMakers(hint);
        }
    }

    public void Dispose() => _hints.Dispose();

    private ref Hint HintOf(long sequence) => ref _hints[(uint)sequence & (CommandsMax - 1)];

    private void FetchRecords(ref Hint hint)
    {
        state.Sessions.PrefetchReport(hint.Session);
        state.Positions.PrefetchFound(hint.Account, hint.Instrument);
        hint.Makers = default;
        hint.Slot = 0;
        if (hint.Kind == HintKind.Change)
        {
            hint.Slot = hint.OrderId != 0
                ? new OrderId(hint.OrderId).Slot
                : state.Orders.Guess(hint.Session, hint.ClientOrderId);
            state.Orders.Prefetch(hint.Slot);
            return;
        }

        state.Orders.Slab.PrefetchCold(state.Sessions.Read(hint.Session).FirstOrder);
        if (FindBook(hint.Instrument) is not { } book)
        {
            return;
        }

        book.PrefetchLevel(new PriceTicks(hint.Price));
        if (book.BestMaker(hint.Side, new PriceTicks(hint.Price)) != 0)
        {
            FindMakers(ref hint, book);
        }
    }

    /// <summary>Who stands first in the way of an order that will trade.</summary>
    private void FindMakers(ref Hint hint, Books.OrderBook book)
    {
        var side = (Side)((uint)hint.Side ^ 1);
        var isFound = book.TryGetBest(side, out var price);
        for (var count = 0; isFound && count < Makers.Count; isFound = book.TryGetNext(side, price, out price))
        {
            for (var maker = book.HeadAt(side, price); maker != 0 && count < Makers.Count; count++)
            {
                hint.Makers[count] = maker;
                state.Orders.Prefetch(maker);
                maker = state.Orders.Slab.Hot(maker).Next;
            }
        }
    }

    private void FetchNeighbours(in Hint hint)
    {
        if (FindBook(hint.Instrument) is not { } book)
        {
            return;
        }

        if (hint.Kind == HintKind.New)
        {
            book.PrefetchTail(new PriceTicks(hint.Price));
            for (var place = 0; place < Makers.Count && hint.Makers[place] != 0; place++)
            {
                FetchOwner(hint.Makers[place], hint.Instrument);
            }
        }
        else if (state.Orders.Slab.IsLive(hint.Slot))
        {
            book.PrefetchNeighbours(hint.Slot);
            FetchLinks(hint.Slot);
        }
    }

    /// <summary>What an order's owner has: its session and account, and where its tables begin to look.</summary>
    private void FetchOwner(uint slot, uint instrument)
    {
        if (!state.Orders.Slab.IsLive(slot))
        {
            return;
        }

        var account = state.Orders.Slab.Hot(slot).Account;
        var session = state.Orders.Slab.SessionOf(slot);
        state.Sessions.Prefetch(session);
        state.Accounts.Prefetch(account);
        state.Positions.PrefetchFind(account, instrument);
        state.Orders.PrefetchFind(session, state.Orders.Slab.Cold(slot).ClientOrderId);
        FetchLinks(slot);
    }

    private void FetchOfMakers(in Hint hint)
    {
        for (var place = 0; place < Makers.Count && hint.Makers[place] != 0; place++)
        {
            var slot = hint.Makers[place];
            if (state.Orders.Slab.IsLive(slot))
            {
                state.Positions.PrefetchFound(state.Orders.Slab.Hot(slot).Account, hint.Instrument);
                state.Sessions.PrefetchReport(state.Orders.Slab.SessionOf(slot));
            }
        }
    }

    /// <summary>Its neighbours among its session's orders.</summary>
    private void FetchLinks(uint slot)
    {
        ref readonly var cold = ref state.Orders.Slab.Cold(slot);
        state.Orders.Slab.PrefetchCold(cold.SessionNext);
        state.Orders.Slab.PrefetchCold(cold.SessionPrevious);
    }

    private Books.OrderBook? FindBook(uint instrument) =>
        state.Instruments.Exists(instrument) ? state.FindBook(instrument) : null;

    private enum HintKind : byte
    {
        None,
        New,
        Change,
    }

    private struct Hint
    {
        public long Sequence;
        public ulong OrderId;
        public ulong ClientOrderId;
        public long Price;
        public uint Session;
        public uint Account;
        public uint Instrument;
        public uint Slot;
        public Makers Makers;
        public HintKind Kind;
        public Side Side;
    }

    /// <summary>Slots of the orders that it will meet first, 0 behind the last.</summary>
    [InlineArray(Count)]
    private struct Makers
    {
        public const int Count = 4;

        private uint _first;
    }
}
