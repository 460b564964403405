using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Accounts;

/// <summary>An account's money, and the running sums of its risk.</summary>
internal struct AccountRecord
{
    /// <summary>
    /// Deposits and transfers received, less withdrawals, transfers given, fees charged and the sum of lots x gross price of
    /// every trade, in sub-atoms. It equals cash + dust - sum of position x last applied index, whatever was settled: delta
    /// settlement never changes it.
    /// </summary>
    public Int128 GrossCash;

    /// <summary>
    /// Sum over positions of quantity x mark less the fees that they owe, and over other assets of their value as collateral,
    /// in sub-atoms: with <see cref="GrossCash"/> it is the equity.
    /// </summary>
    public Int128 MarkedValue;

    /// <summary>Sum over positions of their margin requirement, in sub-atoms.</summary>
    public Int128 Requirement;

    /// <summary>The settlement pool's index as last charged to the account.</summary>
    public Int128 PoolIndexLast;

    /// <summary>The same of the pool's index of what idle cash earns.</summary>
    public Int128 PoolEarnedLast;

    /// <summary>Owed to the pool by cash as it was before it changed, in sub-atoms; paid when the account is applied.</summary>
    public Int128 PoolOwed;

    /// <summary>Whole atoms; may be negative (docs/delta-settlement.md).</summary>
    public long CashAtoms;

    /// <summary>The marks that the two sums above were computed with.</summary>
    public ulong MarkVersion;

    /// <summary>The one position that changed since its part of the two sums was measured; 0: none did.</summary>
    public uint ChangedPosition;

    /// <summary>The indices that were last applied.</summary>
    public ulong IndexVersion;

    /// <summary>Last deposit and withdrawal that were applied, so that a repeated one is refused.</summary>
    public ulong LastDepositId;
    public ulong LastWithdrawalId;

    /// <summary>Remainder of floored settlements: 0 to 2^32 - 1 sub-atoms.</summary>
    public uint Dust;

    public uint FirstPosition;
    public uint PositionCount;

    /// <summary>The session that private events of this account go to; 0 if it never had one.</summary>
    public uint SessionHandle;

    /// <summary>Accounts of one group do not trade with each other under self-trade prevention; 0: the account alone.</summary>
    public uint Group;

    /// <summary>The last walk of the kill switch that ends, or ended, this account's orders.</summary>
    public ulong KillWalk;

    /// <summary>Head of the list of what it holds beside the quote asset; 0: nothing.</summary>
    public uint FirstBalance;

    /// <summary>Head of the list of its withdrawals that wait for an epoch's close.</summary>
    public uint FirstWithdrawal;

    /// <summary>Head of the list of what it is to deliver or take.</summary>
    public uint FirstObligation;

    public byte IsOpen;

    /// <summary>Which of a schedule's fees it is charged.</summary>
    public byte FeeTier;

    /// <summary>1: the account's kill switch is on.</summary>
    public byte IsKilled;

    /// <summary>1: its cash is further below 0 than it may borrow, and it has been told.</summary>
    public byte IsCalled;

    public OwnerAddress Owner;
}

/// <summary>Ethereum address of an owner.</summary>
[InlineArray(LengthBytes)]
internal struct OwnerAddress
{
    public const int LengthBytes = 20;

    private byte _first;
}
