using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// Every live order of one engine, in native memory, shared by all its books. Owner: the engine; one writer.
/// <list type="bullet">
/// <item>A slot is a u32 from 1; 0 is no order. Freed slots are used again last in, first out, so the slots that a run hands
/// out are a function of its commands.</item>
/// <item>A slot's generation is odd while it is live and even while it is free; an <see cref="OrderId"/> is slot and
/// generation, so an id of an order that is gone finds nothing though its slot lives again.</item>
/// <item>A slot is zero when it is given. The generations lie apart from the orders, sixteen to a cache line, so that an id is
/// looked up, and an order goes, without a look at its cold record.</item>
/// </list>
/// What proves the bounds of the unchecked accesses: a slot came from <see cref="TryAllocate"/>, which never passes
/// <see cref="Capacity"/>; ids from outside go through <see cref="TryFind"/>, which compares with <see cref="SlotLimit"/>.
/// </summary>
public sealed unsafe class OrderSlab : IDisposable
{
    /// <summary>The most orders. Times <see cref="OrderBook.QuantityMaxLots"/> it is a volume that 63 bits hold.</summary>
    public const int CapacityMax = 1 << 22;

    /// <summary>Memory that each order takes, all its records together.</summary>
    public const int BytesPerOrder = OrderHot.LengthBytes + OrderCold.LengthBytes + sizeof(uint);

    private const uint CachedOrders = 32_768;

    private readonly NativeSlab<OrderHot> _hotSlab;
    private readonly NativeSlab<OrderCold> _coldSlab;
    private readonly NativeSlab<uint> _generationSlab;
    private readonly OrderHot* _hot;
    private readonly OrderCold* _cold;
    private readonly uint* _generations;
    private uint _freeHead;

    /// <param name="capacity">How many orders can be live at once.</param>
    public OrderSlab(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CapacityMax);
        Capacity = capacity;
        _hotSlab = new NativeSlab<OrderHot>(capacity + 1);
        _coldSlab = new NativeSlab<OrderCold>(capacity + 1);
        _generationSlab = new NativeSlab<uint>(capacity + 1);
        _hot = _hotSlab.Pointer;
        _cold = _coldSlab.Pointer;
        _generations = _generationSlab.Pointer;
        SlotLimit = 1;
    }

    public int Capacity { get; }

    /// <summary>Live orders.</summary>
    public int Count { get; private set; }

    /// <summary>The highest slot ever used, plus 1.</summary>
    public uint SlotLimit { get; private set; }

    /// <summary>The slot that the next allocation reuses, 0 when it takes a fresh one. Part of the engine's state.</summary>
    public uint FreeHead => _freeHead;

    /// <summary>The last number that <see cref="NextPriority"/> gave. Part of the engine's state.</summary>
    public ulong LastPriority { get; private set; }

    internal OrderHot* HotPointer => _hot;

    internal OrderCold* ColdPointer => _cold;

    /// <summary>Takes a slot, whose records are zero.</summary>
    /// <returns>False, and slot 0, when all are live.</returns>
    public bool TryAllocate(out uint slot)
    {
        slot = _freeHead;
        if (slot != 0)
        {
            _freeHead = _hot[slot].Next;
            _hot[slot].Next = 0;
        }
        else if (SlotLimit <= (uint)Capacity)
        {
            slot = SlotLimit++;
        }
        else
        {
            return false;
        }

        _cold[slot] = default;
        _generations[slot]++;
        Count++;
        Check.That((_generations[slot] & 1) == 1);
        return true;
    }

    /// <summary>Gives a slot back. The order must have left its book and its owner's list.</summary>
    public void Free(uint slot)
    {
        Check.That(IsLive(slot));
        Check.That(!_hot[slot].IsResting);
        _generations[slot]++;
        _hot[slot] = default;
        _hot[slot].Next = _freeHead;
        _freeHead = slot;
        Count--;
    }

    /// <summary>The id by which the venue knows the order that lives in the slot.</summary>
    public OrderId IdOf(uint slot)
    {
        Check.That(IsLive(slot));
        return OrderId.From(slot, _generations[slot]);
    }

    /// <summary>Finds a live order by an id from outside.</summary>
    /// <returns>False, and slot 0, when the id was never given or its order is gone.</returns>
    public bool TryFind(OrderId id, out uint slot)
    {
        slot = id.Slot;
        if (slot - 1 < SlotLimit - 1 && (id.Generation & 1) == 1 && _generations[slot] == id.Generation) return true;
        slot = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref OrderHot Hot(uint slot) => ref _hot[slot];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref OrderCold Cold(uint slot) => ref _cold[slot];

    public bool IsLive(uint slot) => slot < SlotLimit && (_generations[slot] & 1) == 1;

    /// <summary>Asks for what <see cref="TryFind"/> reads. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint slot)
    {
        if (Sse.IsSupported && slot < SlotLimit) Sse.Prefetch0(_generations + slot);
    }

    /// <summary>Asks for an order's cold record. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchCold(uint slot)
    {
        if (Sse.IsSupported && slot < SlotLimit) Sse.Prefetch0(_cold + slot);
    }

    /// <summary>Asks for both records of an order. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecords(uint slot)
    {
        if (!Sse.IsSupported || slot >= SlotLimit) return;
        Sse.Prefetch0(_hot + slot);
        Sse.Prefetch0(_cold + slot);
    }

    /// <summary>How often the slot was given and taken back: odd while it is live.</summary>
    public uint GenerationOf(uint slot)
    {
        Check.That(slot < SlotLimit);
        return _generations[slot];
    }

    /// <summary>
    /// The orders that were ever live together take more room than a processor core's own cache: then looking ahead in a batch
    /// pays (<see cref="OrderBook.Prefetch"/>).
    /// </summary>
    public bool OutgrowsCache => SlotLimit > CachedOrders;

    /// <summary>The next place in time: greater than every one before it.</summary>
    public ulong NextPriority() => ++LastPriority;

    public void Dispose()
    {
        _hotSlab.Dispose();
        _coldSlab.Dispose();
        _generationSlab.Dispose();
    }
}
