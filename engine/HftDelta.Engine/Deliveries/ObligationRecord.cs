using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Deliveries;

/// <summary>
/// What one account is to receive, or to deliver, of an underlying after an expiry: its instruments of that expiry together.
/// </summary>
internal struct ObligationRecord
{
    public ulong Id;

    /// <summary>Lots x atoms per tick of the underlying; negative: to be delivered. Never 0.</summary>
    public Int128 Amount;

    /// <summary>The expiry's price, at which the amount is paid for.</summary>
    public long Price;
    public ulong Deadline;
    public uint Account;

    /// <summary>The expiry, and with it the underlying.</summary>
    public uint Point;

    /// <summary>1: at the deadline the account did not have what it was to deliver or pay.</summary>
    public byte IsFailed;

    /// <summary>Next of the same account; of a free record the next free one.</summary>
    public uint Next;
}

/// <summary>All but the links; none where nothing is due.</summary>
internal readonly struct ObligationEncoding : IRecordEncoding<ObligationRecord>
{
    public static StateRecordType Type => StateRecordType.PendingWork;

    public static bool TryEncode(uint id, in ObligationRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.Id);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[8..], record.Amount);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.Price);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.Deadline);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[44..], record.Point);
        buffer[48] = record.IsFailed;
        lengthBytes = 49;
        return record.Id != 0;
    }
}
