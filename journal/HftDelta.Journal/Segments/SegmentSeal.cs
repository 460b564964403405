using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;

namespace HftDelta.Journal.Segments;

/// <summary>
/// What the cold agent found out about the segment before, once it was closed: the block hash chain at its end, which is the
/// input hash of a later commitment. It stands in the next segment because a closed one is not written again, and apart from
/// the header because it has another writer. Little-endian, 128 bytes, zeros from there to the end of the page:
/// <code>
/// offset size field
///      0    8 magic                 "HDJSEAL1", written last
///      8    8 sealedSegmentIndex    the segment before this one
///     16    8 lastSequence          its last record
///     24    8 blockCount            blocks hashed since the journal began
///     32   32 blockHash             SHA-256 chain after its last block (BlockHashChain)
///     64   60 reserved              0
///    124    4 checksum              CRC32C of bytes 0..123
/// </code>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
internal unsafe struct SegmentSeal
{
    public const int LengthBytes = 128;
    public const int HashBytes = 32;
    public const ulong MagicValue = 0x314C_4145_534A_4448;

    private const int HashOffsetBytes = 32;
    private const int ChecksummedBytes = 124;

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public long SealedSegmentIndex;
    [FieldOffset(16)] public long LastSequence;
    [FieldOffset(24)] public long BlockCount;
    [FieldOffset(HashOffsetBytes)] public fixed byte BlockHash[HashBytes];
    [FieldOffset(124)] public uint Checksum;

    /// <summary>Writes the seal into the header page of the next segment; the magic is stored last.</summary>
    public static void Publish(byte* segment, int sealedSegmentIndex, long lastSequence, long blockCount, ReadOnlySpan<byte> hash)
    {
        Check.That(hash.Length == HashBytes);
        var seal = new SegmentSeal
        {
            Magic = MagicValue,
            SealedSegmentIndex = sealedSegmentIndex,
            LastSequence = lastSequence,
            BlockCount = blockCount,
        };
        hash.CopyTo(new Span<byte>(seal.BlockHash, HashBytes));
        seal.Checksum = seal.ComputeChecksum();
        var target = segment + SegmentLayout.SealOffsetBytes;
        var source = (byte*)&seal;
        Buffer.MemoryCopy(source + sizeof(ulong), target + sizeof(ulong), LengthBytes, LengthBytes - sizeof(ulong));
        Volatile.Write(ref *(ulong*)target, MagicValue);
    }

    public static PageState Read(byte* segment, out SegmentSeal seal)
    {
        var start = segment + SegmentLayout.SealOffsetBytes;
        const int spaceBytes = SegmentLayout.HeaderBytes - SegmentLayout.SealOffsetBytes;
        var magic = Volatile.Read(ref *(ulong*)start);
        seal = *(SegmentSeal*)start;
        if (magic == 0)
        {
            var space = new ReadOnlySpan<byte>(start, spaceBytes);
            return space.IndexOfAnyExcept((byte)0) < 0 ? PageState.Blank : PageState.Unfinished;
        }

        var rest = new ReadOnlySpan<byte>(start + LengthBytes, spaceBytes - LengthBytes);
        var whole = magic == MagicValue && seal.Checksum == seal.ComputeChecksum() && rest.IndexOfAnyExcept((byte)0) < 0;
        return whole ? PageState.Valid : PageState.Damaged;
    }

    /// <summary>Copies the hash out.</summary>
    public readonly byte[] CopyHash()
    {
        fixed (byte* hash = BlockHash)
        {
            return new ReadOnlySpan<byte>(hash, HashBytes).ToArray();
        }
    }

    private uint ComputeChecksum() =>
        Crc32C.Compute(0, MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentSeal>(ref this))[..ChecksummedBytes]);
}
