using HftDelta.Engine.State;

namespace HftDelta.Engine.Risk;

/// <summary>
/// That an instrument has a mark, a delta and a scenario vector installed, and what they hash to: the state hash covers them
/// by this, and they themselves are on the installed side of <see cref="RiskResults"/>.
/// </summary>
internal struct VectorRecord
{
    public Hash256 Digest;

    /// <summary>1: there is one.</summary>
    public byte IsInstalled;
}

internal readonly struct VectorEncoding : IRecordEncoding<VectorRecord>
{
    public static StateRecordType Type => StateRecordType.RiskInputs;

    public static bool TryEncode(uint id, in VectorRecord record, Span<byte> buffer, out int lengthBytes)
    {
        record.Digest.WriteTo(buffer);
        lengthBytes = Hash256.LengthBytes;
        return record.IsInstalled != 0;
    }
}
