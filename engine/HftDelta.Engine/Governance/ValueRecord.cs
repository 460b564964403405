using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>How far a parameter may be moved, and how fast.</summary>
internal struct Envelope
{
    public long Minimum;
    public long Maximum;

    /// <summary>The largest change at once; 0: no such rule.</summary>
    public long StepMax;

    /// <summary>Between two changes.</summary>
    public ulong CooldownNanos;

    /// <summary>What governance waits between its word and the change; 0: as long as the venue says.</summary>
    public ulong TimeLockNanos;
}

/// <summary>
/// What is remembered of a parameter beside its value, which stands where it is used. Of scope 0 where its parameter belongs to
/// something: the envelope of all that have none of their own.
/// </summary>
internal struct ValueRecord
{
    public Envelope Envelope;

    /// <summary>When it last changed by a proposal; 0: never.</summary>
    public ulong LastChangeTime;
    public uint Scope;
    public uint Row;
    public ParameterId Kind;
    public byte HasEnvelope;
}

/// <summary>All of it is state.</summary>
internal readonly struct ValueEncoding : IRecordEncoding<ValueRecord>
{
    private const byte Tag = 3;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in ValueRecord record, Span<byte> buffer, out int lengthBytes)
    {
        buffer[0] = Tag;
        buffer[1] = record.HasEnvelope;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[2..], (ushort)record.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.Scope);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[8..], record.Row);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[12..], record.LastChangeTime);
        EnvelopeBytes.Write(buffer[20..], record.Envelope);
        lengthBytes = 20 + EnvelopeBytes.LengthBytes;
        return record.Kind != 0;
    }
}

/// <summary>An envelope as the state hash covers it.</summary>
internal static class EnvelopeBytes
{
    public const int LengthBytes = 40;

    public static void Write(Span<byte> buffer, in Envelope envelope)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, envelope.Minimum);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], envelope.Maximum);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], envelope.StepMax);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], envelope.CooldownNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], envelope.TimeLockNanos);
    }
}
