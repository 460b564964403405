using System.Buffers.Binary;
using HftDelta.Primitives.Integrity;

namespace HftDelta.Journal.Snapshots;

/// <summary>
/// Before each chunk of a snapshot's content stand 16 bytes: magic, the chunk's number from 0, its length, and the CRC32C of
/// these twelve bytes and the content, seeded with that of the chunk before. A chunk that is damaged, missing, or in another's
/// place breaks the chain, whose end is in the file's header. Pure.
/// </summary>
internal static class SnapshotChunk
{
    public const int HeaderBytes = 16;

    private const uint Magic = 0x4B4E_4843;
    private const int ChecksumOffset = 12;

    /// <summary>Writes the head of the chunk whose content follows it.</summary>
    /// <returns>The checksum behind it.</returns>
    public static uint Write(Span<byte> head, int number, ReadOnlySpan<byte> content, uint seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], number);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], content.Length);
        var checksum = Checksum(head, content, seed);
        BinaryPrimitives.WriteUInt32LittleEndian(head[ChecksumOffset..], checksum);
        return checksum;
    }

    /// <summary>Whether it is the chunk that belongs here, whole.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> head, int number, ReadOnlySpan<byte> content, uint seed, out uint checksum)
    {
        checksum = Checksum(head, content, seed);
        return BinaryPrimitives.ReadUInt32LittleEndian(head) == Magic
            && BinaryPrimitives.ReadInt32LittleEndian(head[4..]) == number
            && BinaryPrimitives.ReadInt32LittleEndian(head[8..]) == content.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumOffset..]) == checksum;
    }

    private static uint Checksum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content, uint seed) =>
        Crc32C.Compute(Crc32C.Compute(seed, head[..ChecksumOffset]), content);
}
