using System.Runtime.InteropServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// What reports and life-cycle rules read of an order beside <see cref="OrderHot"/>; finding and taking out of an order leave it
/// alone. Two of its words hold a slot of 22 bits below a number of 42. The session links belong to the engine.
/// <code>
/// offset size field
///      0    8 ClientOrderId
///      8    8 bits 0-21 SessionNext, 22-63 QuantityOrExtra
///     16    8 bits 0-21 SessionPrevious, 22-63 Priority
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderCold
{
    /// <summary>Bytes of the record.</summary>
    public const int LengthBytes = 24;

    private const int SlotBits = Primitives.Units.OrderId.SlotBits;
    private const ulong SlotMask = (1UL << SlotBits) - 1;

    public ulong ClientOrderId;
    private ulong _quantityAndNext;
    private ulong _priorityAndPrevious;

    /// <summary>
    /// A whole record, written without a look at what was there: an order that is new must not wait for memory that it is about
    /// to overwrite.
    /// </summary>
    public OrderCold(ulong clientOrderId, ulong quantityOrExtra, ulong priority)
    {
        ClientOrderId = clientOrderId;
        _quantityAndNext = quantityOrExtra << SlotBits;
        _priorityAndPrevious = priority << SlotBits;
    }

    /// <summary>
    /// The order's total quantity in lots, filled ones included. The engine keeps here, for an order with terms that only some
    /// orders have, where their record lies, and the quantity in that record.
    /// </summary>
    public ulong QuantityOrExtra
    {
        readonly get => _quantityAndNext >> SlotBits;
        set => _quantityAndNext = (_quantityAndNext & SlotMask) | (value << SlotBits);
    }

    /// <summary>
    /// Given when the order (re)gained its place in the queue; ascends from head to tail of every level. The low 42 bits of
    /// the number that it was given.
    /// </summary>
    public ulong Priority
    {
        readonly get => _priorityAndPrevious >> SlotBits;
        set => _priorityAndPrevious = (_priorityAndPrevious & SlotMask) | (value << SlotBits);
    }

    /// <summary>The owner's next live order, 0 for none.</summary>
    public uint SessionNext
    {
        readonly get => (uint)(_quantityAndNext & SlotMask);
        set => _quantityAndNext = (_quantityAndNext & ~SlotMask) | value;
    }

    /// <summary>The owner's previous live order, 0 for none.</summary>
    public uint SessionPrevious
    {
        readonly get => (uint)(_priorityAndPrevious & SlotMask);
        set => _priorityAndPrevious = (_priorityAndPrevious & ~SlotMask) | value;
    }

    public readonly ClientOrderId ClientId => new(ClientOrderId);

    /// <summary>Whether a place in a queue was given before another one; right while fewer than 2^41 were given since.</summary>
    public static bool IsBefore(ulong priority, ulong other) => (long)((other - priority) << SlotBits) > 0;
}
