using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>How far the search for the price of an uncross has come.</summary>
internal enum ScanPhase : byte
{
    /// <summary>Not begun, or the book changed since.</summary>
    Stale = 0,
    Running = 1,
    Found = 2,
}

/// <summary>What moves in the market of one instrument: its end time, its band, its auction.</summary>
internal struct MarketRecord
{
    /// <summary>When the present state ends by itself; 0: when the operator says.</summary>
    public ulong EndTime;

    /// <summary>Middle of the dynamic band while it is not the mark: the last trade of this phase; 0 before the first.</summary>
    public long BandMiddle;

    /// <summary>The search for the price: levels whose lots are being matched, best first, and what is left of them.</summary>
    public long ScanBuyPrice;
    public long ScanSellPrice;
    public long ScanBuyLeft;
    public long ScanSellLeft;
    public long ScanVolume;

    /// <summary>The uncross under way: its price, and what it has traded.</summary>
    public long UncrossPrice;
    public long UncrossVolume;

    /// <summary>As last published in this call; volume 0 and price 0: nothing crosses.</summary>
    public long IndicatedPrice;
    public long IndicatedVolume;

    /// <summary>Demand less supply within the price.</summary>
    public long IndicatedImbalance;

    /// <summary>The state that it is to change to when the work under way in it is done; 0: none.</summary>
    public InstrumentState WantedState;
    public ScanPhase Scan;

    /// <summary>1: a search for the indication waits as pending work.</summary>
    public byte IsIndicating;
}

/// <summary>
/// All of it is state, a second record of its instrument: the length of the form keeps the two apart in the hash.
/// </summary>
internal readonly struct MarketEncoding : IRecordEncoding<MarketRecord>
{
    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in MarketRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.EndTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.BandMiddle);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.ScanBuyPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.ScanSellPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.ScanBuyLeft);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.ScanSellLeft);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.ScanVolume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], record.UncrossPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], record.UncrossVolume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[72..], record.IndicatedPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[80..], record.IndicatedVolume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[88..], record.IndicatedImbalance);
        buffer[96] = (byte)record.WantedState;
        buffer[97] = (byte)record.Scan;
        buffer[98] = record.IsIndicating;
        lengthBytes = 99;
        return id != 0;
    }
}
