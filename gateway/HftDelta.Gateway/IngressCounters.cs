using HftDelta.Runtime.Counters;
using HftDelta.Wire;

namespace HftDelta.Gateway;

/// <summary>What became of a frame that reached ingress.</summary>
public enum FrameResult
{
    Accepted = 0,

    /// <summary>Its lengths do not hold, or its schema is unknown.</summary>
    Malformed,

    /// <summary>A client sent a command that only the venue may give.</summary>
    InternalTemplate,

    /// <summary>A template that the schema does not have, or that is no command.</summary>
    UnknownTemplate,

    /// <summary>Its source may not use this ring, or not send this template.</summary>
    NotPermitted,

    /// <summary>No such session.</summary>
    UnknownSession,

    /// <summary>The session is closed.</summary>
    ClosedSession,

    /// <summary>It names another session than the one of its connection.</summary>
    ForeignSession,

    /// <summary>Sequenced before: answered, not executed again.</summary>
    Duplicate,

    /// <summary>Requests before it are missing: told, not executed.</summary>
    Gap,

    /// <summary>A message of the session itself: part of a handshake, a keep-alive, a wish for retransmission.</summary>
    SessionMessage,

    /// <summary>It begins nothing, and its connection has not negotiated.</summary>
    NotNegotiated,

    /// <summary>Its connection is not established, or no longer.</summary>
    NotEstablished,

    /// <summary>It came in several fragments.</summary>
    Fragmented,

    /// <summary>
    /// A negotiation that was not answered: no room, too many of late from its address, or an address that is not the sender's.
    /// </summary>
    HandshakeRefused,

    /// <summary>An oracle source, or a session that waits for its reports, sent more than can be verified: dropped.</summary>
    VerifierBusy,

    /// <summary>
    /// An oracle report with a signature that is missing or not its source's: sequenced as a refusal, and accepted as that.
    /// </summary>
    Denied,
}

/// <summary>Counters of the ingress agent, which alone writes them.</summary>
public sealed class IngressCounters
{
    private readonly Counter[] _results = new Counter[Enum.GetValues<FrameResult>().Length];
    private readonly Counter[] _malformed = new Counter[Enum.GetValues<ValidationCode>().Length];

    public IngressCounters(CounterAllocation allocate)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        foreach (var result in Enum.GetValues<FrameResult>())
        {
            _results[(int)result] =
                allocate("hftdelta_gateway_frames_total", $"result={Words(result.ToString())}", CounterUnit.Count);
        }

        foreach (var code in Enum.GetValues<ValidationCode>())
        {
            _malformed[(int)code] = code == ValidationCode.Valid
                ? Counter.Detached("hftdelta_gateway_malformed_total")
                : allocate("hftdelta_gateway_malformed_total", $"reason={Words(code.ToString())}", CounterUnit.Count);
        }

        QuietTicks = allocate("hftdelta_gateway_ticks_total", "reason=quiet", CounterUnit.Count);
        PendingTicks = allocate("hftdelta_gateway_ticks_total", "reason=pending_work", CounterUnit.Count);
        AnswersFull = allocate("hftdelta_gateway_answers_full_total", "", CounterUnit.Count);
        Connections = allocate("hftdelta_gateway_connections", "", CounterUnit.Count);
        Established = allocate("hftdelta_gateway_established", "", CounterUnit.Count);
        Lapsed = allocate("hftdelta_gateway_sessions_lapsed_total", "", CounterUnit.Count);
        GraceClosed = allocate("hftdelta_gateway_sessions_not_back_total", "", CounterUnit.Count);
        InboundFull = allocate("hftdelta_gateway_inbound_full_total", "", CounterUnit.Count);
        Sequence = allocate("hftdelta_gateway_last_sequence", "", CounterUnit.Sequence);
    }

    public Counter QuietTicks { get; }

    public Counter PendingTicks { get; }

    /// <summary>Duty cycles that left a frame where it was because a ring of answers was full.</summary>
    public Counter AnswersFull { get; }

    /// <summary>Connections over the network that take a slot now.</summary>
    public Counter Connections { get; }

    /// <summary>Connections over the network that are established now.</summary>
    public Counter Established { get; }

    /// <summary>Sessions closed because nothing came from their clients.</summary>
    public Counter Lapsed { get; }

    /// <summary>Sessions closed because their clients did not come back after a start.</summary>
    public Counter GraceClosed { get; }

    /// <summary>Duty cycles that ended because the inbound ring was full.</summary>
    public Counter InboundFull { get; }

    /// <summary>The last command that was sequenced.</summary>
    public Counter Sequence { get; }

    public Counter Of(FrameResult result) => _results[(int)result];

    public Counter Of(ValidationCode code) => _malformed[(int)code];

    // UnknownTemplate becomes unknown_template.
    private static string Words(string name) =>
        string.Concat(name.Select((letter, index) =>
            char.IsAsciiLetterUpper(letter) ? (index == 0 ? "" : "_") + char.ToLowerInvariant(letter) : $"{letter}"));
}
