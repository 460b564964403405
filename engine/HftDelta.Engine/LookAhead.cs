using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine;

/// <summary>
/// Asks the memory for what the next commands will touch while earlier ones are at work: with many accounts and orders every
/// command finds its session, account, position, order and their places in the tables outside the core's own cache, one after
/// the other. Three steps, since each reads what the one before it brought. Only hints: it changes nothing and nothing but
/// speed depends on it, so a caller may note all, some or none of the commands that follow. Owner: the engine agent.
/// </summary>
internal sealed class LookAhead(VenueState state) : IDisposable
{
    /// <summary>Commands that can be noted ahead of the one that is applied. A power of two.</summary>
    public const int CommandsMax = 16;

    /// <summary>How many commands before its own each step of a command is taken.</summary>
    private const int RecordsAhead = 6;
    private const int NeighboursAhead = 3;

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
        }
        else if (template is OrderCancelRequestDecoder.TemplateId or OrderReplaceRequestDecoder.TemplateId)
        {
            var cancel = OrderCancelRequestDecoder.Trusted(frame);
            hint.Kind = HintKind.Change;
            hint.Account = cancel.AccountId;
            hint.Instrument = cancel.InstrumentId;
            hint.OrderId = cancel.OrderId;
            hint.ClientOrderId = cancel.OriginalClientOrderId;
        }
        else
        {
            return;
        }

        hint.Session = envelope.SessionHandle;
        state.Sessions.Prefetch(hint.Session, RequestHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]).Sequence);
        state.Accounts.Prefetch(hint.Account);
        state.Positions.PrefetchFind(hint.Account, hint.Instrument);
        state.Orders.PrefetchFind(hint.Session, hint.ClientOrderId);
    }

    /// <summary>The other two steps, of commands that follow the one that is applied now.</summary>
    public void Step(long sequence)
    {
        FetchRecords(ref HintOf(sequence + RecordsAhead), sequence + RecordsAhead);
        FetchNeighbours(ref HintOf(sequence + NeighboursAhead), sequence + NeighboursAhead);
    }

    public void Dispose() => _hints.Dispose();

    private ref Hint HintOf(long sequence) => ref _hints[(uint)sequence & (CommandsMax - 1)];

    private void FetchRecords(ref Hint hint, long sequence)
    {
        if (hint.Sequence != sequence || hint.Kind == HintKind.None)
        {
            return;
        }

        state.Sessions.PrefetchReport(hint.Session);
        state.Positions.PrefetchFound(hint.Account, hint.Instrument);
        hint.Slot = 0;
        if (hint.Kind == HintKind.Change)
        {
            hint.Slot = hint.OrderId != 0
                ? new OrderId(hint.OrderId).Slot
                : state.Orders.Find(0, hint.Session, hint.ClientOrderId);
            state.Orders.Prefetch(hint.Slot);
        }
        else
        {
            state.Orders.Slab.PrefetchCold(state.Sessions.Read(hint.Session).FirstOrder);
        }

        if (FindBook(hint.Instrument) is { } book)
        {
            if (hint.Kind == HintKind.Change)
            {
                book.Prefetch(hint.Slot);
            }
            else
            {
                book.PrefetchLevel(new PriceTicks(hint.Price));
            }
        }
    }

    private void FetchNeighbours(ref Hint hint, long sequence)
    {
        if (hint.Sequence != sequence || hint.Kind == HintKind.None || FindBook(hint.Instrument) is not { } book)
        {
            return;
        }

        if (hint.Kind == HintKind.New)
        {
            book.PrefetchTail(new PriceTicks(hint.Price));
        }
        else if (hint.Slot - 1 < state.Orders.Slab.SlotLimit - 1)
        {
            book.PrefetchNeighbours(hint.Slot);
            ref readonly var cold = ref state.Orders.Slab.Cold(hint.Slot);
            state.Orders.Slab.PrefetchCold(cold.SessionNext);
            state.Orders.Slab.PrefetchCold(cold.SessionPrevious);
        }
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
        public HintKind Kind;
    }
}
