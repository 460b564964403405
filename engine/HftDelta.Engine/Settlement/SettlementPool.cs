using HftDelta.Engine.Accounts;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// Ticks can take an account's cash below 0 while its claims are worth more than that. Such cash is borrowed from what the others
/// hold idle: up to a share of the account's residual claim, at a rate a year that rises with the use of the venue's cap, with a
/// kink. Interest is an index like the others, paid into the pool's account when a borrower is applied, rounded up; a second
/// index gives the same to those whose cash was lent, each atom above 0 as much as every other, rounded down. Both move at
/// settlement ticks and before a client's cash changes, at the use that there was until then, by cash as it was last applied.
/// Owner: the engine agent.
/// <para>
/// Invariant: what lenders are owed is never more than what borrowers owe, so the pool's account is never short for good.
/// </para>
/// </summary>
internal sealed class SettlementPool : IDisposable
{
    private const uint Record = 1;
    private const uint Million = 1_000_000;
    private const int IndexBits = 64;

    /// <summary>Cash that changes sooner after the indices moved does not move them again: that would only round more.</summary>
    private const ulong AccrueEveryNanos = 1_000_000;

    /// <summary>Below it a product of two sums of cash fits.</summary>
    private static readonly Int128 LentMaxAtoms = Int128.One << 63;

    private readonly HashedSlab<PoolRecord, PoolEncoding> _records = new((int)Record + 1);

    public ref readonly PoolRecord Terms => ref _records.Read(Record);

    /// <summary>There are terms: what is borrowed costs, and orders are held against it.</summary>
    public bool IsOn => Terms.ShareOfClaimPpm != 0;

    /// <summary>The time of the command that is performed.</summary>
    public ulong TimeNanos { get; set; }

    /// <summary>Cash below 0 of all clients together, as they were last applied.</summary>
    public Int128 BorrowedAtoms { get; private set; }

    /// <summary>Cash above 0 of all clients together, as they were last applied.</summary>
    public Int128 IdleAtoms { get; private set; }

    /// <summary>Accounts that are under a liquidity call.</summary>
    public uint CalledCount { get; set; }

    /// <summary>A client's cash changes.</summary>
    public void CashMoved(long before, long after)
    {
        BorrowedAtoms += (after < 0 ? -(Int128)after : 0) - (before < 0 ? -(Int128)before : 0);
        IdleAtoms += (after > 0 ? after : 0) - (before > 0 ? before : 0);
    }

    /// <summary>The terms that a command gives; false: a pool cannot have them.</summary>
    public bool TryRead(in SettlementPoolTermsDecoder message, out PoolRecord terms)
    {
        terms = Terms;
        terms.ShareOfClaimPpm = message.ShareOfClaimPpm;
        terms.KinkPpm = message.KinkPpm;
        terms.CapAtoms = message.CapAtoms;
        terms.IdleRatePpm = message.IdleRatePpm;
        terms.KinkRatePpm = message.KinkRatePpm;
        terms.FullRatePpm = message.FullRatePpm;
        return CanHave(terms) && IsWhole(terms);
    }

    /// <summary>
    /// Whether terms that change one by one can stand so. Cap and kink are needed while there is a pool, so that they can be set
    /// before its share and taken away after it.
    /// </summary>
    public static bool CanHave(in PoolRecord terms) =>
        terms.ShareOfClaimPpm <= SettlementPoolLimits.ShareOfClaimMaxPpm && terms.KinkPpm < Million &&
        terms.CapAtoms is >= 0 and <= SettlementPoolLimits.CapMaxAtoms &&
        terms.FullRatePpm <= SettlementPoolLimits.RateMaxPpm &&
        terms.IdleRatePpm <= terms.KinkRatePpm && terms.KinkRatePpm <= terms.FullRatePpm &&
        (terms.ShareOfClaimPpm == 0 || IsWhole(terms));

    /// <summary>Terms that a pool can have; by the old ones it costs what it cost up to now.</summary>
    public void Set(in PoolRecord terms, ulong timeNanos)
    {
        Accrue(timeNanos);
        ref var record = ref _records.Write(Record);
        var (index, earnIndex) = (record.Index, record.EarnIndex);
        record = terms;
        record.Index = index;
        record.EarnIndex = earnIndex;
        record.AccruedTime = timeNanos;
    }

