using HftDelta.Aeron;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Security;
using HftDelta.Gateway.Sessions;

namespace HftDelta.Gateway;

/// <summary>What ingress needs for clients on the network; nothing of it changes.</summary>
public sealed record NetworkWiring
{
    public required AeronDriver Driver { get; init; }

    /// <summary>Where requests arrive. Polled by ingress alone.</summary>
    public required Subscription Requests { get; init; }

    public required ParticipantDirectory Participants { get; init; }

    /// <summary>Connections on their way to egress.</summary>
    public required ConnectionTable Connections { get; init; }

    /// <summary>Sessions that were open at the start are closed when their clients are not back after as long.</summary>
    public required ulong GraceNanos { get; init; }

    /// <summary>A handshake that is not finished after as long is given up.</summary>
    public required ulong HandshakeNanosMax { get; init; }

    /// <summary>Unfinished handshakes at the same time, until what they were given is freed.</summary>
    public required int HandshakesMax { get; init; }

    /// <summary>What one account may hold of the places for sessions.</summary>
    public required SessionQuota Quota { get; init; }

    /// <summary>Handshakes that one address may begin in a second.</summary>
    public required int HandshakesPerSecondMax { get; init; }

    /// <summary>Slots of the backlog of one stream to a client.</summary>
    public required int BacklogSlots { get; init; }

    /// <summary>Bytes of a term of one stream to a client.</summary>
    public required int TermLengthBytes { get; init; }
}
