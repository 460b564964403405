using System.Buffers.Binary;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.State;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>What the holder of a key wants; a number once it waits for its activation.</summary>
internal struct ProposalRecord
{
    /// <summary>Counted from 1; 0: none stands here.</summary>
    public uint Number;
    public uint KeyId;
    public ulong Sequence;
    public uint Scope;
    public uint Row;

    /// <summary>The key that is set, or the proposal that is cancelled.</summary>
    public uint Subject;
    public ParameterId Kind;
    public GovernanceActionKind Action;
    public GovernanceRole Role;
    public long Value;
    public Envelope Envelope;

    /// <summary>Not before; of a proposal that waits always a time.</summary>
    public ulong ActivationTime;

    /// <summary>Not before this command.</summary>
    public ulong ActivationSequence;
    public UInt128 Parameters;
    public OwnerAddress Address;

    public readonly ParameterKey Parameter => new(Kind, Scope, Row);
}

/// <summary>All of it is state.</summary>
internal readonly struct ProposalEncoding : IRecordEncoding<ProposalRecord>
{
    private const byte Tag = 4;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in ProposalRecord record, Span<byte> buffer, out int lengthBytes)
    {
        buffer[0] = Tag;
        buffer[1] = (byte)record.Action;
        buffer[2] = (byte)record.Role;
        buffer[3] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[8..], record.KeyId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[12..], record.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], record.Scope);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], record.Row);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], record.Subject);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], (uint)record.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[36..], record.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[44..], record.ActivationTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[52..], record.ActivationSequence);
        BinaryPrimitives.WriteUInt128LittleEndian(buffer[60..], record.Parameters);
        EnvelopeBytes.Write(buffer[76..], record.Envelope);
        ((ReadOnlySpan<byte>)record.Address).CopyTo(buffer[(76 + EnvelopeBytes.LengthBytes)..]);
        lengthBytes = 76 + EnvelopeBytes.LengthBytes + OwnerAddress.LengthBytes;
        return record.Number != 0;
    }
}
