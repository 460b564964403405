using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Volatilities;

/// <summary>
/// The volatilities of one expiry on two sides: a change while a computation is outstanding goes to the side that it does not
/// read, so that nothing is copied when inputs are frozen.
/// </summary>
internal struct SliceRecord
{
    public SliceTerms Zero;
    public SliceTerms One;

    /// <summary>The command at which its expiry was done with it; 0: it is in use, or never was.</summary>
    public long FreedSequence;

    /// <summary>The computation that was outstanding when it last changed sides; 0: none.</summary>
    public long ChangedDuring;

    public uint Underlying;

    /// <summary>The side that holds from now on.</summary>
    public byte Side;

    public readonly bool IsUsed => Underlying != 0 && FreedSequence == 0;

    [UnscopedRef]
    public readonly VolatilitySlice View(byte side) => side == 0 ? Zero.View() : One.View();

    [UnscopedRef]
    public readonly VolatilitySlice View() => View(Side);
}

/// <summary>All of it is state: the side that holds no more is still read by an outstanding computation.</summary>
internal readonly struct SliceEncoding : IRecordEncoding<SliceRecord>
{
    public static StateRecordType Type => StateRecordType.Underlying;

    public static bool TryEncode(uint id, in SliceRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.FreedSequence);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.ChangedDuring);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], record.Underlying);
        buffer[20] = record.Side;
        record.Zero.WriteTo(buffer[21..]);
        record.One.WriteTo(buffer[(21 + SliceTerms.LengthBytes)..]);
        lengthBytes = 21 + (2 * SliceTerms.LengthBytes);
        return record.Underlying != 0;
    }
}
