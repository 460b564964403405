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
