using HftDelta.Runtime.Counters;
using HftDelta.Wire;

namespace HftDelta.Gateway;

/// <summary>Counters of the egress agent, which alone writes them.</summary>
public sealed class EgressCounters
{
    /// <summary>Why reports of oracle sources are refused; anything else is counted as other.</summary>
    private static readonly (RejectCode Code, string Reason)[] _oracleReasons =
    [
        (RejectCode.OracleSignatureInvalid, "signature_invalid"), (RejectCode.OracleSignatureMissing, "signature_missing"),
        (RejectCode.OracleSourceWithoutKey, "without_key"), (RejectCode.OracleReportStale, "replayed"),
        (RejectCode.OracleReportOutOfRange, "out_of_range"), (RejectCode.OracleClockSkew, "clock_skew"),
        (RejectCode.OracleReportTooOld, "too_old"), (RejectCode.OracleReportJumps, "jump"),
        (RejectCode.OracleReportDeviates, "deviation"), (RejectCode.OracleSourceDisabled, "disabled"), (default, "other"),
    ];

    private readonly Counter[] _oracleRefusals;

    public EgressCounters(CounterAllocation allocate)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        SafeSequence = allocate("hftdelta_egress_safe_sequence", "", CounterUnit.Sequence);
        Reports = allocate("hftdelta_egress_reports_total", "", CounterUnit.Count);
        ReportsWithoutConnection = allocate("hftdelta_egress_reports_without_connection_total", "", CounterUnit.Count);
        MarketData = allocate("hftdelta_egress_market_data_total", "", CounterUnit.Count);
        ConnectionsCut = allocate("hftdelta_egress_connections_cut_total", "", CounterUnit.Count);
        Answers = allocate("hftdelta_egress_answers_total", "", CounterUnit.Count);
        AnswersWithoutConnection = allocate("hftdelta_egress_answers_without_connection_total", "", CounterUnit.Count);
        Retransmitted = allocate("hftdelta_egress_retransmitted_total", "", CounterUnit.Count);
        ConnectionsEnded = allocate("hftdelta_egress_connections_ended_total", "", CounterUnit.Count);
        _oracleRefusals =
        [
            .. _oracleReasons.Select(reason =>
                allocate("hftdelta_oracle_reports_refused_total", $"reason={reason.Reason}", CounterUnit.Count)),
        ];
        HashPointsDropped = allocate("hftdelta_egress_hash_points_dropped_total", "", CounterUnit.Count);
    }

    public Counter SafeSequence { get; }

    public Counter Reports { get; }

    /// <summary>Reports of sessions that nobody is connected for.</summary>
    public Counter ReportsWithoutConnection { get; }

    public Counter MarketData { get; }

    /// <summary>Connections that were cut because the client did not read.</summary>
    public Counter ConnectionsCut { get; }

    /// <summary>What ingress asked for and no event says: handshakes, gaps, duplicates, terminations.</summary>
    public Counter Answers { get; }

    /// <summary>Answers whose connection had gone.</summary>
    public Counter AnswersWithoutConnection { get; }

    /// <summary>Reports sent again on request.</summary>
    public Counter Retransmitted { get; }

    /// <summary>Reports of oracle sources that were refused, and why.</summary>
    public Counter OracleRefusals(RejectCode code)
    {
        var place = 0;
        while (_oracleReasons[place].Code != code && place < _oracleReasons.Length - 1)
        {
            place++;
        }

        return _oracleRefusals[place];
    }

    /// <summary>Connections over the network that ended and gave everything back.</summary>
    public Counter ConnectionsEnded { get; }

    /// <summary>Hash points that found their ring full: fewer places for a replay to compare.</summary>
    public Counter HashPointsDropped { get; }
}
