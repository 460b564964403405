using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Oracle;

/// <summary>One expiry of one underlying: its point of the forward curve, and the average that its price becomes.</summary>
internal struct ExpiryPoint
{
    /// <summary>Price x time in which there was a price, within the settlement window and through the time accrued.</summary>
    public Int128 TickNanos;

    /// <summary>Time in which there was a price.</summary>
    public ulong AveragedNanos;

    public ulong ExpiryTime;

    /// <summary>The window begins; the expiry itself where there is none. It stays once it has begun.</summary>
    public ulong WindowStart;

    /// <summary>Forward less the underlying's price.</summary>
    public long Basis;

    /// <summary>The expiry price; 0 until it is fixed.</summary>
    public long FixedPrice;

    /// <summary>S of its instruments at the present tick; made anew at each, so no part of the state.</summary>
    public long Forward;

    public uint Underlying;

    /// <summary>Next point of the same underlying, 0 at the end.</summary>
    public uint Next;

    /// <summary>The volatilities of this expiry; 0: its options have their own.</summary>
    public uint Slice;

    /// <summary>
    /// Time from the fixing to the deadline: the most that any of its physically delivered instruments says; 0: it has none.
    /// </summary>
    public ulong DeliveryNanos;

    /// <summary>When what its physically delivered instruments leave is delivered by; 0 until the price is fixed.</summary>
    public ulong DeliveryDeadline;

    /// <summary>Physically delivered instruments that are not removed: more obligations may come of them.</summary>
    public uint DeliveringCount;

    /// <summary>Of what is not delivered by then: the most that any of its instruments says.</summary>
    public uint PenaltyPpm;

    /// <summary>1: the public was told that the window is open.</summary>
    public byte IsOpen;

    /// <summary>1: of perpetual kinds that are delisted then: no basis, S is the underlying's price until the window.</summary>
    public byte IsSpot;
}

/// <summary>What of a point the state hash covers: all but its list and what each tick makes anew.</summary>
internal readonly struct ExpiryPointEncoding : IRecordEncoding<ExpiryPoint>
{
    public static StateRecordType Type => StateRecordType.Underlying;

    public static bool TryEncode(uint id, in ExpiryPoint record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.TickNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.AveragedNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.ExpiryTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.WindowStart);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.Basis);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.FixedPrice);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[56..], record.Underlying);
        buffer[60] = record.IsOpen;
        buffer[61] = record.IsSpot;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[62..], record.Slice);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[66..], record.DeliveryDeadline);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[74..], record.PenaltyPpm);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[78..], record.DeliveryNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[86..], record.DeliveringCount);
        lengthBytes = 90;
        return record.ExpiryTime != 0;
    }
}
