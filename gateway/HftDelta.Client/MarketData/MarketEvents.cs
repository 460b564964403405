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

    public required PriceTicks Price { get; init; }

    /// <summary>The delta that was applied to the move.</summary>
    public required DeltaUnits Delta { get; init; }

    /// <summary>The index after it.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>No further instrument moves in this tick.</summary>
    public required bool IsLast { get; init; }
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
