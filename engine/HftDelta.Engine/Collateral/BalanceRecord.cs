using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Collateral;

/// <summary>What one account holds of one asset other than the quote asset.</summary>
internal struct BalanceRecord
{
    public long Atoms;

    /// <summary>What does not make a whole atom, in 2^-32; as in the quote asset.</summary>
    public uint Dust;

    public uint Account;
    public uint Asset;
    public uint NextOfAccount;
}

/// <summary>All but the link is state.</summary>
internal readonly struct BalanceEncoding : IRecordEncoding<BalanceRecord>
{
    public static StateRecordType Type => StateRecordType.Account;

    public static bool TryEncode(uint id, in BalanceRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.Atoms);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[8..], record.Dust);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[12..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], record.Asset);
        lengthBytes = 20;
        return record.Account != 0;
    }
}
