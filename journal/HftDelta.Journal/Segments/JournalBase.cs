using System.Globalization;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Segments;

/// <summary>
/// Where a journal begins whose first segments were archived and taken away, in <c>journal-base-0000000042.dat</c>: without it
/// the missing segments would be a loss. Written before they go. What it says must agree with the header and the seal of the
/// first segment that is kept. Little-endian, 128 bytes:
/// <code>
/// offset size field
///      0    8 magic           "HDJBASE1"
///      8   16 journalId
///     24    8 segmentIndex    the first that is kept
///     32    8 firstSequence   of its first record
///     40    4 checksumSeed    checksum of the last record before
///     48    8 blockCount      blocks of the hash chain before
///     56   32 blockHash       the chain before
///    124    4 checksum        CRC32C of bytes 0..123
/// </code>
/// </summary>
internal sealed unsafe record JournalBase(
    Guid JournalId, int SegmentIndex, CommandSequence First, uint Seed, long BlockCount, byte[] BlockHash)
{
    private const int LengthBytes = 128;
    private const int ChecksumOffsetBytes = 124;
    private const ulong MagicValue = 0x3145_5341_424A_4448;
    private const string Prefix = "journal-base-";
    private const string Suffix = ".dat";

    public static string NameOf(int segmentIndex) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{segmentIndex:D10}{Suffix}");

    public static bool TryParseName(string name, out int segmentIndex)
    {
        segmentIndex = -1;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && int.TryParse(
                name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out segmentIndex);
    }

    /// <returns>The latest that is whole; null when the journal begins with its first segment.</returns>
    public static JournalBase? Read(MappedStorage storage)
    {
        JournalBase? found = null;
        foreach (var name in storage.List())
        {
            if (!TryParseName(name, out _) || storage.LengthBytesOf(name) < LengthBytes)
            {
                continue;
            }

            using var file = storage.OpenFile(name, writable: false);
            if (Parse(file) is { } read && (found is null || read.SegmentIndex > found.SegmentIndex))
            {
                found = read;
            }
        }

        return found;
    }

    /// <summary>The base that a kept segment gives, by its own header and seal; null when it has none that are whole.</summary>
    public static JournalBase? Of(MappedStorage storage, int segmentIndex)
    {
        using var file = storage.OpenFile(SegmentLayout.NameOf(segmentIndex), writable: false);
        if (SegmentHeader.Read(file.Pointer, out var header) != PageState.Valid
            || SegmentSeal.Read(file.Pointer, out var seal) != PageState.Valid
            || seal.SealedSegmentIndex != segmentIndex - 1)
        {
            return null;
        }

        var first = new CommandSequence(header.FirstSequence);
        return new JournalBase(header.JournalId, segmentIndex, first, header.ChecksumSeed, seal.BlockCount, seal.CopyHash());
    }

    /// <summary>On the device when it returns.</summary>
    public void Write(MappedStorage storage)
    {
        var name = NameOf(SegmentIndex);
        if (storage.Exists(name))
        {
            storage.Delete(name);
        }

        using var file = storage.CreateFile(name, LengthBytes);
        var bytes = file.Span(0, LengthBytes);
        MemoryMarshal.Write(bytes, MagicValue);
        Check.That(JournalId.TryWriteBytes(bytes[8..]));
        MemoryMarshal.Write(bytes[24..], (long)SegmentIndex);
        MemoryMarshal.Write(bytes[32..], First.Value);
        MemoryMarshal.Write(bytes[40..], Seed);
        MemoryMarshal.Write(bytes[48..], BlockCount);
        BlockHash.CopyTo(bytes[56..]);
        MemoryMarshal.Write(bytes[ChecksumOffsetBytes..], Crc32C.Compute(0, bytes[..ChecksumOffsetBytes]));
        file.SyncRange(0, LengthBytes);
        storage.SyncDirectory();
    }

    private static JournalBase? Parse(StorageFile file)
    {
        var bytes = file.Span(0, LengthBytes);
        return MemoryMarshal.Read<ulong>(bytes) == MagicValue
            && MemoryMarshal.Read<uint>(bytes[ChecksumOffsetBytes..]) == Crc32C.Compute(0, bytes[..ChecksumOffsetBytes])
            ? new JournalBase(
                new Guid(bytes.Slice(8, 16)),
                (int)MemoryMarshal.Read<long>(bytes[24..]),
                new CommandSequence(MemoryMarshal.Read<long>(bytes[32..])),
                MemoryMarshal.Read<uint>(bytes[40..]),
                MemoryMarshal.Read<long>(bytes[48..]),
                bytes.Slice(56, SegmentSeal.HashBytes).ToArray())
            : null;
    }
}
