using System.Runtime.CompilerServices;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Native;

/// <summary>
/// The engine's book with a matching loop, an index of the caller's ids and a queue of reports: one instrument, limit orders,
/// no accounts. Owner: the thread that submits; <see cref="Reports"/> may be polled by one other.
/// <para>Every command makes at least one report, and a sweep one per fill. When the queue is full in the middle of a sweep,
/// the taker waits here (<see cref="IsSuspended"/>) and nothing else is taken until <see cref="TryResume"/> has ended it: a
/// caller that submits and polls on one thread cannot block itself.</para>
/// </summary>
internal sealed unsafe class NativeBook : IDisposable
{
    /// <summary>An answer, and what may end the command.</summary>
    public const uint RoomForCommand = 2;

    private static readonly InstrumentId Instrument = new(1);

    private readonly OrderSlab _orders;
    private readonly SlotMap<OrderIds> _index;
    private Taker _taker;

    /// <param name="orderCapacity">Orders that can rest at once.</param>
    /// <param name="reports">Its reports; the caller's to dispose.</param>
    /// <param name="geometry">Band and levels.</param>
    public NativeBook(int orderCapacity, ReportQueue reports, BookGeometry geometry)
    {
        _orders = new OrderSlab(orderCapacity);
        _index = new SlotMap<OrderIds>(orderCapacity, new OrderIds(_orders));
        Book = new OrderBook(_orders, Instrument, geometry);
        Reports = reports;
    }

    public OrderBook Book { get; }

    public ReportQueue Reports { get; }

    /// <summary>A taker waits for room in the queue.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Takes commands while there is room for their reports, and publishes these.</summary>
    /// <returns>How many were taken.</returns>
    public int Submit(ReadOnlySpan<NativeCommand> commands)
    {
        var taken = 0;
        if (TryResume())
        {
            while (taken < commands.Length && !IsSuspended && TryApply(in commands[taken])) taken++;
        }

        Reports.Publish();
        return taken;
    }

    /// <summary>Goes on with the taker that waits, if one does.</summary>
    /// <returns>False when it still waits.</returns>
    public bool TryResume()
    {
        if (!IsSuspended) return true;
        IsSuspended = false;
        Match();
        return !IsSuspended;
    }

    /// <returns>False, and nothing done, when the queue has no room.</returns>
    public bool TryApply(in NativeCommand command) => command.Type switch
    {
        CommandType.New => TryNew(
            command.OrderId, command.Sequence, command.PriceTicks, command.QuantityLots, command.Side, command.IsImmediate != 0),
        CommandType.Cancel => TryCancel(command.OrderId, command.Sequence),
        CommandType.Replace => TryReplace(command.OrderId, command.Sequence, command.PriceTicks, command.QuantityLots),
        _ => TryReject(command.OrderId, command.Sequence, Reason.Invalid),
    };

    public bool TryNew(ulong id, ulong sequence, long price, long quantity, byte side, bool isImmediate)
    {
        Book.PrefetchLevel(new PriceTicks(price));
        if (!Reports.HasRoom(RoomForCommand)) return false;
        if (side > 1 || (ulong)(quantity - 1) >= OrderBook.QuantityMaxLots) return TryReject(id, sequence, Reason.Invalid);
        if (_index.Find(id, 0) != 0) return TryReject(id, sequence, Reason.DuplicateId);
        Report(ReportType.Accepted, Reason.None, sequence, id, side, price, quantity);
        _taker = new Taker
        {
            Id = id, Sequence = sequence, PriceTicks = price, LeftLots = quantity, Side = side, IsImmediate = isImmediate,
        };
        Match();
        return true;
    }

    public bool TryCancel(ulong id, ulong sequence)
    {
        if (!Reports.HasRoom(1)) return false;
        var slot = _index.Take(id, 0);
        if (slot == 0)
        {
            Report(ReportType.CancelRejected, Reason.UnknownOrder, sequence, id, 0, 0, 0);
            return true;
        }

        ref readonly var hot = ref _orders.Hot(slot);
        Report(ReportType.Canceled, Reason.None, sequence, id, (byte)hot.Side, hot.PriceTicks, hot.LeavesLots);
        Book.Remove(slot);
        _orders.Free(slot);
        return true;
    }

