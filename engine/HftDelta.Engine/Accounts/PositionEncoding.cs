using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Accounts;

/// <summary>What of a position the state hash covers: all but its links and its part of the account's sums.</summary>
internal readonly struct PositionEncoding : IRecordEncoding<PositionRecord>
{
    public static StateRecordType Type => StateRecordType.Position;

    public static bool TryEncode(uint id, in PositionRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.IndexLast);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[16..], record.OpenBuyAtoms);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[32..], record.OpenSellAtoms);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.Quantity);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], record.OpenBuyLots);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], record.OpenSellLots);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[72..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[76..], record.Instrument);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[80..], record.FeeIndexLast);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[96..], record.FundingIndexLast);
        lengthBytes = 112;
        return record.Account != 0;
    }
}
