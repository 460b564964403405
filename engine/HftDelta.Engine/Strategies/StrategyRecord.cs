using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Strategies;

/// <summary>What a strategy is made of; it never changes. Its instrument's record has the rest.</summary>
internal struct StrategyRecord
{
    /// <summary>Legs of one strategy at most.</summary>
    public const int LegsMax = 4;

    public LegIds Legs;
    public LegRatios Ratios;

    /// <summary>0: no strategy.</summary>
    public int LegCount;

    /// <summary>The first leg with ratio 1 or -1: what the others leave of a price falls to it.</summary>
    public int UnitLeg;
}

/// <summary>Instruments of the legs, in the order of their listing.</summary>
[InlineArray(StrategyRecord.LegsMax)]
internal struct LegIds
{
    private uint _first;
}

/// <summary>Lots of each leg bought per lot of the strategy bought; negative: sold.</summary>
[InlineArray(StrategyRecord.LegsMax)]
internal struct LegRatios
{
    private int _first;
}

/// <summary>A price for each leg, in ticks.</summary>
[InlineArray(StrategyRecord.LegsMax)]
internal struct LegPrices
{
    private long _first;
}

/// <summary>All of it is state.</summary>
internal readonly struct StrategyEncoding : IRecordEncoding<StrategyRecord>
{
    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in StrategyRecord record, Span<byte> buffer, out int lengthBytes)
    {
        for (var leg = 0; leg < StrategyRecord.LegsMax; leg++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[(8 * leg)..], record.Legs[leg]);
            BinaryPrimitives.WriteInt32LittleEndian(buffer[((8 * leg) + 4)..], record.Ratios[leg]);
        }

        buffer[8 * StrategyRecord.LegsMax] = (byte)record.LegCount;
        lengthBytes = (8 * StrategyRecord.LegsMax) + 1;
        return record.LegCount != 0;
    }
}
