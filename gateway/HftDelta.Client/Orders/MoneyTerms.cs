using HftDelta.Primitives.Units;

namespace HftDelta.Client.Orders;

/// <summary>What the owner wants to take out of the venue.</summary>
public readonly record struct WithdrawalTerms
{
    /// <summary>The quote asset if not said.</summary>
    public AssetId Asset { get; init; }

    /// <summary>In atoms of the asset; above 0.</summary>
    public required AssetAtoms Amount { get; init; }

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}

/// <summary>Money for another account of the same owner.</summary>
public readonly record struct TransferTerms
{
    public required AccountId To { get; init; }

    /// <summary>The quote asset if not said.</summary>
    public AssetId Asset { get; init; }

    /// <summary>In atoms of the asset; above 0.</summary>
    public required AssetAtoms Amount { get; init; }

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}
