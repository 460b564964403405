using HftDelta.Engine.Output;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;

namespace HftDelta.Engine.Oracle;

/// <summary>
/// Takes reports of oracle sources, makes the underlying's price from a quorum of fresh ones, and settles delta when the
/// price has moved by the threshold. A refused report changes nothing but its sender's sequence. Owner: the engine agent.
/// </summary>
internal sealed class OracleCommands(VenueState state, EventEmitter events, DeltaSettlement settlement, PegMoves pegs)
{
    public void Report(uint session, in OracleReportDecoder message, RejectCode refusal)
    {
        var code = refusal != default ? refusal : Check(session, message);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.OracleReportRefused(session, message.SourceId, message.UnderlyingId, message.SourceSequence, code);
            return;
        }

        var id = message.UnderlyingId;
        state.Oracle.Accept(id, message.SourceId, new SourceRecord
        {
            Sequence = message.SourceSequence,
            SourceTime = message.SourceTime,
            ReceivedTime = state.TimeNanos,
            Price = message.Price,
            Session = session,
        });
        ref var underlying = ref state.Underlyings.Write(id);
        var fresh = state.Oracle.Median(id, state.TimeNanos, underlying.OracleMaxAgeNanos, out var median);
        underlying.FreshSources = fresh;
        if (fresh < underlying.OracleQuorum)
        {
            return;
        }

        underlying.PriceTime = state.TimeNanos;
        if (median == underlying.Price)
        {
            return;
        }

        var isFirst = underlying.Price == 0;
        underlying.Price = median;
        events.OraclePrice(id, fresh, median);
        if (isFirst || settlement.IsThresholdReached(id))
        {
            settlement.Tick(id, SettlementTrigger.Threshold);
        }

        PriceWatch.OracleMoved(state, id);
        pegs.OracleMoved(id);
    }

    private RejectCode Check(uint session, in OracleReportDecoder message)
    {
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

        if (message.Price < 1 || message.Price > state.Underlyings.Read(message.UnderlyingId).PriceMax)
        {
            return RejectCode.OracleReportOutOfRange;
        }

        // Both only against the same source: its clock may be off by seconds and its numbering is its own.
        ref readonly var last = ref state.Oracle.Read(message.UnderlyingId, message.SourceId);
        return message.SourceSequence <= last.Sequence || message.SourceTime < last.SourceTime
            ? RejectCode.OracleReportStale
            : default;
    }
}
