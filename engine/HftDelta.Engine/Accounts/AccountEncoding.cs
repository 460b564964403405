using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Accounts;

/// <summary>What of an account the state hash covers: its money; sums, versions and lists follow from its positions.</summary>
internal readonly struct AccountEncoding : IRecordEncoding<AccountRecord>
{
    public static StateRecordType Type => StateRecordType.Account;

    public static bool TryEncode(uint id, in AccountRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.CashAtoms);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.LastDepositId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.LastWithdrawalId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], record.Dust);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], record.PositionCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.SessionHandle);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[36..], record.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], record.KillWalk);
        buffer[48] = record.IsKilled;
        buffer[49] = record.FeeTier;
        BinaryPrimitives.WriteInt128LittleEndian(buffer[50..], record.PoolIndexLast);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[66..], record.PoolEarnedLast);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[82..], record.PoolOwed);
        buffer[98] = record.IsCalled;
        ((ReadOnlySpan<byte>)record.Owner).CopyTo(buffer[99..]);
        lengthBytes = 99 + OwnerAddress.LengthBytes;
        return record.IsOpen != 0;
    }
}
