using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Reports;

/// <summary>One step of a withdrawal of the session's account; a request that was refused is an outcome only.</summary>
public readonly struct WithdrawalStep
{
    public required ReportPlace Place { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>The venue's name of it: what a cancel names.</summary>
    public required WithdrawalId Withdrawal { get; init; }

    public required AssetId Asset { get; init; }

    public required AssetAtoms Amount { get; init; }

    /// <summary>Of the asset in the account after it.</summary>
    public required AssetAtoms Balance { get; init; }

    public required WithdrawalState State { get; init; }

    /// <summary>Why it was returned; none otherwise.</summary>
    public required RejectCode Code { get; init; }

    /// <summary>The epoch whose list it is in; 0 unless released.</summary>
    public required ulong Epoch { get; init; }
}

/// <summary>Money went to another account of the owner, as this session asked.</summary>
public readonly struct TransferDone
{
    public required ReportPlace Place { get; init; }

    public required AccountId From { get; init; }

    public required AccountId To { get; init; }

    public required AssetId Asset { get; init; }

    public required AssetAtoms Amount { get; init; }

    /// <summary>Of the asset in the giving account after it.</summary>
    public required AssetAtoms Balance { get; init; }
}

/// <summary>
/// What the session's account is to deliver or take of an underlying after an expiry, in all its instruments together.
/// </summary>
public readonly struct DeliveryStep
{
    public required ReportPlace Place { get; init; }

    public required AccountId Account { get; init; }

    public required UnderlyingId Underlying { get; init; }

    /// <summary>The venue's number of it.</summary>
    public required ulong Obligation { get; init; }

    /// <summary>What it receives, negative what it delivers: lots x atoms for each tick of the underlying.</summary>
    public required Int128 Amount { get; init; }

    /// <summary>What it pays for that in atoms, negative what it is paid.</summary>
    public required Int128 Cash { get; init; }

    /// <summary>Of the expiry.</summary>
    public required PriceTicks Price { get; init; }

    public required TimeNanos ExpiryTime { get; init; }

    public required TimeNanos Deadline { get; init; }

    public required DeliveryState State { get; init; }
}

/// <summary>The cash of the session's account is further below 0 than it may borrow against its claims, or no more.</summary>
public readonly struct LiquidityStep
{
    public required ReportPlace Place { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>Orders that need margin, withdrawals and transfers are refused from now on; false: it is mended.</summary>
    public required bool IsCalled { get; init; }

    /// <summary>With all that settlement has moved.</summary>
    public required SubAtoms Cash { get; init; }

    /// <summary>Sum over positions of lots x (mark - D).</summary>
    public required SubAtoms Claim { get; init; }

    /// <summary>What would mend it.</summary>
    public required SubAtoms Shortfall { get; init; }
}

/// <summary>Money of the session's account came or went without its asking.</summary>
public readonly struct BalanceChange
{
    public required ReportPlace Place { get; init; }

    public required AccountId Account { get; init; }

    public required AssetId Asset { get; init; }

    /// <summary>Negative if it went.</summary>
    public required AssetAtoms Amount { get; init; }

    public required AssetAtoms Balance { get; init; }

    public required BalanceCause Cause { get; init; }

    /// <summary>Number of the deposit or withdrawal; the giving account of a transfer.</summary>
    public required ulong Reference { get; init; }
}
