using HftDelta.Engine.Funding;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// Ticks can take an account's cash below 0 while its claims are worth more than that. Such cash is borrowed from what the others
/// hold idle: up to a share of the account's residual claim, at a rate a year that rises with the use of the venue's cap, with a
/// kink. Interest is an index like the others, paid into the pool's account when a borrower is applied, rounded up. It accrues
/// at settlement ticks, at the use that there is then. Owner: the engine agent.
/// </summary>
internal sealed class SettlementPool : IDisposable
{
    /// <summary>No account borrows more of its claim.</summary>
    public const uint ShareOfClaimMaxPpm = 800_000;

    private const uint Record = 1;
    private const uint Million = 1_000_000;

    /// <summary>Ten times what is borrowed, a year.</summary>
    public const uint RateMaxPpm = 10 * Million;
    private const int IndexBits = 64;
    public const long CapMaxAtoms = 1L << 60;

    private readonly HashedSlab<PoolRecord, PoolEncoding> _records = new((int)Record + 1);

    public ref readonly PoolRecord Terms => ref _records.Read(Record);

    /// <summary>There are terms: what is borrowed costs, and orders are held against it.</summary>
    public bool IsOn => Terms.ShareOfClaimPpm != 0;

    /// <summary>Cash below 0 of all clients together, as they were last applied.</summary>
    public Int128 BorrowedAtoms { get; private set; }

    /// <summary>An account's cash changes.</summary>
    public void CashMoved(long before, long after) =>
        BorrowedAtoms += (after < 0 ? -(Int128)after : 0) - (before < 0 ? -(Int128)before : 0);

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
        terms.ShareOfClaimPpm <= ShareOfClaimMaxPpm && terms.KinkPpm < Million && terms.CapAtoms is >= 0 and <= CapMaxAtoms &&
        terms.FullRatePpm <= RateMaxPpm && terms.IdleRatePpm <= terms.KinkRatePpm && terms.KinkRatePpm <= terms.FullRatePpm &&
        (terms.ShareOfClaimPpm == 0 || IsWhole(terms));

    /// <summary>Terms that a pool can have; by the old ones it costs what it cost up to now.</summary>
    public void Set(in PoolRecord terms, ulong timeNanos)
    {
        Accrue(timeNanos);
        ref var record = ref _records.Write(Record);
        var index = record.Index;
        record = terms;
        record.Index = index;
        record.AccruedTime = timeNanos;
    }

    private static bool IsWhole(in PoolRecord terms) => terms.KinkPpm != 0 && terms.CapAtoms != 0;

    /// <summary>The index rises by the rate of now over the time since it last did; rounded down.</summary>
    public void Accrue(ulong timeNanos)
    {
        if (!IsOn)
        {
            return;
        }

        ref var record = ref _records.Write(Record);
        var perYear = ((Int128)RatePpm(record, BorrowedAtoms) << IndexBits) / Million;
        record.Index += FundingArithmetic.ShareOfPeriodFloor(
            perYear, timeNanos - record.AccruedTime, Black76Input.YearNanos);
        record.AccruedTime = timeNanos;
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

    /// <summary>What cash below 0 has cost since an index: sub-atoms, rounded up.</summary>
    public Int128 Interest(long cashAtoms, Int128 indexLast)
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
