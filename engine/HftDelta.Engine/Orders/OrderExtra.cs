using System.Buffers.Binary;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// What only some orders have. Found through <c>OrderCold.QuantityOrExtra</c>; part of its order's record in the state hash, but
/// for the links, which follow from the rest.
/// </summary>
internal struct OrderExtra
{
    /// <summary>Bytes that it adds to its order's record in the state hash.</summary>
    public const int EncodedBytes = 80;

    /// <summary>The order's total quantity, filled lots included: its cold record has no room for it.</summary>
    public long QuantityLots;

    /// <summary>The good-till date; 0 of others.</summary>
    public ulong ExpireTimeNanos;

    /// <summary>Open lots that the book does not show: <c>LeavesLots</c> and these are what is open.</summary>
    public long HiddenLots;

    /// <summary>The most that is shown at a time; 0: all.</summary>
    public long DisplayLots;

    /// <summary>Of a stop; of a pegged order the price at which the oracle puts it.</summary>
    public long TriggerPrice;
    public long TrailingAmount;

    /// <summary>The price that a trailing stop's trigger follows: the best since it was accepted.</summary>
    public long Watermark;
    public long PegOffset;

    /// <summary>The limit of a pegged order, at which it is margined; 0 for others.</summary>
    public long LimitPrice;

    public TriggerSource TriggerSource;
    public TrailingUnit TrailingUnit;

    /// <summary>1: a trailing stop that is triggered and not activated yet.</summary>
    public byte IsMarked;

    /// <summary>1 for a sell order; as in the hot half, for those who look at many of these records.</summary>
    public byte IsSell;

    /// <summary>In the tree of stops; not part of the hash.</summary>
    public byte Height;

    /// <summary>The slot of its order; 0 for a free record, which links the next free one in <see cref="Next"/>.</summary>
    public uint Order;

    /// <summary>Links of whatever structure the order is in, a list or a tree; not part of the hash.</summary>
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
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], Watermark);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], QuantityLots);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[64..], ExpireTimeNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[72..], 0);
        buffer[72] = (byte)TriggerSource;
        buffer[73] = (byte)TrailingUnit;
        buffer[74] = IsMarked;
    }
}
