using System.Buffers.Binary;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// What only some orders have. Found through <c>OrderCold.Extra</c>; part of its order's record in the state hash, but for
/// the links, which follow from the rest.
/// </summary>
internal struct OrderExtra
{
    /// <summary>Bytes that it adds to its order's record in the state hash.</summary>
    public const int EncodedBytes = 56;

    /// <summary>Open lots that the book does not show: <c>LeavesLots</c> and these are what is open.</summary>
    public long HiddenLots;

    /// <summary>The most that is shown at a time; 0: all.</summary>
    public long DisplayLots;

    public long TriggerPrice;
    public long TrailingAmount;
    public long PegOffset;

    /// <summary>The limit of an order whose price moves.</summary>
    public long LimitPrice;

    public TriggerSource TriggerSource;
    public TrailingUnit TrailingUnit;

    /// <summary>1 while the order waits outside the book for its trigger.</summary>
    public byte IsWaiting;

    /// <summary>The slot of its order; 0 for a free record, which links the next free one in <see cref="Next"/>.</summary>
    public uint Order;

    /// <summary>Links of whatever structure the order waits in; not part of the hash.</summary>
    public uint Next;
    public uint Previous;

    public readonly void Encode(Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, HiddenLots);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], DisplayLots);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], TriggerPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], TrailingAmount);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], PegOffset);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], LimitPrice);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], 0);
        buffer[48] = (byte)TriggerSource;
        buffer[49] = (byte)TrailingUnit;
        buffer[50] = IsWaiting;
    }
}
