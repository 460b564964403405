using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.BookReplay;

/// <summary>
/// The production book and slab driven by a recorded stream, with the digest of the trades. The engine's own order ids are kept
/// per order number, so that a cancel goes the way of a client's: id, slot, generation. Owner: the calling thread; no
/// allocation after construction.
/// </summary>
public sealed class HdbsBook : IDisposable
{
    private const int BatchRecords = 4_096;

    /// <summary>How far ahead the driver's own table of ids is read, then orders, then their neighbours.</summary>
    private const int IdsAhead = 24;
    private const int OrdersAhead = 16;
    private const int NeighboursAhead = 8;

    private static readonly InstrumentId Instrument = new(1);

    private readonly OrderSlab _orders;
    private readonly OrderBook _book;
    private readonly NativeSlab<OrderId> _ids;

    public HdbsBook(HdbsStream stream, bool sparse)
    {
        Check.That(stream.OrderNumberMax < int.MaxValue);
        var capacity = (int)Math.Clamp(stream.OrderNumberMax, 1, OrderSlab.CapacityMax);
        _orders = new OrderSlab(capacity);
        _ids = new NativeSlab<OrderId>((int)stream.OrderNumberMax + 1);
        var levels = (int)Math.Clamp(Math.Min(stream.PriceMaxTicks * 2, capacity), 1, BookGeometry.LevelsLimit);
        var geometry = sparse
            ? BookGeometry.None
            : new BookGeometry(
                new PriceTicks(0),
                stream.PriceMaxTicks < BookGeometry.SmallBandTicks ? BookGeometry.SmallBandTicks : BookGeometry.LargeBandTicks);
        _book = new OrderBook(_orders, Instrument, geometry with { LevelsMax = levels });
    }

    /// <summary>Digest of the trades so far.</summary>
    public ulong Digest { get; private set; } = 0x243F6A8885A308D3;

    public long Trades { get; private set; }

    public long VolumeLots { get; private set; }

    public int RestingCount => _book.OrderCount;

    /// <summary>Applies many, in batches: a method that runs long but seldom is not compiled for good.</summary>
    public void Apply(ReadOnlySpan<HdbsRecord> records)
    {
        for (; records.Length > BatchRecords; records = records[BatchRecords..]) ApplyBatch(records[..BatchRecords]);
        ApplyBatch(records);
    }

    public void Apply(in HdbsRecord record)
    {
        if (record.Operation == HdbsRecord.New) Submit(record);
        else Cancel(record.OrderNumber);
    }

    public void Audit() => _book.Audit();

    public void Dispose()
    {
        _book.Dispose();
        _orders.Dispose();
        _ids.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyBatch(ReadOnlySpan<HdbsRecord> records)
    {
        if (_orders.OutgrowsCache)
        {
            ApplyLookingAhead(records);
            return;
        }

        for (var index = 0; index < records.Length; index++) Apply(in records[index]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyLookingAhead(ReadOnlySpan<HdbsRecord> records)
    {
        for (var index = 0; index < records.Length; index++)
        {
            if (index + IdsAhead < records.Length) PrefetchId(in records[index + IdsAhead]);
            if (index + OrdersAhead < records.Length) PrefetchOrder(in records[index + OrdersAhead]);
            if (index + NeighboursAhead < records.Length) PrefetchNeighbours(in records[index + NeighboursAhead]);
            Apply(in records[index]);
        }
    }

    private unsafe void PrefetchId(in HdbsRecord record)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_ids.Pointer + record.OrderNumber);
    }

    private void PrefetchOrder(in HdbsRecord record)
    {
        if (record.Operation == HdbsRecord.New)
        {
            _book.PrefetchLevel(new PriceTicks(record.PriceTicks));
            return;
        }

        var slot = _ids[(uint)record.OrderNumber].Slot;
        _orders.Prefetch(slot);
        _book.Prefetch(slot);
    }

    private void PrefetchNeighbours(in HdbsRecord record)
    {
        if (record.Operation == HdbsRecord.New) _book.PrefetchTail(new PriceTicks(record.PriceTicks));
        else _book.PrefetchNeighbours(_ids[(uint)record.OrderNumber].Slot);
    }

    private void Cancel(ulong number)
    {
        if (!_orders.TryFind(_ids[(uint)number], out var slot)) return;
        _book.Remove(slot);
        _orders.Free(slot);
    }

    private void Submit(in HdbsRecord record)
    {
        long left = record.Quantity;
        var limit = new PriceTicks(record.PriceTicks);
        for (var maker = _book.BestMaker(record.Side, limit); maker != 0; maker = _book.BestMaker(record.Side, limit))
        {
            left -= Fill(maker, record.OrderNumber, left);
            if (left == 0) return;
        }

        if (record.TimeInForce == HdbsRecord.GoodTillCancel) Rest(record, left);
    }

    private long Fill(uint maker, ulong takerNumber, long left)
    {
        ref var hot = ref _orders.Hot(maker);
        var leaves = hot.LeavesLots;
        var filled = left < leaves ? left : leaves;
        AddToDigest(takerNumber, _orders.Cold(maker).ClientOrderId, hot.PriceTicks, filled);
        _book.Fill(maker, new QuantityLots(filled));
        if (filled == leaves) _orders.Free(maker);
        return filled;
    }

    private void Rest(in HdbsRecord record, long left)
    {
        var hasRoom = _orders.TryAllocate(out var slot);
        Check.That(hasRoom);
        ref var hot = ref _orders.Hot(slot);
        hot.PriceTicks = record.PriceTicks;
        hot.LeavesLots = left;
        hot.Account = (uint)record.Account;
        hot.InstrumentAndFlags = OrderHot.Pack(Instrument, record.Side);
        _orders.Cold(slot) = new OrderCold(record.OrderNumber, (ulong)record.Quantity, _orders.NextPriority());
        _ids[(uint)record.OrderNumber] = _orders.IdOf(slot);
        var result = _book.Rest(slot);
        Check.That(result == BookResult.Ok);
    }

    private void AddToDigest(ulong taker, ulong maker, long price, long quantity)
    {
        var mixed = (taker * 0x9E3779B97F4A7C15) + (maker * 0xC2B2AE3D27D4EB4F)
            + ((ulong)price * 0x165667B19E3779F9) + (ulong)quantity;
        Digest = (BitOperations.RotateLeft(Digest, 5) ^ mixed) * 0xFF51AFD7ED558CCD;
        Trades++;
        VolumeLots += quantity;
    }
}
