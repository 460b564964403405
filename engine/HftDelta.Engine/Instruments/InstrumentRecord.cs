using System.Runtime.CompilerServices;
using HftDelta.Engine.Markets;
using HftDelta.Wire;
using OptionKind = HftDelta.Wire.OptionKind;
using PowerDegree = HftDelta.Engine.Greeks.PowerDegree;

namespace HftDelta.Engine.Instruments;

/// <summary>
/// One listed instrument. The delta index and its neighbours are in sub-atoms per lot (2^-32 atom): a tick adds
/// delta x move in ticks x <see cref="AtomsPerUnderlyingTick"/>, which is exact because delta is in 2^-32.
/// </summary>
internal struct InstrumentRecord
{
    /// <summary>D: what one lot has been paid by delta settlement since listing (plus D0).</summary>
    public Int128 Index;

    /// <summary>Sum over accounts of position x the index that was last applied to it.</summary>
    public Int128 WeightedIndexSum;

    /// <summary>Fair value of one lot.</summary>
    public Int128 Mark;

    /// <summary>Margin requirement of one lot held long (short), in sub-atoms; follows from the fields below.</summary>
    public Int128 LongRequirement;
    public Int128 ShortRequirement;

    /// <summary>Mark less index at listing: a true-up makes the index the mark less this again.</summary>
    public Int128 TrueUpBase;

    public long Strike;

    /// <summary>0: it has none. A perpetual kind has one from the announcement of its delisting on.</summary>
    public ulong ExpiryTime;
    public long AtomsPerTick;
    public long AtomsPerUnderlyingTick;
    public ulong VolatilityQ48;

    /// <summary>
    /// S*: the price up to which <see cref="Index"/> has been settled, in ticks of the underlying: its price, or for a dated
    /// instrument the forward of its expiry.
    /// </summary>
    public long SettlementPrice;

    /// <summary>The delta that the next move will be settled with, in 2^-32.</summary>
    public long Delta;

    /// <summary>Sum of all long positions; the shorts are its negative.</summary>
    public long OpenInterest;

    /// <summary>What one account may hold, long or short, so that its worth can be told; it follows from the terms.</summary>
    public long LotsMax;

    /// <summary>Price of the last trade; 0 before the first.</summary>
    public long LastTradePrice;

    public uint Underlying;

    /// <summary>T of a perpetual kind: what it pays accrues over so long; 0: no funding.</summary>
    public ulong FundingPeriodNanos;

    /// <summary>From expiry to the deadline of delivery.</summary>
    public ulong DeliveryNanos;

    /// <summary>Of what is not delivered by then, in millionths of its value at the expiry's price.</summary>
    public uint DeliveryPenaltyPpm;

    /// <summary>Of a power perpetual: 1 of S^p is worth this / 2^<see cref="PowerScaleBits"/> atoms per lot.</summary>
    public ulong PowerScale;

    /// <summary>Intervals from one true-up to the next; 0: none.</summary>
    public uint TrueUpEvery;

    /// <summary>Intervals to the next one.</summary>
    public uint TrueUpIn;

    /// <summary>Next instrument of the same underlying, 0 at the end.</summary>
    public uint NextOfUnderlying;

    /// <summary>Head of the list of positions in this instrument.</summary>
    public uint FirstPosition;

    /// <summary>Its expiry on the forward curve; 0 without an expiry. It follows from the two.</summary>
    public uint Point;

    public InstrumentKind Kind;
    public OptionKind OptionKind;
    public InstrumentState State;

    /// <summary>1 while work that trades in its book is pending.</summary>
    public byte Busy;

    /// <summary>Which trading rules it has.</summary>
    public RuleFlags Rules;

    /// <summary>What its trades and settlements cost; 0: nothing.</summary>
    public byte FeeSchedule;

    /// <summary>1: its fee index has moved, so positions in it may owe fees.</summary>
    public byte HasFeeIndex;

    /// <summary>1: it has a funding index.</summary>
    public byte IsFunded;

    /// <summary>1: expiry leaves obligations to deliver.</summary>
    public byte IsPhysical;

    /// <summary>Of a power perpetual: p.</summary>
    public PowerDegree Degree;

    public ushort PowerScaleBits;

    /// <summary>1: there has been a trade since the market state last changed.</summary>
    public byte HasTradedInPhase;

    public SymbolText Symbol;

    /// <summary>Neither expired nor removed, in whatever market state: it is settled and margined.</summary>
    public readonly bool IsLive => State is not (default(InstrumentState) or InstrumentState.Expired or InstrumentState.Removed);

    /// <summary>Its funding index moves: it has not been settled for good.</summary>
    public readonly bool IsFunding => IsFunded != 0 && IsLive;

    /// <summary>Without an expiry by its nature: what <see cref="ExpiryTime"/> it has, it has by being delisted.</summary>
    public readonly bool IsPerpetual =>
        Kind is InstrumentKind.Perpetual or InstrumentKind.PowerPerpetual or InstrumentKind.PerpetualOption;

    /// <summary>Delta and mark come from the kernel: its risk is computed off the core.</summary>
    public readonly bool IsModelled =>
        Kind is InstrumentKind.EuropeanOption or InstrumentKind.PerpetualOption or InstrumentKind.PowerPerpetual;

    /// <summary>An option, dated or not: it has a strike.</summary>
    public readonly bool IsOption => Kind is InstrumentKind.EuropeanOption or InstrumentKind.PerpetualOption;

    /// <summary>Orders gather and nothing trades: the book may stand crossed.</summary>
    public readonly bool IsCall =>
        State is InstrumentState.PreOpen or InstrumentState.OpeningAuction or InstrumentState.VolatilityAuction;

    /// <summary>A call in which the public is told what an uncross would do.</summary>
    public readonly bool IsAuction => State is InstrumentState.OpeningAuction or InstrumentState.VolatilityAuction;
}

/// <summary>Up to 32 ASCII characters, zero filled.</summary>
[InlineArray(LengthBytes)]
internal struct SymbolText
{
    public const int LengthBytes = 32;

    private byte _first;

    public static SymbolText From(ReadOnlySpan<byte> text)
    {
        SymbolText symbol = default;
        text[..(text.Length < LengthBytes ? text.Length : LengthBytes)].CopyTo(symbol);
        return symbol;
    }
}
