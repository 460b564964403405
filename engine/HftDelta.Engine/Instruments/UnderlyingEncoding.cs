using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Instruments;

/// <summary>What of an underlying the state hash covers: all but the head of its list.</summary>
internal readonly struct UnderlyingEncoding : IRecordEncoding<UnderlyingRecord>
{
    public static StateRecordType Type => StateRecordType.Underlying;

    public static bool TryEncode(uint id, in UnderlyingRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.Price);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.PriceTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.SettledPrice);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.NextIntervalTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.NextExpiryTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.ThresholdTicks);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], record.IntervalNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], record.OracleMaxAgeNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[64..], record.RiskTimeoutNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[72..], record.Version);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[80..], record.FrozenSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[88..], record.FrozenTime);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[96..], record.FrozenVersion);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[104..], record.FrozenPrice);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[112..], record.ThresholdPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[116..], record.InitialMarginPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[120..], record.ShortOptionMarginPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[124..], record.ShortOptionMinimumPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[128..], record.InstrumentCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[132..], record.OracleQuorum);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[136..], record.FreshSources);
        buffer[140] = record.Dirty;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[145..], record.PriceMax);
        ((ReadOnlySpan<byte>)record.Symbol).CopyTo(buffer[153..]);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[141..], record.FrozenFirst);
        var rest = buffer[(153 + SymbolText.LengthBytes)..];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, record.RecoveryEnd);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], record.AccruedTime);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[16..], record.BufferPpm);
        rest[20] = (byte)record.Staleness;
        BinaryPrimitives.WriteUInt64LittleEndian(rest[21..], record.NextSampleTime);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[29..], record.FundedCount);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[33..], record.MarginBufferPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[37..], record.DiscountPpm);
        lengthBytes = 194 + SymbolText.LengthBytes;
        return id != 0;
    }
}