    /// <summary>
    /// A new price and open quantity. The order keeps its place when the price stays and the quantity does not grow, else it is
    /// matched and rests as if it came anew.
    /// </summary>
    public bool TryReplace(ulong id, ulong sequence, long price, long quantity)
    {
        if (!Reports.HasRoom(RoomForCommand)) return false;
        var slot = _index.Find(id, 0);
        if (slot == 0) return TryRejectReplace(id, sequence, Reason.UnknownOrder);
        if ((ulong)(quantity - 1) >= OrderBook.QuantityMaxLots) return TryRejectReplace(id, sequence, Reason.Invalid);
        ref readonly var hot = ref _orders.Hot(slot);
        var side = (byte)hot.Side;
        Report(ReportType.Replaced, Reason.None, sequence, id, side, price, quantity);
        if (price == hot.PriceTicks && quantity <= hot.LeavesLots)
        {
            Book.Reduce(slot, new QuantityLots(quantity));
            return true;
        }

        Book.Remove(slot);
        _taker = new Taker
        {
            Id = id, Sequence = sequence, PriceTicks = price, LeftLots = quantity, Side = side, Slot = slot,
        };
        Match();
        return true;
    }

    public void Dispose()
    {
        Book.Dispose();
        _index.Dispose();
        _orders.Dispose();
    }

    private void Match()
    {
        var side = (Side)_taker.Side;
        var limit = new PriceTicks(_taker.PriceTicks);
        for (var maker = Book.BestMaker(side, limit); maker != 0; maker = Book.BestMaker(side, limit))
        {
            if (!Reports.HasRoom(RoomForCommand))
            {
                IsSuspended = true;
                return;
            }

            Fill(maker);
            if (_taker.LeftLots != 0) continue;
            if (_taker.Slot != 0) Free(_taker.Id, _taker.Slot);
            return;
        }

        if (_taker.IsImmediate) Report(ReportType.Canceled, Reason.Immediate, in _taker);
        else Rest();
    }

    private void Fill(uint maker)
    {
        ref readonly var hot = ref _orders.Hot(maker);
        var leaves = hot.LeavesLots;
        var filled = _taker.LeftLots < leaves ? _taker.LeftLots : leaves;
        var id = _orders.Cold(maker).ClientOrderId;
        var report = Reports.Claim();
        *report = default;
        report->Type = ReportType.Trade;
        report->Sequence = _taker.Sequence;
        report->PriceTicks = hot.PriceTicks;
        report->QuantityLots = filled;
        report->MakerId = id;
        report->TakerId = _taker.Id;
        _taker.LeftLots -= filled;
        Book.Fill(maker, new QuantityLots(filled));
        if (filled == leaves) Free(id, maker);
    }

    private void Rest()
    {
        var slot = _taker.Slot;
        if (slot == 0 && !_orders.TryAllocate(out slot))
        {
            Report(ReportType.Canceled, Reason.BookFull, in _taker);
            return;
        }

        ref var hot = ref _orders.Hot(slot);
        hot.PriceTicks = _taker.PriceTicks;
        hot.LeavesLots = _taker.LeftLots;
        hot.InstrumentAndFlags = OrderHot.Pack(Instrument, (Side)_taker.Side);
        _orders.Cold(slot) = new OrderCold(_taker.Id, (ulong)_taker.LeftLots, _orders.NextPriority());
        if (_taker.Slot == 0) _index.Add(_taker.Id, 0, slot);
        if (Book.Rest(slot) == BookResult.Ok) return;
        Free(_taker.Id, slot);
        Report(ReportType.Canceled, Reason.BookFull, in _taker);
    }

    private void Free(ulong id, uint slot)
    {
        _index.Remove(id, 0);
        _orders.Free(slot);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReject(ulong id, ulong sequence, byte reason)
    {
        if (!Reports.HasRoom(1)) return false;
        Report(ReportType.Rejected, reason, sequence, id, 0, 0, 0);
        return true;
    }

    private bool TryRejectReplace(ulong id, ulong sequence, byte reason)
    {
        Report(ReportType.ReplaceRejected, reason, sequence, id, 0, 0, 0);
        return true;
    }

    private void Report(byte type, byte reason, in Taker taker) =>
        Report(type, reason, taker.Sequence, taker.Id, taker.Side, taker.PriceTicks, taker.LeftLots);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Report(byte type, byte reason, ulong sequence, ulong id, byte side, long price, long quantity)
    {
        *Reports.Claim() = new NativeReport
        {
            Type = type,
            Side = side,
            Reason = reason,
            Sequence = sequence,
            OrderId = id,
            PriceTicks = price,
            QuantityLots = quantity,
        };
    }

    /// <summary>An order on its way through the book. A slot other than 0 is that of an order which was replaced.</summary>
    private struct Taker
    {
        public ulong Id;
        public ulong Sequence;
        public long PriceTicks;
        public long LeftLots;
        public uint Slot;
        public byte Side;
        public bool IsImmediate;
    }
}
