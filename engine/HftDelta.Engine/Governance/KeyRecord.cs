using System.Buffers.Binary;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.State;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>Someone who may speak on parameters. The signature of what it says was verified before it was sequenced.</summary>
internal struct KeyRecord
{
    /// <summary>The last number that it has said, refused or not: a signed word is good for one time.</summary>
    public ulong LastSequence;

    /// <summary>Bit n: a module may move parameter n.</summary>
    public UInt128 Parameters;
    public OwnerAddress Address;
    public GovernanceRole Role;

    public readonly bool MayMove(ParameterId kind) =>
        Role == GovernanceRole.Governance || ((Parameters >> (int)kind) & 1) != 0;
}

/// <summary>All of it is state; none where there never was a key.</summary>
internal readonly struct KeyEncoding : IRecordEncoding<KeyRecord>
{
    private const byte Tag = 2;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in KeyRecord record, Span<byte> buffer, out int lengthBytes)
    {
        buffer[0] = Tag;
        buffer[1] = (byte)record.Role;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[2..], record.LastSequence);
        BinaryPrimitives.WriteUInt128LittleEndian(buffer[10..], record.Parameters);
        ((ReadOnlySpan<byte>)record.Address).CopyTo(buffer[26..]);
        lengthBytes = 26 + OwnerAddress.LengthBytes;
        return record.Role != GovernanceRole.None || record.LastSequence != 0;
    }
}
