using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire;

namespace HftDelta.Engine.Instruments;

/// <summary>What of an instrument the state hash covers: all but lists, margins and bounds, which follow from it.</summary>
internal readonly struct InstrumentEncoding : IRecordEncoding<InstrumentRecord>
{
    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in InstrumentRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.Index);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[16..], record.WeightedIndexSum);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[32..], record.Mark);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.Strike);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], record.ExpiryTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], record.AtomsPerTick);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[72..], record.AtomsPerUnderlyingTick);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[80..], record.VolatilityQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[88..], record.SettlementPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[96..], record.Delta);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[104..], record.OpenInterest);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[112..], record.Underlying);
        buffer[116] = (byte)record.Kind;
        buffer[117] = (byte)record.OptionKind;
        buffer[118] = (byte)record.State;
        buffer[119] = record.Busy;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[120..], record.LastTradePrice);
        buffer[128] = (byte)record.Rules;
        buffer[129] = record.HasTradedInPhase;
        buffer[130] = record.FeeSchedule;
        buffer[131] = record.HasFeeIndex;
        BinaryPrimitives.WriteInt128LittleEndian(buffer[132..], record.TrueUpBase);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[148..], record.FundingPeriodNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[156..], record.PowerScale);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[164..], record.TrueUpEvery);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[168..], record.TrueUpIn);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[172..], record.PowerScaleBits);
        buffer[174] = (byte)record.Degree;
        buffer[175] = record.IsFunded;
        buffer[176] = record.IsPhysical;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[177..], record.DeliveryNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[185..], record.DeliveryPenaltyPpm);
        ((ReadOnlySpan<byte>)record.Symbol).CopyTo(buffer[189..]);
        lengthBytes = 189 + SymbolText.LengthBytes;
        return id != 0 && record.State != default(InstrumentState);
    }
}
