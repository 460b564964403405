using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Strategies;

/// <summary>What a live order of a strategy has beyond other orders, by the slot of the order.</summary>
internal struct StrategyOrder
{
    /// <summary>The leg prices at which what is open of it is margined.</summary>
    public LegPrices Prices;

    /// <summary>1: the slot holds a strategy's order.</summary>
    public byte IsLive;

    /// <summary>1: it takes from its own book alone, until it comes to rest.</summary>
    public byte IsOwnBookOnly;
}

/// <summary>All of it is state.</summary>
internal readonly struct StrategyOrderEncoding : IRecordEncoding<StrategyOrder>
{
    public static StateRecordType Type => StateRecordType.Order;

    public static bool TryEncode(uint id, in StrategyOrder record, Span<byte> buffer, out int lengthBytes)
    {
        for (var leg = 0; leg < StrategyRecord.LegsMax; leg++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer[(8 * leg)..], record.Prices[leg]);
        }

        buffer[8 * StrategyRecord.LegsMax] = record.IsOwnBookOnly;
        lengthBytes = (8 * StrategyRecord.LegsMax) + 1;
        return record.IsLive != 0;
    }
}
