using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Settlement;

/// <summary>Terms of the settlement pool, and what a borrowed atom has cost.</summary>
internal struct PoolRecord
{
    /// <summary>What one borrowed atom has paid since the venue began, in 2^-64 atoms; it only rises.</summary>
    public Int128 Index;

    /// <summary>What one idle atom has received since then, in 2^-64 atoms.</summary>
    public Int128 EarnIndex;

    /// <summary>Through when the indices hold.</summary>
    public ulong AccruedTime;

    public long CapAtoms;

    /// <summary>0: there is no pool; cash may be below 0 without bound and without cost.</summary>
    public uint ShareOfClaimPpm;
    public uint KinkPpm;
    public uint IdleRatePpm;
    public uint KinkRatePpm;
    public uint FullRatePpm;
}

/// <summary>All of it is state; none where there are no terms.</summary>
internal readonly struct PoolEncoding : IRecordEncoding<PoolRecord>
{
    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in PoolRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.AccruedTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.CapAtoms);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.ShareOfClaimPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[36..], record.KinkPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.IdleRatePpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[44..], record.KinkRatePpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[48..], record.FullRatePpm);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[52..], record.EarnIndex);
        lengthBytes = 68;
        return record.AccruedTime != 0;
    }
}
