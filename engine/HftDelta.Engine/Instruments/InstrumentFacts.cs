using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Instruments;

/// <summary>What of an instrument a commitment covers.</summary>
public readonly record struct InstrumentFacts
{
    public required InstrumentId Id { get; init; }

    public required InstrumentState State { get; init; }

    /// <summary>Sum of all long positions; the shorts are its negative.</summary>
    public required QuantityLots OpenInterest { get; init; }

    /// <summary>D in sub-atoms per lot.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>F in sub-atoms per lot; 0 without funding.</summary>
    public required SubAtoms FundingIndex { get; init; }

    /// <summary>S*: the price up to which D was settled.</summary>
    public required PriceTicks SettlementPrice { get; init; }

    /// <summary>The delta that the next move is settled with.</summary>
    public required DeltaUnits Delta { get; init; }

    /// <summary>Fair value of one lot.</summary>
    public required SubAtoms Mark { get; init; }

    public required TimeNanos ExpiryTime { get; init; }

    public required PriceTicks Strike { get; init; }
}
