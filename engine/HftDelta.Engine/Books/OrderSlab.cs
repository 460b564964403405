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
/// <item>Every order has a number, one more than the order before it; an <see cref="OrderId"/> is slot and number, so an id of an
/// order that is gone finds nothing though its slot lives again.</item>
/// <item>A slot is zero when it is given. Who an order is, its number and its session, lies apart, eight to a cache line, so that
/// an id is looked up, and an order goes, without a look at its cold record.</item>
/// </list>
/// What proves the bounds of the unchecked accesses: a slot came from <see cref="TryAllocate"/>, which never passes
/// <see cref="Capacity"/>; ids from outside go through <see cref="TryFind"/>, which compares with <see cref="SlotLimit"/>.
/// </summary>
public sealed unsafe class OrderSlab : IDisposable
{
    /// <summary>The most orders. Times <see cref="OrderBook.QuantityMaxLots"/> it is a volume that 63 bits hold.</summary>
    public const int CapacityMax = (1 << OrderId.SlotBits) - 1;

    /// <summary>Memory that each order takes, all its records together.</summary>
    public const int BytesPerOrder = OrderHot.LengthBytes + OrderCold.LengthBytes + sizeof(ulong);

    /// <summary>The largest session that fits.</summary>
    public const uint SessionMax = (1u << SessionBits) - 1;

    // An identity: the session, and above it the number; 0 for a free slot.
    private const int SessionBits = 16;

    private const uint CachedOrders = 32_768;

    private readonly NativeSlab<OrderHot> _hotSlab;
    private readonly NativeSlab<OrderCold> _coldSlab;
    private readonly NativeSlab<ulong> _identitySlab;
    private readonly OrderHot* _hot;
    private readonly OrderCold* _cold;
    private readonly ulong* _identities;
    private uint _freeHead;

    /// <param name="capacity">How many orders can be live at once.</param>
    public OrderSlab(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CapacityMax);
        Capacity = capacity;
        _hotSlab = new NativeSlab<OrderHot>(capacity + 1);
        _coldSlab = new NativeSlab<OrderCold>(capacity + 1);
        _identitySlab = new NativeSlab<ulong>(capacity + 1);
        _hot = _hotSlab.Pointer;
        _cold = _coldSlab.Pointer;
        _identities = _identitySlab.Pointer;
        SlotLimit = 1;
    }

    public int Capacity { get; }

    /// <summary>Live orders.</summary>
    public int Count { get; private set; }

    /// <summary>The highest slot ever used, plus 1.</summary>
    public uint SlotLimit { get; private set; }

    /// <summary>The slot that the next allocation reuses, 0 when it takes a fresh one. Part of the engine's state.</summary>
    public uint FreeHead => _freeHead;

    /// <summary>Orders that ever were: the number of the last one. Part of the engine's state.</summary>
    public ulong LastNumber { get; private set; }

    /// <summary>The last number that <see cref="NextPriority"/> gave. Part of the engine's state.</summary>
    public ulong LastPriority { get; private set; }

    internal OrderHot* HotPointer => _hot;

    internal OrderCold* ColdPointer => _cold;

    /// <summary>Takes a slot, whose records are zero, for an order of no session.</summary>
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
        _identities[slot] = ++LastNumber << SessionBits;
        Count++;
        return true;
    }

    /// <summary>Gives a slot back. The order must have left its book and its owner's list.</summary>
    public void Free(uint slot)
    {
        Check.That(IsLive(slot));
        Check.That(!_hot[slot].IsResting);
        _identities[slot] = 0;
        _hot[slot] = default;
        _hot[slot].Next = _freeHead;
        _freeHead = slot;
        Count--;
    }

    /// <summary>The id by which the venue knows the order that lives in the slot.</summary>
    public OrderId IdOf(uint slot)
    {
        Check.That(IsLive(slot));
        return OrderId.From(slot, _identities[slot] >> SessionBits);
    }

    /// <summary>Finds a live order by an id from outside.</summary>
    /// <returns>False, and slot 0, when the id was never given or its order is gone.</returns>
    public bool TryFind(OrderId id, out uint slot)
    {
        slot = id.Slot;
        if (IsLive(slot) && OrderId.From(slot, _identities[slot] >> SessionBits) == id) return true;
        slot = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref OrderHot Hot(uint slot) => ref _hot[slot];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref OrderCold Cold(uint slot) => ref _cold[slot];

    public bool IsLive(uint slot) => slot < SlotLimit && _identities[slot] != 0;

    /// <summary>Asks for what <see cref="TryFind"/> reads. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint slot)
    {
        if (Sse.IsSupported && slot < SlotLimit) Sse.Prefetch0(_identities + slot);
    }

    /// <summary>Asks for an order's cold record. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchCold(uint slot)
    {
        if (slot < SlotLimit) _coldSlab.Prefetch(slot);
    }

    /// <summary>Asks for both records of an order. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecords(uint slot)
    {
        if (slot >= SlotLimit) return;
        _hotSlab.Prefetch(slot);
        _coldSlab.Prefetch(slot);
    }

    /// <summary>The live order's place among all that ever were: it stays when the place in the queue does not.</summary>
    public ulong NumberOf(uint slot)
    {
        Check.That(IsLive(slot));
        return _identities[slot] >> SessionBits;
    }

    /// <summary>Says whose order it is that was just given a slot.</summary>
    public void SetSession(uint slot, SessionHandle session)
    {
        Check.That(IsLive(slot) && session.Value <= SessionMax);
        _identities[slot] = (_identities[slot] & ~(ulong)SessionMax) | session.Value;
    }

    /// <summary>The session that the live order's reports go to; 0 for none.</summary>
    public uint SessionOf(uint slot)
    {
        Check.That(IsLive(slot));
        return (uint)(_identities[slot] & SessionMax);
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
        _identitySlab.Dispose();
    }
}
