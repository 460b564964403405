using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Oracle;

/// <summary>One accepted report.</summary>
internal struct SourceRecord
{
    /// <summary>The source's own sequence number; 0 is none.</summary>
    public ulong Sequence;

    /// <summary>The source's own time: only compared with that source's earlier reports, since its clock may be off.</summary>
    public ulong SourceTime;

    /// <summary>Venue time of the command that brought it.</summary>
    public ulong ReceivedTime;
    public long Price;

    /// <summary>The least that the venue's time was ahead of the source's: clock and shortest way; 0: unknown.</summary>
    public long SkewNanos;

    /// <summary>The session that this source reports through, from its first report on.</summary>
    public uint Session;

    /// <summary>It counts for the median. Without a price it does not: its source was disabled.</summary>
    public readonly bool IsFresh(ulong nowNanos, ulong maxAgeNanos) =>
        Price != 0 && nowNanos - ReceivedTime <= maxAgeNanos;
}

/// <summary>All of an accepted report is state.</summary>
internal readonly struct SourceEncoding : IRecordEncoding<SourceRecord>
{
    public static StateRecordType Type => StateRecordType.OracleSource;

    public static bool TryEncode(uint id, in SourceRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.SourceTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.ReceivedTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.Price);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.Session);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[36..], record.SkewNanos);
        lengthBytes = 44;
        return record.Sequence != 0;
    }
}
