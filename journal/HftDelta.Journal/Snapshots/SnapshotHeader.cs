using System.Buffers.Binary;
using System.Text;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Snapshots;

/// <summary>
/// What a snapshot is of: the first 4,096 bytes of its file, little-endian.
/// <code>
/// offset size field
///      0    8 magic "HFTDSNAP"
///      8    4 format, 1
///     12    4 bytes of the longest chunk
///     16   16 journal id
///     32    8 sequence of the last command that is in it
///     40    8 venue time of that command
///     48    4 its term
///     52    4 checksum of its record in the journal: what was once replaced behind a cut is another history
///     56    4 engine version
///     60    4 number of chunks
///     64    8 bytes of all chunks' content
///     72    8 epoch
///     80   32 state hash
///    112   32 history hash
///    144    4 checksum behind the last chunk
///    148    4 bytes of the limits
///    152   40 0
///    192      engine limits as text, then 0
///   4092    4 CRC32C of bytes 0 to 4,091
/// </code>
/// </summary>
public sealed record SnapshotHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int LengthBytes = 4_096;

    /// <summary>The format that this program writes; it reads it and every older one.</summary>
    public const uint FormatNow = 1;

    internal const int LimitsOffset = 192;
    internal const int LimitsMaxBytes = ChecksumOffset - LimitsOffset;

    private const int ChecksumOffset = LengthBytes - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "HFTDSNAP"u8;

    public uint Format { get; init; } = FormatNow;

    public required int ChunkBytesMax { get; init; }

    public required Guid JournalId { get; init; }

    /// <summary>The last command that is in it.</summary>
    public required CommandSequence Sequence { get; init; }

    public required TimeNanos Time { get; init; }

    public required uint Term { get; init; }

    /// <summary>Checksum of that command's record.</summary>
    public required uint RecordChecksum { get; init; }

    public required uint EngineVersion { get; init; }

    public required ulong Epoch { get; init; }

    public required HashWords StateHash { get; init; }

    public required HashWords HistoryHash { get; init; }

    /// <summary>The engine's limits as the journal's directory holds them.</summary>
    public required ReadOnlyMemory<byte> Limits { get; init; }

    public int ChunkCount { get; init; }

    /// <summary>Bytes of all chunks' content.</summary>
    public long ContentBytes { get; init; }

    /// <summary>The chain of the chunks' checksums at its end.</summary>
    public uint ContentChecksum { get; init; }

    /// <summary>Length that a file with this header has.</summary>
    public long FileBytes => LengthBytes + ContentBytes + ((long)ChunkCount * SnapshotChunk.HeaderBytes);

    internal void Write(Span<byte> page)
    {
        page[..LengthBytes].Clear();
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[8..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(page[12..], ChunkBytesMax);
        _ = JournalId.TryWriteBytes(page[16..], bigEndian: false, out _);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], Sequence.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(page[40..], Time.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(page[48..], Term);
        BinaryPrimitives.WriteUInt32LittleEndian(page[52..], RecordChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(page[56..], EngineVersion);
        BinaryPrimitives.WriteInt32LittleEndian(page[60..], ChunkCount);
        BinaryPrimitives.WriteInt64LittleEndian(page[64..], ContentBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[72..], Epoch);
        WriteHash(page[80..], StateHash);
        WriteHash(page[112..], HistoryHash);
        BinaryPrimitives.WriteUInt32LittleEndian(page[144..], ContentChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(page[148..], Limits.Length);
        Limits.Span.CopyTo(page[LimitsOffset..ChecksumOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumOffset..], Crc32C.Compute(0, page[..ChecksumOffset]));
    }

    /// <summary>Reads a header of any format that this program knows.</summary>
    /// <returns>Null, and what is wrong in words.</returns>
    internal static SnapshotHeader? Read(ReadOnlySpan<byte> page, out string? fault, out bool isFormatUnknown)
    {
        isFormatUnknown = false;
        if (!page[..Magic.Length].SequenceEqual(Magic))
        {
            fault = "it does not begin as a snapshot does";
            return null;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumOffset..]) != Crc32C.Compute(0, page[..ChecksumOffset]))
        {
            fault = "the checksum of its header is wrong";
            return null;
        }

        var format = BinaryPrimitives.ReadUInt32LittleEndian(page[8..]);
        if (format is < 1 or > FormatNow)
        {
            isFormatUnknown = true;
            fault = $"its format is {format}, and this program knows formats 1 to {FormatNow}";
            return null;
        }

        var limitsBytes = BinaryPrimitives.ReadInt32LittleEndian(page[148..]);
        if ((uint)limitsBytes > LimitsMaxBytes)
        {
            fault = "its limits are longer than its header";
            return null;
        }

        fault = null;
        return new SnapshotHeader
        {
            Format = format,
            ChunkBytesMax = BinaryPrimitives.ReadInt32LittleEndian(page[12..]),
            JournalId = new Guid(page.Slice(16, 16), bigEndian: false),
            Sequence = new CommandSequence(BinaryPrimitives.ReadInt64LittleEndian(page[32..])),
            Time = new TimeNanos(BinaryPrimitives.ReadUInt64LittleEndian(page[40..])),
            Term = BinaryPrimitives.ReadUInt32LittleEndian(page[48..]),
            RecordChecksum = BinaryPrimitives.ReadUInt32LittleEndian(page[52..]),
            EngineVersion = BinaryPrimitives.ReadUInt32LittleEndian(page[56..]),
            ChunkCount = BinaryPrimitives.ReadInt32LittleEndian(page[60..]),
            ContentBytes = BinaryPrimitives.ReadInt64LittleEndian(page[64..]),
            Epoch = BinaryPrimitives.ReadUInt64LittleEndian(page[72..]),
            StateHash = ReadHash(page[80..]),
            HistoryHash = ReadHash(page[112..]),
            ContentChecksum = BinaryPrimitives.ReadUInt32LittleEndian(page[144..]),
            Limits = page.Slice(LimitsOffset, limitsBytes).ToArray(),
        };
    }

    /// <summary>The limits, readable.</summary>
    public string LimitsText() => Encoding.UTF8.GetString(Limits.Span);

    private static void WriteHash(Span<byte> to, in HashWords hash)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, hash.Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], hash.Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], hash.Word2);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], hash.Word3);
    }

    private static HashWords ReadHash(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[24..]));
}
