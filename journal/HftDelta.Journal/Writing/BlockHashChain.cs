using System.Security.Cryptography;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;

namespace HftDelta.Journal.Writing;

/// <summary>
/// The cryptographic thread through a journal: <c>hash(k) = SHA-256(hash(k-1) || bytes of block k)</c>, <c>hash(-1)</c> is 32
/// zeros. A block is one MiB of a segment file as it stands when the segment is closed; the first block of each segment
/// leaves out the header page, because headers differ between copies of the same input (times, seals). Two journals of the
/// same records and segment length therefore have the same hashes. Owner: the preparer, or a verifier for itself.
/// </summary>
internal sealed unsafe class BlockHashChain : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _hash = new byte[SegmentSeal.HashBytes];
    private readonly long _segmentBytes;

    public BlockHashChain(long segmentBytes)
    {
        Check.That(segmentBytes % SegmentLayout.BlockBytes == 0);
        _segmentBytes = segmentBytes;
    }

    /// <summary>The segment of the next block.</summary>
    public int SegmentIndex { get; private set; }

    /// <summary>The next block within its segment.</summary>
    public int BlockIndex { get; private set; }

    /// <summary>Blocks hashed since the journal began.</summary>
    public long BlockCount { get; private set; }

    /// <summary>The last link.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    public int BlocksPerSegment => (int)(_segmentBytes / SegmentLayout.BlockBytes);

    /// <summary>End of the next block within its segment.</summary>
    public long NextBlockEndBytes => (BlockIndex + 1L) * SegmentLayout.BlockBytes;

    /// <summary>Continues at the beginning of a segment.</summary>
    public void StartAt(int segmentIndex, long blockCount, ReadOnlySpan<byte> hash)
    {
        Check.That(hash.Length == SegmentSeal.HashBytes);
        SegmentIndex = segmentIndex;
        BlockIndex = 0;
        BlockCount = blockCount;
        hash.CopyTo(_hash);
    }

    /// <summary>Adds the next block of the segment, which nobody writes any more.</summary>
    /// <returns>Whether it was the segment's last; the chain then stands at the next segment.</returns>
    public bool AddBlock(byte* segment)
    {
        var from = Math.Max((long)BlockIndex * SegmentLayout.BlockBytes, SegmentLayout.HeaderBytes);
        var lengthBytes = (int)(NextBlockEndBytes - from);
        Check.That(from + lengthBytes <= _segmentBytes);
        _sha256.AppendData(_hash);
        _sha256.AppendData(new ReadOnlySpan<byte>(segment + from, lengthBytes));
        Check.That(_sha256.GetHashAndReset(_hash) == SegmentSeal.HashBytes);
        BlockCount++;
        BlockIndex++;
        if (BlockIndex < BlocksPerSegment)
        {
            return false;
        }

        BlockIndex = 0;
        SegmentIndex++;
        return true;
    }

    public void Dispose() => _sha256.Dispose();
}
