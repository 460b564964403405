using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Accounts;

/// <summary>An account as it would be if every index change were applied to it: what a commitment covers.</summary>
public readonly struct AppliedAccount
{
    private readonly OwnerAddress _owner;

    internal AppliedAccount(OwnerAddress owner, SubAtoms cash, SubAtoms equity, SubAtoms collateral, int positionCount)
    {
        _owner = owner;
        Cash = cash;
        Equity = equity;
        Collateral = collateral;
        PositionCount = positionCount;
    }

    /// <summary>Cash and dust together.</summary>
    public SubAtoms Cash { get; }

    /// <summary>Cash and the residual claims of all positions at their marks.</summary>
    public SubAtoms Equity { get; }

    /// <summary>What its other assets count in equity beside that: less haircut and what an ageing price takes off.</summary>
    public SubAtoms Collateral { get; }

    /// <summary>Positions that are not flat.</summary>
    public int PositionCount { get; }

    /// <summary>The Ethereum address of the owner, 20 bytes.</summary>
    public void CopyOwnerTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_owner).CopyTo(destination);
}

/// <summary>Lots of one instrument; negative is short, never 0.</summary>
public readonly record struct AppliedPosition(InstrumentId Instrument, QuantityLots Quantity);
