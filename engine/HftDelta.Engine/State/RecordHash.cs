using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HftDelta.Primitives;

namespace HftDelta.Engine.State;

/// <summary>
/// What one record adds to the state hash: a fixed-key AES hash of its type, id, length and bytes. Pure functions.
/// Invariant: <see cref="Compute"/> and <see cref="ComputePortable"/> agree on every input.
/// </summary>
public static class RecordHash
{
    /// <summary>Records that <see cref="ComputeFour"/> takes.</summary>
    internal const int Together = 4;

    /// <summary>Distance of their beginnings: room for the longest and a block behind it.</summary>
    internal const int StrideBytes = IStateRecords.RecordLengthMaxBytes + BlockBytes;

    private const int BlockBytes = 16;

    /// <summary>True when <see cref="Compute"/> uses the processor's AES instructions.</summary>
    public static bool IsHardware => HardwareAesRound.IsSupported;

    /// <param name="type">Kind of the record.</param>
    /// <param name="id">Which one of its kind.</param>
    /// <param name="record">Its canonical bytes, at most <see cref="IStateRecords.RecordLengthMaxBytes"/>.</param>
    public static Hash256 Compute(StateRecordType type, ulong id, ReadOnlySpan<byte> record) => HardwareAesRound.IsSupported
        ? Compute<HardwareAesRound>(type, id, record)
        : Compute<PortableAesRound>(type, id, record);

    /// <summary>The same without AES instructions.</summary>
    public static Hash256 ComputePortable(StateRecordType type, ulong id, ReadOnlySpan<byte> record) =>
        Compute<PortableAesRound>(type, id, record);

    /// <summary>
    /// The same of four records of one kind and length. The rounds of one record wait for each other; those of four fill the
    /// time.
    /// </summary>
    /// <param name="type">Their kind.</param>
    /// <param name="ids">Which ones.</param>
    /// <param name="buffer">They begin at multiples of <see cref="StrideBytes"/>; what lies behind each is overwritten.</param>
    /// <param name="lengthBytes">Of each, at most <see cref="IStateRecords.RecordLengthMaxBytes"/>.</param>
    /// <param name="hashes">Where the results go.</param>
    internal static void ComputeFour(
        StateRecordType type, ReadOnlySpan<uint> ids, Span<byte> buffer, int lengthBytes, Span<Hash256> hashes)
    {
        Check.That(ids.Length == Together);
        Check.That(hashes.Length == Together);
        Check.That(buffer.Length >= Together * StrideBytes);
        Check.That((uint)lengthBytes <= IStateRecords.RecordLengthMaxBytes);
        if (HardwareAesRound.IsSupported)
        {
            ComputeFour<HardwareAesRound>(type, ids, buffer, lengthBytes, hashes);
        }
        else
        {
            ComputeFour<PortableAesRound>(type, ids, buffer, lengthBytes, hashes);
        }
    }

    private static void ComputeFour<TRound>(
        StateRecordType type, ReadOnlySpan<uint> ids, Span<byte> buffer, int lengthBytes, Span<Hash256> hashes)
        where TRound : struct, IAesRound
    {
        var tag = ((ulong)lengthBytes << 8) | (byte)type;
        var lanes0 = new AesLanes<TRound>(Hash256.Zero);
        var lanes1 = lanes0;
        var lanes2 = lanes0;
        var lanes3 = lanes0;
        lanes0.Absorb(Vector128.Create(ids[0], tag));
        lanes1.Absorb(Vector128.Create(ids[1], tag));
        lanes2.Absorb(Vector128.Create(ids[2], tag));
        lanes3.Absorb(Vector128.Create(ids[3], tag));
        for (var place = 0; place < Together; place++)
        {
            // So that the last block is padded as it is when it is hashed alone.
            buffer.Slice((place * StrideBytes) + lengthBytes, BlockBytes).Clear();
        }

        ref var record = ref MemoryMarshal.GetReference(buffer);
        for (var offset = 0; offset < lengthBytes; offset += BlockBytes)
        {
            lanes0.Absorb(Block(ref record, offset));
            lanes1.Absorb(Block(ref record, offset + StrideBytes));
            lanes2.Absorb(Block(ref record, offset + (2 * StrideBytes)));
            lanes3.Absorb(Block(ref record, offset + (3 * StrideBytes)));
        }

        hashes[0] = lanes0.Finish();
        hashes[1] = lanes1.Finish();
        hashes[2] = lanes2.Finish();
        hashes[3] = lanes3.Finish();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Block(ref byte start, int offset) =>
        Vector128.LoadUnsafe(ref start, (nuint)offset).AsUInt64();

    private static Hash256 Compute<TRound>(StateRecordType type, ulong id, ReadOnlySpan<byte> record)
        where TRound : struct, IAesRound
    {
        Check.That(record.Length <= IStateRecords.RecordLengthMaxBytes);
        // Type, id and length are a block of their own, not the start value: as a start value a change of them could be
        // undone by the same change of the first bytes.
        var lanes = new AesLanes<TRound>(Hash256.Zero);
        lanes.Absorb(Vector128.Create(id, ((ulong)record.Length << 8) | (byte)type));
        lanes.Absorb(record);
        return lanes.Finish();
    }
}
