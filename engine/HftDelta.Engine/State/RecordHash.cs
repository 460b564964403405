using System.Runtime.Intrinsics;
using HftDelta.Primitives;

namespace HftDelta.Engine.State;

/// <summary>
/// What one record adds to the state hash: a fixed-key AES hash of its type, id, length and bytes. Pure functions.
/// Invariant: <see cref="Compute"/> and <see cref="ComputePortable"/> agree on every input.
/// </summary>
public static class RecordHash
{
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
