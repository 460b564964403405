using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Fees;

/// <summary>
/// What one lot, long or short, has been charged for settlement and funding since the instrument was listed, for each tier, in
/// sub-atoms: it only rises. An account is charged lots x its rise since the account was last applied.
/// </summary>
[InlineArray(FeeTiers.Most)]
internal struct FeeIndexRecord
{
    private Int128 _first;
}

/// <summary>All of it is state; none where nothing was charged.</summary>
internal readonly struct FeeIndexEncoding : IRecordEncoding<FeeIndexRecord>
{
    private const int IndexBytes = 16;

    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in FeeIndexRecord record, Span<byte> buffer, out int lengthBytes)
    {
        lengthBytes = 0;
        var isCharged = false;
        foreach (ref readonly var index in (ReadOnlySpan<Int128>)record)
        {
            BinaryPrimitives.WriteInt128LittleEndian(buffer[lengthBytes..], index);
            lengthBytes += IndexBytes;
            isCharged |= index != 0;
        }

        return isCharged;
    }
}
