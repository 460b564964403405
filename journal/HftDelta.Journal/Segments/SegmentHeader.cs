using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;

namespace HftDelta.Journal.Segments;

/// <summary>What a header page says before its words are looked at.</summary>
internal enum PageState
{
    /// <summary>All zeros: prepared, nothing begun.</summary>
    Blank = 0,

    /// <summary>The magic is not there yet but something else is: its writer was killed.</summary>
    Unfinished = 1,

    /// <summary>The magic is there and the rest is not what was written.</summary>
    Damaged = 2,

    /// <summary>Whole, but of a format that this program does not know.</summary>
    FormatUnknown = 3,

    Valid = 4,
}

/// <summary>
/// The head of a segment: it names itself, so that a file in the wrong place is seen. Written once, by the journal agent when
/// it begins the segment, the magic last. Little-endian, 128 bytes, zeros from there to 2,048:
/// <code>
/// offset size field
///      0    8 magic                 "HDJOURNL"
///      8    4 formatVersion         1
///     12    4 headerBytes           4,096
///     16   16 journalId
///     32    8 segmentIndex          the number in the file's name
///     40    8 segmentBytes          length of the file
///     48    8 firstSequence         of the first record
///     56    8 beginTimeNanos        venue time of the first record; of the first segment: when the journal was made
///     64    4 leaderTerm            of the first record
///     68    4 checksumSeed          checksum of the last record of the segment before
///     72    4 engineVersion         that may replay it
///     76    2 clientSchemaId
///     78    2 clientSchemaVersion
///     80    2 internalSchemaId
///     82    2 internalSchemaVersion
///     84    4 blockBytes            that one link of the hash chain covers
///     88   36 reserved              0
///    124    4 checksum              CRC32C of bytes 0..123
/// </code>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
internal unsafe struct SegmentHeader
{
    public const int LengthBytes = 128;
    public const ulong MagicValue = 0x4C4E_5255_4F4A_4448;
    public const uint FormatVersionValue = 1;

    private const int ChecksummedBytes = 124;

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint FormatVersion;
    [FieldOffset(12)] public uint HeaderBytes;
    [FieldOffset(16)] public Guid JournalId;
    [FieldOffset(32)] public long SegmentIndex;
    [FieldOffset(40)] public long SegmentBytes;
    [FieldOffset(48)] public long FirstSequence;
    [FieldOffset(56)] public ulong BeginTimeNanos;
    [FieldOffset(64)] public uint LeaderTerm;
    [FieldOffset(68)] public uint ChecksumSeed;
    [FieldOffset(72)] public uint EngineVersion;
    [FieldOffset(76)] public ushort ClientSchemaId;
    [FieldOffset(78)] public ushort ClientSchemaVersion;
    [FieldOffset(80)] public ushort InternalSchemaId;
    [FieldOffset(82)] public ushort InternalSchemaVersion;
    [FieldOffset(84)] public uint BlockBytes;
    [FieldOffset(124)] public uint Checksum;

    /// <summary>Writes the header into a segment whose header page is blank; the magic is stored last.</summary>
    public void PublishTo(byte* segment)
    {
        Magic = MagicValue;
        FormatVersion = FormatVersionValue;
        HeaderBytes = SegmentLayout.HeaderBytes;
        BlockBytes = SegmentLayout.BlockBytes;
        Checksum = ComputeChecksum();
        var source = (byte*)Unsafe.AsPointer(ref this);
        Check.That(*(ulong*)segment == 0);
        Buffer.MemoryCopy(source + sizeof(ulong), segment + sizeof(ulong), LengthBytes, LengthBytes - sizeof(ulong));
        Volatile.Write(ref *(ulong*)segment, Magic);
    }

    /// <summary>Reads the header of a segment of at least <see cref="SegmentLayout.HeaderBytes"/> bytes.</summary>
    public static PageState Read(byte* segment, out SegmentHeader header)
    {
        var magic = Volatile.Read(ref *(ulong*)segment);
        header = *(SegmentHeader*)segment;
        if (magic == 0)
        {
            var page = new ReadOnlySpan<byte>(segment, SegmentLayout.SealOffsetBytes);
            return page.IndexOfAnyExcept((byte)0) < 0 ? PageState.Blank : PageState.Unfinished;
        }

        var rest = new ReadOnlySpan<byte>(segment + LengthBytes, SegmentLayout.SealOffsetBytes - LengthBytes);
        if (magic != MagicValue || header.Checksum != header.ComputeChecksum() || rest.IndexOfAnyExcept((byte)0) >= 0)
        {
            return PageState.Damaged;
        }

        var known = header.FormatVersion == FormatVersionValue
            && header.HeaderBytes == SegmentLayout.HeaderBytes
            && header.BlockBytes == SegmentLayout.BlockBytes;
        return known ? PageState.Valid : PageState.FormatUnknown;
    }

    private uint ComputeChecksum() =>
        Crc32C.Compute(0, MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentHeader>(ref this))[..ChecksummedBytes]);
}
