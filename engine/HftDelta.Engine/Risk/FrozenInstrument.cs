using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire;
using PowerDegree = HftDelta.Engine.Greeks.PowerDegree;

namespace HftDelta.Engine.Risk;

/// <summary>
/// What one instrument's mark, delta and scenario vector depend on, beside the time of its underlying and the volatilities of its
/// expiry.
/// </summary>
internal struct FrozenInstrument
{
    /// <summary>The command at which it was frozen; 0 is never.</summary>
    public long Sequence;
    public long Strike;

    /// <summary>S of its expiry.</summary>
    public long Price;
    public ulong ExpiryTime;
    public ulong VolatilityQ48;
    public long AtomsPerUnderlyingTick;

    /// <summary>The next instrument that was frozen with it, 0 at the end.</summary>
    public uint Next;
    public OptionKind OptionKind;
    public InstrumentKind Kind;

    /// <summary>T of a perpetual kind.</summary>
    public ulong FundingPeriodNanos;
    public ulong PowerScale;
    public ushort PowerScaleBits;
    public PowerDegree Degree;

    /// <summary>Which of the two sides of <see cref="Slice"/>.</summary>
    public byte SliceSide;

    /// <summary>Where an option of this expiry has its volatility from; 0: it has its own.</summary>
    public uint Slice;
}

/// <summary>All of the frozen inputs is state.</summary>
internal readonly struct FrozenEncoding : IRecordEncoding<FrozenInstrument>
{
    public static StateRecordType Type => StateRecordType.RiskInputs;

    public static bool TryEncode(uint id, in FrozenInstrument record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.Strike);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.ExpiryTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.VolatilityQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.AtomsPerUnderlyingTick);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.Next);
        buffer[44] = (byte)record.OptionKind;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[45..], record.Price);
        buffer[53] = (byte)record.Kind;
        buffer[54] = (byte)record.Degree;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[55..], record.PowerScaleBits);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[57..], record.FundingPeriodNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[65..], record.PowerScale);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[73..], record.Slice);
        buffer[77] = record.SliceSide;
        lengthBytes = 78;
        return record.Sequence != 0;
    }
}
