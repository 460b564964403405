using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.MarketData;

/// <summary>A trade, as everybody sees it.</summary>
public readonly struct PublicTrade
{
    public required TimeNanos Time { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required ulong TradeId { get; init; }

    public required Side Aggressor { get; init; }

    public required PriceTicks Price { get; init; }

    public required QuantityLots Quantity { get; init; }

    public required SubAtoms DeltaIndex { get; init; }
}

/// <summary>The best prices of a book after a command that changed them. A side without orders has quantity 0.</summary>
public readonly struct TopOfBook
{
    public required TimeNanos Time { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required PriceTicks Bid { get; init; }

    public required QuantityLots BidQuantity { get; init; }

    public required PriceTicks Ask { get; init; }

    public required QuantityLots AskQuantity { get; init; }
}

/// <summary>What an instrument is, and its state.</summary>
public readonly ref struct InstrumentFacts
{
    public required TimeNanos Time { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required InstrumentKind Kind { get; init; }

    public required OptionKind OptionKind { get; init; }

    public required InstrumentState State { get; init; }

    /// <summary>In ticks of the underlying; 0 unless an option.</summary>
    public required PriceTicks Strike { get; init; }

    /// <summary>0 if it has none.</summary>
    public required TimeNanos ExpiryTime { get; init; }

    /// <summary>Value of one price tick of one lot.</summary>
    public required Atoms AtomsPerTick { get; init; }

    /// <summary>Value of one tick of the underlying for one lot of delta 1.</summary>
    public required Atoms AtomsPerUnderlyingTick { get; init; }

    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>In ticks of the underlying.</summary>
    public required PriceTicks SettlementPrice { get; init; }

    /// <summary>ASCII, zeros at its end.</summary>
    public required ReadOnlySpan<byte> Symbol { get; init; }

    /// <summary>For each lot; longs pay its rises to shorts.</summary>
    public required SubAtoms FundingIndex { get; init; }

    /// <summary>0: it has no funding.</summary>
    public required ulong FundingPeriodNanos { get; init; }

    /// <summary>The delta index follows the mark at every so many intervals; 0: never.</summary>
    public required uint TrueUpEvery { get; init; }

    /// <summary>Of a power perpetual; of any other it says nothing.</summary>
    public required PowerDegree PowerDegree { get; init; }

    /// <summary>Of a power perpetual: atoms for each lot that 1 of S^p is worth, times 2^<see cref="PowerScaleBits"/>.</summary>
    public required ulong PowerScale { get; init; }

    public required int PowerScaleBits { get; init; }

    /// <summary>Its expiry leaves obligations to deliver.</summary>
    public required bool IsPhysical { get; init; }
}

/// <summary>One instrument's index moved in a settlement tick.</summary>
public readonly struct DeltaMove
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required SettlementTrigger Trigger { get; init; }

    /// <summary>In ticks of the underlying.</summary>
    public required PriceTicks PreviousPrice { get; init; }

    /// <summary>Of the underlying.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>S of this instrument: the forward of its expiry, or the underlying's price.</summary>
    public required PriceTicks SettlementPrice { get; init; }

    /// <summary>The delta that was applied to the move.</summary>
    public required DeltaUnits Delta { get; init; }

    /// <summary>The index after it.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>
    /// By how much it moved; what is not delta x move is a true-up or the payoff. 0 from a venue of an older version.
    /// </summary>
    public required SubAtoms Amount { get; init; }

    /// <summary>No further instrument moves in this tick.</summary>
    public required bool IsLast { get; init; }
}

/// <summary>One instrument's funding index moved; right before the <see cref="DeltaMove"/> of the same interval.</summary>
public readonly struct FundingMove
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required InstrumentId Instrument { get; init; }

    /// <summary>The index after it.</summary>
    public required SubAtoms FundingIndex { get; init; }

    /// <summary>By how much it moved: what a lot held long paid.</summary>
    public required SubAtoms Amount { get; init; }
}

/// <summary>An underlying has a new price.</summary>
public readonly struct OraclePriceChange
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required PriceTicks Price { get; init; }

    /// <summary>Sources that were fresh.</summary>
    public required int Sources { get; init; }
}

/// <summary>An instrument's market state has changed, or begins anew.</summary>
public readonly struct MarketStateChange
{
    public required TimeNanos Time { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required InstrumentState State { get; init; }

    /// <summary>When the state ends by itself; 0: when the operator says.</summary>
    public required TimeNanos EndTime { get; init; }
}

/// <summary>What an auction would trade if it ended now; at its end, what it traded.</summary>
public readonly struct AuctionIndication
{
    public required TimeNanos Time { get; init; }

    public required InstrumentId Instrument { get; init; }

    /// <summary>The auction's; <see cref="InstrumentState.Open"/> when it has ended.</summary>
    public required InstrumentState State { get; init; }

    /// <summary>False: nothing crosses, and there is no price.</summary>
    public required bool HasPrice { get; init; }

    /// <summary>0 without a price.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>Lots that trade at the price.</summary>
    public required QuantityLots Volume { get; init; }

    /// <summary>The side that finds no other within the price.</summary>
    public required Side ImbalanceSide { get; init; }

    /// <summary>Its lots; 0: none.</summary>
    public required QuantityLots Imbalance { get; init; }

    /// <summary>When the auction ends by itself; 0: when the operator says.</summary>
    public required TimeNanos EndTime { get; init; }

    /// <summary>It has happened: price and volume were traded.</summary>
    public bool IsOver => State == InstrumentState.Open;
}

/// <summary>One leg of a strategy.</summary>
/// <param name="Instrument">What it trades.</param>
/// <param name="Ratio">Lots of it that are bought for each lot of the strategy that is bought; negative: sold.</param>
public readonly record struct StrategyLeg(InstrumentId Instrument, int Ratio);

/// <summary>What a strategy consists of; its <see cref="InstrumentFacts"/> came before.</summary>
public readonly ref struct StrategyFacts
{
    public required TimeNanos Time { get; init; }

    /// <summary>The strategy.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>Only valid during the callback.</summary>
    public required ReadOnlySpan<StrategyLeg> Legs { get; init; }
}
