using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Primitives.Integrity;

namespace HftDelta.Primitives.Records;

/// <summary>
/// The checksum that links records. The seed enters as the CRC of everything before: a record's checksum is
/// <c>Crc32C(Crc32C(previousChecksum, envelope bytes 0..27), frame)</c>, so it equals the plain CRC32C of the heads (28 bytes
/// each) and frames of all records from the first, and no record can be moved, dropped or exchanged unseen. The first record
/// is seeded with <see cref="Genesis"/>. The sequencer computes it once; ring, journal and replication carry the same bytes.
/// </summary>
public static class RecordChecksum
{
    /// <summary>The seed of the first record of a journal.</summary>
    public const uint Genesis = 0;

    /// <param name="previousChecksum">Checksum of the record before, <see cref="Genesis"/> for the first.</param>
    /// <param name="envelope">Its checksum field is not read.</param>
    /// <param name="frame">The frame's bytes, as many as the envelope's length says.</param>
    public static uint Compute(uint previousChecksum, in RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        // The envelope is 32 bytes and blittable: its first 28 are inside it.
        ref var head = ref Unsafe.As<RecordEnvelope, byte>(ref Unsafe.AsRef(in envelope));
        var afterHead = Crc32C.Compute(
            previousChecksum, MemoryMarshal.CreateReadOnlySpan(ref head, RecordEnvelope.ChecksummedBytes));
        return Crc32C.Compute(afterHead, frame);
    }
}
