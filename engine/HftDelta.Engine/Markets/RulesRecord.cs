using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Markets;

/// <summary>Trading rules of one instrument; 0 switches a rule off.</summary>
internal struct RulesRecord
{
    public long LotSize;
    public long OrderLotsMax;
    public long PositionLotsMax;

    /// <summary>How long a call lasts; 0: until the operator ends it.</summary>
    public ulong OpeningAuctionNanos;
    public ulong VolatilityAuctionNanos;
    public uint StaticBandPpm;
    public uint DynamicBandPpm;
    public uint BandMinimumTicks;
    public uint AccountOrdersMax;

    /// <summary>Rows of <see cref="Increments"/>; 0: every price is allowed.</summary>
    public uint IncrementCount;

    /// <summary>1: the instrument was given rules, be it none.</summary>
    public byte IsSet;
    public IncrementRows Increments;

    public readonly RuleFlags Flags =>
        (IncrementCount != 0 ? RuleFlags.Increments : 0) |
        (LotSize > 1 ? RuleFlags.LotSize : 0) |
        (OrderLotsMax != 0 ? RuleFlags.OrderLots : 0) |
        (AccountOrdersMax != 0 ? RuleFlags.AccountOrders : 0) |
        (PositionLotsMax != 0 ? RuleFlags.PositionLots : 0) |
        (StaticBandPpm != 0 ? RuleFlags.StaticBand : 0) |
        (DynamicBandPpm != 0 ? RuleFlags.DynamicBand : 0);
}

/// <summary>Prices from this one on are multiples of the increment, up to the next row.</summary>
internal struct IncrementRow
{
    public long FromPrice;
    public long Increment;
}

[InlineArray(Most)]
internal struct IncrementRows
{
    /// <summary>Rows of one instrument at most.</summary>
    public const int Most = 8;

    private IncrementRow _first;
}

/// <summary>All of it is state; none where there are no rules.</summary>
internal readonly struct RulesEncoding : IRecordEncoding<RulesRecord>
{
    private const int FixedBytes = 61;
    private const int RowBytes = 16;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in RulesRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.LotSize);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.OrderLotsMax);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.PositionLotsMax);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.OpeningAuctionNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.VolatilityAuctionNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.StaticBandPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[44..], record.DynamicBandPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[48..], record.BandMinimumTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[52..], record.AccountOrdersMax);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[56..], record.IncrementCount);
        buffer[60] = record.IsSet;
        lengthBytes = FixedBytes;
        for (var row = 0; row < (int)record.IncrementCount; row++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer[lengthBytes..], record.Increments[row].FromPrice);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[(lengthBytes + 8)..], record.Increments[row].Increment);
            lengthBytes += RowBytes;
        }

        return record.IsSet != 0;
    }
}
