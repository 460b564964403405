using HftDelta.Engine.Output;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;

namespace HftDelta.Engine.Oracle;

/// <summary>
/// Takes reports of oracle sources, makes the underlying's price from a quorum of fresh ones, and settles delta when the
/// price has moved by the threshold. A refused report changes nothing but its sender's sequence. Owner: the engine agent.
/// </summary>
internal sealed class OracleCommands(
    VenueState state,
    EventEmitter events,
    DeltaSettlement settlement,
    PegMoves pegs,
    Staleness staleness,
    ForwardCurves curves)
{
    public void Report(uint session, in OracleReportDecoder message, RejectCode refusal)
    {
        SourceRecord report = default;
        var code = refusal != default ? refusal : Check(session, message, out report);
        if (code != default)
        {
            Refuse(session, message.SourceId, message.UnderlyingId, message.SourceSequence, code);
            return;
        }

        var id = message.UnderlyingId;
        state.Oracle.Accept(id, message.SourceId, report);
        ref var underlying = ref state.Underlyings.Write(id);
        var fresh = state.Oracle.Median(id, state.TimeNanos, underlying.OracleMaxAgeNanos, out var median);
        underlying.FreshSources = fresh;
        if (fresh >= underlying.OracleQuorum && IsBacked(id, median))
        {
            Confirm(id, median);
        }
    }

    /// <summary>A report is refused, or was before it was sequenced: its sender and the record of events hear why.</summary>
    public void Refuse(uint session, uint source, uint underlying, ulong sourceSequence, RejectCode code)
    {
        state.Sessions.Write(session).PresentRejectCode = (ushort)code;
        events.OracleReportRefused(session, source, underlying, sourceSequence, code);
    }

    /// <summary>
    /// While the price is current its reports were held against it one by one. A first price, and one that returns from stale
    /// or dead, needs all fresh sources to agree: a majority that lies is as good as one that does not, but it is not alone.
    /// </summary>
    private bool IsBacked(uint underlying, long median)
    {
        var most = state.OracleRules.Read(underlying).MedianDeviationPpm;
        return most == 0 || staleness.IsCurrent(underlying) ||
            state.Oracle.Agree(underlying, state.TimeNanos, state.Underlyings.Read(underlying).OracleMaxAgeNanos, median, most);
    }

    private void Confirm(uint id, long median)
    {
        curves.Accrue(id);
        ref var underlying = ref state.Underlyings.Write(id);
        var isFirst = underlying.Price == 0;
        var hasMoved = median != underlying.Price;
        underlying.Price = median;
        staleness.Confirmed(id);
        if (!hasMoved)
        {
            return;
        }

        events.OraclePrice(id, underlying.FreshSources, median);
        if (isFirst || settlement.IsThresholdReached(id))
        {
            settlement.Tick(id, SettlementTrigger.Threshold);
        }

        PriceWatch.OracleMoved(state, id);
        pegs.OracleMoved(id);
    }

    private RejectCode Check(uint session, in OracleReportDecoder message, out SourceRecord report)
    {
        report = default;
        if ((state.Sessions.Read(session).Roles & Wire.Internal.SessionRoles.OracleSource) == 0)
        {
            return RejectCode.RoleNotHeld;
        }

        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (message.SourceId - 1 >= OracleSources.PerUnderlying)
        {
            return RejectCode.UnknownOracleSource;
        }

        if (!state.Oracle.IsSourceOf(message.UnderlyingId, message.SourceId, session))
        {
            return RejectCode.OracleSourceOfOtherSession;
        }

        if (state.OracleRules.Read(message.UnderlyingId).IsDisabled(message.SourceId))
        {
            return RejectCode.OracleSourceDisabled;
        }

        if (message.Price < 1 || message.Price > state.Underlyings.Read(message.UnderlyingId).PriceMax)
        {
            return RejectCode.OracleReportOutOfRange;
        }

        // Both only against the same source: its clock may be off by seconds and its numbering is its own.
        ref readonly var last = ref state.Oracle.Read(message.UnderlyingId, message.SourceId);
        if (message.SourceSequence <= last.Sequence || message.SourceTime < last.SourceTime)
        {
            return RejectCode.OracleReportStale;
        }

        report = new SourceRecord
        {
            Sequence = message.SourceSequence,
            SourceTime = message.SourceTime,
            ReceivedTime = state.TimeNanos,
            Price = message.Price,
            Session = session,
        };
        var code = CheckTime(message.UnderlyingId, last, ref report);
        return code != default ? code : CheckPrice(message.UnderlyingId, last, report.Price);
    }

    /// <summary>
    /// A source's clock may be off by up to the allowed skew. How long a report was under way shows against the least skew that
    /// its source ever had, which is let grow again as slowly as clocks drift.
    /// </summary>
    private RejectCode CheckTime(uint underlying, in SourceRecord last, ref SourceRecord report)
    {
        ref readonly var rules = ref state.OracleRules.Read(underlying);
        var skew = (Int128)state.TimeNanos - report.SourceTime;
        if (rules.ClockSkewMaxNanos != 0 && (skew < 0 ? -skew : skew) > rules.ClockSkewMaxNanos)
        {
            return RejectCode.OracleClockSkew;
        }

        if (rules.ReportAgeMaxNanos == 0 || rules.ClockSkewMaxNanos == 0)
        {
            return default;
        }

        // Within the allowed skew, so it fits.
        report.SkewNanos = Known((long)skew);
        if (last.Sequence == 0 || last.SkewNanos == 0)
        {
            return default;
        }

        var drifted = last.SkewNanos + (long)((state.TimeNanos - last.ReceivedTime) / ClockDriftDivisor);
        if (report.SkewNanos - drifted > (long)rules.ReportAgeMaxNanos)
        {
            return RejectCode.OracleReportTooOld;
        }

        report.SkewNanos = Known(report.SkewNanos < drifted ? report.SkewNanos : drifted);
        return default;
    }

    private RejectCode CheckPrice(uint underlying, in SourceRecord last, long price)
    {
        ref readonly var rules = ref state.OracleRules.Read(underlying);
        if (!staleness.IsCurrent(underlying))
        {
            return default;
        }

        ref readonly var record = ref state.Underlyings.Read(underlying);
        var isLastFresh = last.IsFresh(state.TimeNanos, record.OracleMaxAgeNanos);
        if (isLastFresh && IsBeyond(price, last.Price, rules.ReportJumpPpm))
        {
            return RejectCode.OracleReportJumps;
        }

        return IsBeyond(price, record.Price, rules.MedianDeviationPpm) ? RejectCode.OracleReportDeviates : default;
    }

    /// <summary>Clocks are trusted to drift by less than 100 ppm.</summary>
    private const ulong ClockDriftDivisor = 10_000;

    /// <summary>0 says that nothing is known: a clock that agrees to the nanosecond is taken as one nanosecond off.</summary>
    private static long Known(long skewNanos) => skewNanos == 0 ? 1 : skewNanos;

    private static bool IsBeyond(long price, long reference, uint partsPerMillion) =>
        partsPerMillion != 0 && OracleSources.IsBeyond(price, reference, partsPerMillion);
}
