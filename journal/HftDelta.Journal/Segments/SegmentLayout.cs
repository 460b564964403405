using System.Globalization;
using System.Numerics;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;

namespace HftDelta.Journal.Segments;

/// <summary>
/// How a segment file is laid out. Little-endian:
/// <code>
/// offset           what
///      0           segment header, 128 bytes (SegmentHeader), zeros to 2,048
///  2,048           seal of the segment before, 128 bytes (SegmentSeal), zeros to 4,096
///  4,096           records back to back: envelope (32 bytes), frame, zeros to a multiple of 8
///                  end marker (32 bytes), once the segment is closed
///  to the end      zeros
/// </code>
/// A record never crosses a segment; room for the end marker is always kept. The end marker is an envelope without frame and
/// with source Padding: its sequence is that of the first record of the next segment, its checksum is seeded with that of the
/// last record, and the next record's is not seeded with the marker's. It proves that the segment was closed and not cut.
/// A sequence word of 0 means: not written yet.
/// </summary>
public static class SegmentLayout
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderBytes = 4_096;

    /// <summary>Where the seal of the segment before begins.</summary>
    public const int SealOffsetBytes = 2_048;

    public const int RecordAlignmentBytes = 8;

    public const int EndMarkerBytes = RecordEnvelope.LengthBytes;

    /// <summary>The smallest frame: an SBE message header.</summary>
    public const int FrameLengthMinBytes = 8;

    /// <summary>Bytes that one link of the block hash chain covers.</summary>
    public const int BlockBytes = 1 << 20;

    public const long SegmentBytesMin = 1L << 20;
    public const long SegmentBytesMax = 1L << 30;
    public const long SegmentBytesDefault = 64L << 20;

    private const string Prefix = "journal-";
    private const string Suffix = ".seg";
    private const int IndexDigits = 10;

    /// <summary>Bytes of a record whose frame has this many, with its padding.</summary>
    public static int RecordBytes(int frameLengthBytes) =>
        (RecordEnvelope.LengthBytes + frameLengthBytes + RecordAlignmentBytes - 1) & -RecordAlignmentBytes;

    public static bool IsValidSegmentBytes(long segmentBytes) =>
        segmentBytes is >= SegmentBytesMin and <= SegmentBytesMax && BitOperations.IsPow2(segmentBytes);

    /// <summary>Such as <c>journal-0000000042.seg</c>.</summary>
    public static string NameOf(int segmentIndex)
    {
        Check.That(segmentIndex >= 0);
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{segmentIndex:D10}{Suffix}");
    }

    /// <summary>Whether a file claims to be a segment, rightly or not.</summary>
    public static bool LooksLikeSegment(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);
    }

    public static bool TryParseName(string name, out int segmentIndex)
    {
        ArgumentNullException.ThrowIfNull(name);
        segmentIndex = -1;
        return name.Length == Prefix.Length + IndexDigits + Suffix.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && int.TryParse(
                name.AsSpan(Prefix.Length, IndexDigits), NumberStyles.None, CultureInfo.InvariantCulture, out segmentIndex);
    }
}
