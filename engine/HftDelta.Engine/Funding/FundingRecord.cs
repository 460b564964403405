using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Funding;

/// <summary>
/// The second index of one perpetual instrument, F: what one lot held long has paid for funding since listing, and one held
/// short has received, in sub-atoms. It is never added into the delta index.
/// </summary>
internal struct FundingRecord
{
    /// <summary>F.</summary>
    public Int128 Index;

    /// <summary>Sum over accounts of position x the F that was last applied to it.</summary>
    public Int128 WeightedIndexSum;

    /// <summary>What F will move by at the next interval, as far as it is known: sub-atoms per lot.</summary>
    public Int128 Accrued;

    /// <summary>What a lot pays per period at the present mark, where that follows from the mark: sub-atoms.</summary>
    public Int128 PerPeriod;

    /// <summary>Sum of premium x time since F last moved, in 1e-9 times nanoseconds.</summary>
    public Int128 PremiumNanos;

    /// <summary>Time in that sum.</summary>
    public ulong PremiumTimeNanos;

    /// <summary>Through when the sums hold.</summary>
    public ulong AccruedTime;

    /// <summary>The premium when the book was last looked at, in 1e-9 of the underlying's price.</summary>
    public long PremiumPpb;

    public long BasePpb;
    public long CapPpb;

    /// <summary>Lots whose price in the book is the impact price; 0: the premium is 0.</summary>
    public long ImpactLots;

    /// <summary>1: in use.</summary>
    public byte IsFunded;
}

/// <summary>All of it is state; none where nothing is funded.</summary>
internal readonly struct FundingEncoding : IRecordEncoding<FundingRecord>
{
    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in FundingRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.Index);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[16..], record.WeightedIndexSum);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[32..], record.Accrued);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[48..], record.PerPeriod);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[64..], record.PremiumNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[80..], record.PremiumTimeNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[88..], record.AccruedTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[96..], record.PremiumPpb);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[104..], record.BasePpb);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[112..], record.CapPpb);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[120..], record.ImpactLots);
        buffer[128] = record.IsFunded;
        lengthBytes = 129;
        return record.IsFunded != 0;
    }
}
