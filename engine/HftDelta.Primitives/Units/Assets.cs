namespace HftDelta.Primitives.Units;

/// <summary>What an account holds: 0 is the quote asset; the others are collateral beside it, dense, from 1.</summary>
public readonly record struct AssetId(uint Value)
{
    /// <summary>What everything is settled in.</summary>
    public static readonly AssetId Quote;
}

/// <summary>An amount of an asset other than the quote asset, in that asset's own atoms; signed.</summary>
public readonly record struct AssetAtoms(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A withdrawal as the venue names it: from 1, rising; 0 is none.</summary>
public readonly record struct WithdrawalId(ulong Value);
