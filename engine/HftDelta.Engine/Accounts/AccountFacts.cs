using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Accounts;

/// <summary>
/// An account's money by its parts, in sub-atoms where it is not whole. Equity = cash + dust + unapplied - fees owed - interest
/// owed + residual + collateral, always.
/// </summary>
public readonly record struct AccountFacts
{
    public required AccountId Id { get; init; }

    /// <summary>Whole atoms, as last applied; may be negative.</summary>
    public required Atoms Cash { get; init; }

    /// <summary>Remainder of floored settlements: 0 to 2^32 - 1 sub-atoms.</summary>
    public required uint Dust { get; init; }

    /// <summary>What settlement and funding have moved since the account was last applied.</summary>
    public required SubAtoms Unapplied { get; init; }

    /// <summary>Settlement and funding fees run up since then.</summary>
    public required SubAtoms FeesOwed { get; init; }

    /// <summary>Of the settlement pool, for cash below zero since then.</summary>
    public required SubAtoms InterestOwed { get; init; }

    /// <summary>Sum over positions of quantity x (mark - D).</summary>
    public required SubAtoms Residual { get; init; }

    /// <summary>What other assets are worth as margin.</summary>
    public required SubAtoms Collateral { get; init; }

    public required SubAtoms Equity { get; init; }

    /// <summary>Margin requirement of positions and open orders.</summary>
    public required SubAtoms Requirement { get; init; }

    /// <summary>Cash with all that settlement has moved, before fees and interest that are still to be charged.</summary>
    public SubAtoms SettledCash => new(((Int128)Cash.Value << Scale.SubAtomBits) + Dust + Unapplied.Value);
}

/// <summary>One position, and what of the instrument it is valued with.</summary>
public readonly record struct PositionFacts
{
    public required AccountId Account { get; init; }

    public required InstrumentId Instrument { get; init; }

    /// <summary>Negative is short, never 0.</summary>
    public required QuantityLots Quantity { get; init; }

    /// <summary>Fair value of one lot.</summary>
    public required SubAtoms Mark { get; init; }

    /// <summary>D of one lot.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>Quantity x (mark - D): what delta settlement has not paid yet.</summary>
    public required SubAtoms Residual { get; init; }

    /// <summary>Quantity x (D - the D last applied).</summary>
    public required SubAtoms Unapplied { get; init; }
}
