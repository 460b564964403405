using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>What moves in the market of one instrument: its end time, its band, its auction.</summary>
internal struct MarketRecord
{
    /// <summary>When the present state ends by itself; 0: when the operator says.</summary>
    public ulong EndTime;

    /// <summary>Middle of the dynamic band: the last trade of this phase before the present sweep; 0: the mark.</summary>
    public long BandMiddle;

    /// <summary>The search for the price of an uncross.</summary>
    public AuctionScan Scan;

    /// <summary>Price of the uncross under way; 0: it is not found yet.</summary>
    public long UncrossPrice;
    public long UncrossVolume;

    /// <summary>Demand less supply within its price before its first trade.</summary>
    public long UncrossImbalance;

    /// <summary>As last published in this phase; price 0: nothing crosses.</summary>
    public long IndicatedPrice;
    public long IndicatedVolume;

    /// <summary>Demand less supply within the price.</summary>
    public long IndicatedImbalance;

    /// <summary>The state that it changes to when the work under way in it is done; 0: none.</summary>
    public InstrumentState WantedState;

    /// <summary>1: the search for its indication waits as pending work.</summary>
    public byte IsIndicating;
}

/// <summary>
/// All of it is state, a second record of its instrument: the length of the form keeps the two apart in the hash. None where
/// nothing has moved yet.
/// </summary>
internal readonly struct MarketEncoding : IRecordEncoding<MarketRecord>
{
    private const int SideBytes = 25;

    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in MarketRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.EndTime);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.BandMiddle);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.UncrossPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.UncrossVolume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.IndicatedPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.IndicatedVolume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.IndicatedImbalance);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], record.Scan.Volume);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], record.UncrossImbalance);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[72..], record.Scan.Order);
        buffer[76] = record.Scan.IsRunning;
        buffer[77] = (byte)record.WantedState;
        buffer[78] = record.IsIndicating;
        Encode(record.Scan.Buy, buffer[79..]);
        Encode(record.Scan.Sell, buffer[(79 + SideBytes)..]);
        lengthBytes = 79 + (2 * SideBytes);
        return buffer[..lengthBytes].ContainsAnyExcept((byte)0);
    }

    private static void Encode(in ScannedSide side, Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, side.Price);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], side.Lots);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], side.LastPrice);
        buffer[24] = side.IsLoaded;
    }
}
