using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Risk;
using HftDelta.Wire;

namespace HftDelta.Engine.Oracle;

/// <summary>
/// The staleness class of each price, judged by input time since a quorum last confirmed it, and what follows from it:
/// <list type="bullet">
/// <item>late: margin requirements grow in <see cref="BufferSteps"/> equal steps from once to twice;</item>
/// <item>stale: they stay at twice, and only orders that reduce a position are taken;</item>
/// <item>dead: besides, nothing settles and expiries wait.</item>
/// </list>
/// What assets that have the price are worth shrinks from all to half while it is late, and to nothing while it is stale.
/// A stale or dead price that a quorum confirms again is late for the recovery time, while requirements shrink in the same
/// steps and assets come back from half, and then fresh. Every change of class is an event. Owner: the engine agent.
/// </summary>
internal sealed class Staleness(VenueState state, OracleEvents events, ForwardCurves curves, FundingIndices funding)
{
    public const ulong BufferSteps = 16;

    private const uint Million = 1_000_000;

    /// <summary>Whether reports are held against the present price: it is neither stale nor dead.</summary>
    public bool IsCurrent(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        return record.Price != 0 && record.Staleness switch
        {
            StalenessClass.None => state.TimeNanos - record.PriceTime <= record.OracleMaxAgeNanos,
            StalenessClass.Stale or StalenessClass.Dead => false,
            _ => true,
        };
    }

    /// <summary>A quorum stands behind the price as of now. The curves have been accrued.</summary>
    public void Confirmed(uint underlying)
    {
        ref var record = ref state.Underlyings.Write(underlying);
        record.PriceTime = state.TimeNanos;
        if (record.Staleness is StalenessClass.Stale or StalenessClass.Dead)
        {
            record.RecoveryEnd = state.TimeNanos + state.OracleRules.Read(underlying).RecoveryNanos;
        }

        Judge(underlying);
    }

    /// <summary>Brings class and buffer up to date with the time; one event at most.</summary>
    public void Judge(uint underlying)
    {
        ref readonly var rules = ref state.OracleRules.Read(underlying);
        ref var record = ref state.Underlyings.Write(underlying);
        Verdict verdict = default;
        record.NextStalenessTime = ulong.MaxValue;
        if (rules.HasClasses && record.Price != 0)
        {
            verdict = At(record, rules, state.TimeNanos);
            record.NextStalenessTime = verdict.NextTime;
        }

        if (verdict.Class == record.Staleness && verdict.BufferPpm == record.BufferPpm &&
            verdict.DiscountPpm == record.DiscountPpm)
        {
            return;
        }

        curves.Accrue(underlying);
        funding.AccrueAll(underlying);
        var previous = record.Staleness;
        record.Staleness = verdict.Class;
        record.BufferPpm = verdict.BufferPpm;
        record.DiscountPpm = verdict.DiscountPpm;
        if (previous == StalenessClass.Dead)
        {
            // Expiries that waited are looked for.
            record.NextExpiryTime = 0;
        }

        SetOnInstruments(underlying, record);
        if (previous != verdict.Class)
        {
            events.Status(underlying, previous);
        }
    }

    /// <summary>Only orders that reduce a position are taken.</summary>
    public static bool IsReduceOnly(in UnderlyingRecord underlying) =>
        underlying.Staleness is StalenessClass.Stale or StalenessClass.Dead;

    private void SetOnInstruments(uint underlying, in UnderlyingRecord record)
    {
        var isReduceOnly = IsReduceOnly(record);
        for (var id = record.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (!state.Instruments.Read(id).IsLive)
            {
                continue;
            }

            ref var instrument = ref state.Instruments.Write(id);
            instrument.Rules = isReduceOnly
                ? instrument.Rules | RuleFlags.ReduceOnly
                : instrument.Rules & ~RuleFlags.ReduceOnly;
            Margin.SetRequirements(ref instrument, record);
        }

        state.MarkVersion++;
    }

    private static Verdict At(in UnderlyingRecord record, in OracleRulesRecord rules, ulong now)
    {
        var age = now - record.PriceTime;
        if (age >= rules.DeadAfterNanos)
        {
            return new Verdict(StalenessClass.Dead, Million, Million, ulong.MaxValue);
        }

        if (age >= rules.StaleAfterNanos)
        {
            var untilDead = rules.DeadAfterNanos - rules.StaleAfterNanos;
            var passed = StepsIn(age - rules.StaleAfterNanos, untilDead);
            return new Verdict(
                StalenessClass.Stale, Million, PartsOf(BufferSteps + passed, 2 * BufferSteps),
                record.PriceTime + rules.StaleAfterNanos + Boundary(passed + 1, untilDead));
        }

        var next = record.PriceTime + rules.LateAfterNanos;
        ulong late = 0;
        if (age >= rules.LateAfterNanos)
        {
            var span = rules.StaleAfterNanos - rules.LateAfterNanos;
            late = StepsIn(age - rules.LateAfterNanos, span);
            next += Boundary(late + 1, span);
        }

        ulong recovering = 0;
        if (now < record.RecoveryEnd)
        {
            // One step more than have run off: requirements begin at twice and never shrink too soon.
            var left = record.RecoveryEnd - now;
            recovering = BufferSteps - StepsIn(rules.RecoveryNanos > left ? rules.RecoveryNanos - left : 0, rules.RecoveryNanos);
            var boundary = record.RecoveryEnd - rules.RecoveryNanos
                + Boundary(BufferSteps - recovering + 1, rules.RecoveryNanos);
            next = boundary < next && boundary > now ? boundary : next;
            next = record.RecoveryEnd < next ? record.RecoveryEnd : next;
        }

        var steps = late > recovering ? late : recovering;
        var isLate = age >= rules.LateAfterNanos || now < record.RecoveryEnd;
        return new Verdict(
            isLate ? StalenessClass.Late : StalenessClass.Fresh, PartsOf(steps, BufferSteps), PartsOf(steps, 2 * BufferSteps),
            next);
    }

    private static uint PartsOf(ulong steps, ulong all) => (uint)(steps * Million / all);

    /// <summary>Whole steps of a span that have passed.</summary>
    private static ulong StepsIn(ulong passed, ulong span) =>
        passed >= span ? BufferSteps : (ulong)((UInt128)passed * BufferSteps / span);

    /// <summary>When a step begins: the first time at which <see cref="StepsIn"/> counts it.</summary>
    private static ulong Boundary(ulong step, ulong span) =>
        (ulong)((((UInt128)step * span) + BufferSteps - 1) / BufferSteps);

    /// <summary>How old a price is, what that adds to requirements and takes off assets, and when it changes.</summary>
    private readonly record struct Verdict(StalenessClass Class, uint BufferPpm, uint DiscountPpm, ulong NextTime);
}
