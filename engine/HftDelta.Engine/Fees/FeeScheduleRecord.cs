using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HftDelta.Engine.State;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Fees;

/// <summary>What one kind of instrument costs, for each tier of accounts.</summary>
internal struct FeeScheduleRecord
{
    /// <summary>No fee is a larger part of its basis: a tenth.</summary>
    public const int FeeMaxPpm = 100_000;

    private const int Million = 1_000_000;

    public FeeTiers Tiers;

    /// <summary>Tiers that it has; 0: there is no such schedule. Higher tiers pay what the last one pays.</summary>
    public uint TierCount;

    /// <summary>The basis is at most this multiple of the traded value; 0: no such bound.</summary>
    public uint TradedMultiple;

    public FeeBasis Basis;

    /// <summary>1: another record has taken its place, and instruments are still to be moved there.</summary>
    public byte IsLeaving;

    /// <summary>Whoever trades with whom, the venue never pays for it.</summary>
    public readonly bool IsValid
    {
        get
        {
            if (Basis is not (FeeBasis.TradedValue or FeeBasis.UnderlyingValue) ||
                (Basis == FeeBasis.TradedValue && TradedMultiple != 0))
            {
                return false;
            }

            int leastMaker = FeeMaxPpm, leastTaker = FeeMaxPpm;
            for (var tier = 0; tier < (int)TierCount; tier++)
            {
                ref readonly var rates = ref Tiers[tier];
                if (rates.MakerPpm is < -FeeMaxPpm or > FeeMaxPpm || rates.TakerPpm is < -FeeMaxPpm or > FeeMaxPpm ||
                    rates.AuctionPpm > FeeMaxPpm || rates.SettlementPpm > FeeMaxPpm || rates.FundingPpm > FeeMaxPpm ||
                    (long)TradedMultiple * rates.WorstPpm > Million)
                {
                    return false;
                }

                leastMaker = rates.MakerPpm < leastMaker ? rates.MakerPpm : leastMaker;
                leastTaker = rates.TakerPpm < leastTaker ? rates.TakerPpm : leastTaker;
            }

            return leastMaker + leastTaker >= 0;
        }
    }

    /// <summary>The rates of an account's tier.</summary>
    [UnscopedRef]
    public readonly ref readonly FeeTier Of(uint tier) => ref Tiers[(int)(tier < TierCount ? tier : TierCount - 1)];
}

/// <summary>Rates in parts per million of the basis.</summary>
internal struct FeeTier
{
    /// <summary>Negative: a rebate.</summary>
    public int MakerPpm;
    public int TakerPpm;

    /// <summary>Both sides of an uncross.</summary>
    public uint AuctionPpm;

    /// <summary>Of what the delta index moves.</summary>
    public uint SettlementPpm;

    /// <summary>Of what the funding index moves.</summary>
    public uint FundingPpm;

    /// <summary>The most that a trade can cost; never below 0.</summary>
    public readonly long WorstPpm
    {
        get
        {
            long worst = AuctionPpm;
            worst = MakerPpm > worst ? MakerPpm : worst;
            return TakerPpm > worst ? TakerPpm : worst;
        }
    }
}

[InlineArray(Most)]
internal struct FeeTiers
{
    /// <summary>Tiers of one schedule at most.</summary>
    public const int Most = 8;

    private FeeTier _first;
}

/// <summary>All of it is state; none where there is no schedule.</summary>
internal readonly struct FeeScheduleEncoding : IRecordEncoding<FeeScheduleRecord>
{
    private const int FixedBytes = 10;
    private const int TierBytes = 20;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in FeeScheduleRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, record.TierCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.TradedMultiple);
        buffer[8] = (byte)record.Basis;
        buffer[9] = record.IsLeaving;
        lengthBytes = FixedBytes;
        for (var tier = 0; tier < (int)record.TierCount; tier++)
        {
            ref readonly var rates = ref record.Tiers[tier];
            BinaryPrimitives.WriteInt32LittleEndian(buffer[lengthBytes..], rates.MakerPpm);
            BinaryPrimitives.WriteInt32LittleEndian(buffer[(lengthBytes + 4)..], rates.TakerPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[(lengthBytes + 8)..], rates.AuctionPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[(lengthBytes + 12)..], rates.SettlementPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[(lengthBytes + 16)..], rates.FundingPpm);
            lengthBytes += TierBytes;
        }

        return record.TierCount != 0;
    }
}