    private static bool IsWhole(in PoolRecord terms) => terms.KinkPpm != 0 && terms.CapAtoms != 0;

    /// <summary>
    /// A client's cash will change: what it has cost and earned until now goes by what it was. Else who brings money in just
    /// before a tick, and takes it out after it, would have the interest of all the time between ticks.
    /// </summary>
    public void AccrueBeforeChange()
    {
        if (IsOn && TimeNanos - Terms.AccruedTime >= AccrueEveryNanos)
        {
            Accrue(TimeNanos);
        }
    }

    /// <summary>The index rises by the rate of now over the time since it last did; rounded down.</summary>
    public void Accrue(ulong timeNanos)
    {
        if (!IsOn)
        {
            return;
        }

        ref var record = ref _records.Write(Record);
        var perYear = ((Int128)RatePpm(record, BorrowedAtoms) << IndexBits) / Million;
        var rise = FundingArithmetic.ShareOfPeriodFloor(perYear, timeNanos - record.AccruedTime, Black76Input.YearNanos);
        record.Index += rise;
        record.EarnIndex += ShareOfIdleFloor(rise);
        record.AccruedTime = timeNanos;
    }

    /// <summary>What each idle atom gets of what the borrowed ones pay. Without idle cash the pool's account keeps it.</summary>
    private Int128 ShareOfIdleFloor(Int128 rise)
    {
        if (IdleAtoms <= 0 || IdleAtoms >= LentMaxAtoms || BorrowedAtoms >= LentMaxAtoms)
        {
            return 0;
        }

        // In two parts: the product of all could leave 128 bits.
        var whole = rise / IdleAtoms;
        return (BorrowedAtoms * whole) + (BorrowedAtoms * (rise - (whole * IdleAtoms)) / IdleAtoms);
    }

    /// <summary>A straight line up to the kink and another from there to the cap; rounded down.</summary>
    public static uint RatePpm(in PoolRecord terms, Int128 borrowedAtoms)
    {
        var use = borrowedAtoms >= terms.CapAtoms ? Million : (uint)(borrowedAtoms * Million / terms.CapAtoms);
        return use <= terms.KinkPpm
            ? terms.IdleRatePpm + (uint)((ulong)(terms.KinkRatePpm - terms.IdleRatePpm) * use / terms.KinkPpm)
            : terms.KinkRatePpm + (uint)((ulong)(terms.FullRatePpm - terms.KinkRatePpm) * (use - terms.KinkPpm)
                / (Million - terms.KinkPpm));
    }

    /// <summary>
    /// What a client owes the pool up to now, in sub-atoms: what was put down when its cash changed, and since then what cash
    /// below 0 costs, or less what cash above 0 earns. Negative: the pool owes it.
    /// </summary>
    public Int128 Owed(in AccountRecord account) => account.PoolOwed
        + Interest(account.CashAtoms, account.PoolIndexLast) - Earned(account.CashAtoms, account.PoolEarnedLast);

    /// <summary>Puts down what a client owes by its present cash, before that changes.</summary>
    public void PutDown(ref AccountRecord account)
    {
        account.PoolOwed = Owed(account);
        account.PoolIndexLast = Terms.Index;
        account.PoolEarnedLast = Terms.EarnIndex;
    }

    /// <summary>What cash above 0 has earned since an index: sub-atoms, rounded down.</summary>
    private Int128 Earned(long cashAtoms, Int128 indexLast)
    {
        var rise = Terms.EarnIndex - indexLast;
        if (cashAtoms <= 0 || rise == 0)
        {
            return 0;
        }

        const int shift = IndexBits - Scale.SubAtomBits;
        var whole = rise >> shift;
        return (cashAtoms * whole) + ((cashAtoms * (rise - (whole << shift))) >> shift);
    }

    /// <summary>What cash below 0 has cost since an index: sub-atoms, rounded up.</summary>
    private Int128 Interest(long cashAtoms, Int128 indexLast)
    {
        var rise = Terms.Index - indexLast;
        if (cashAtoms >= 0 || rise == 0)
        {
            return 0;
        }

        const int shift = IndexBits - Scale.SubAtomBits;

        // In two parts: a long life's index times a large debt could leave 128 bits.
        var whole = rise >> shift;
        var rest = rise - (whole << shift);
        return (-(Int128)cashAtoms * whole) + (((-(Int128)cashAtoms * rest) + (Int128.One << shift) - 1) >> shift);
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
