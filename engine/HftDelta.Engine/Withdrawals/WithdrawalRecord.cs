using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Withdrawals;

/// <summary>
/// A withdrawal. Held: its money is in the venue's account of withdrawals, <see cref="Epoch"/> is 0. Released: its money has
/// left, and it stays in the list of its epoch until the next epoch closes. What is cancelled or returned is no more.
/// </summary>
internal struct WithdrawalRecord
{
    /// <summary>From 1, rising; 0: nothing stands here.</summary>
    public ulong Id;

    /// <summary>The epoch that it was released with; 0: held.</summary>
    public ulong Epoch;

    public long Atoms;
    public uint Account;
    public uint Asset;

    /// <summary>Place in the list of its epoch, from 0.</summary>
    public uint Place;

    /// <summary>In the order of requests while held, of places once released; in a free record the next free one.</summary>
    public uint Next;
    public uint Previous;
    public uint NextOfAccount;
}

/// <summary>All but the links is state: the order of requests is that of ids.</summary>
internal readonly struct WithdrawalEncoding : IRecordEncoding<WithdrawalRecord>
{
    public static StateRecordType Type => StateRecordType.PendingWork;

    public static bool TryEncode(uint id, in WithdrawalRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.Id);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.Atoms);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], record.Asset);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.Place);
        lengthBytes = 36;
        return record.Id != 0;
    }
}
