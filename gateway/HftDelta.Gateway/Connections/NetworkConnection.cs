using HftDelta.Aeron;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Security;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>Where a connection over the network stands; docs/sessions.md says what each message does in each.</summary>
internal enum ConnectionState : byte
{
    None = 0,

    /// <summary>It said who it is; the challenge is on its way.</summary>
    Challenged,

    /// <summary>It proved that; it has a session and does not speak for it yet.</summary>
    Negotiated,

    /// <summary>The command that opens its session is sequenced; the engine has not told what came of it.</summary>
    Establishing,

    /// <summary>It speaks for its session.</summary>
    Established,

    /// <summary>Another connection is taking its session over.</summary>
    Superseded,

    /// <summary>It has ended here; egress sends what is left and releases it.</summary>
    Closing,
}

/// <summary>One connection over the network as ingress sees it. Owner: the ingress agent.</summary>
internal sealed class NetworkConnection
{
    public required uint Number { get; init; }

    public required int Slot { get; init; }

    /// <summary>The stream of its requests.</summary>
    public required Image Image { get; init; }

    public required ConnectionOutput Output { get; init; }

    /// <summary>What the client calls its session.</summary>
    public required UInt128 Id { get; init; }

    public required KeyId Key { get; init; }

    public required ulong BeganNanos { get; init; }

    public ConnectionState State { get; set; } = ConnectionState.Challenged;

    /// <summary>Known once it has negotiated.</summary>
    public Participant? Participant { get; set; }

    /// <summary>Its session; none before it has negotiated.</summary>
    public SessionHandle Session { get; set; }

    public uint KeepAliveMillis { get; set; }

    public ulong LapseNanos { get; set; }

    public ulong LastFrameNanos { get; set; }

    /// <summary>The command that opens its session.</summary>
    public CommandSequence OpenCommand { get; set; }

    /// <summary>The engine has told what came of it.</summary>
    public bool IsTold { get; set; }

    /// <summary>Why the engine refused it; 0: it did not.</summary>
    public ushort Refusal { get; set; }

    /// <summary>It asked to end, or is gone, while the engine had not told yet.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The connection that it takes its session over from.</summary>
    public NetworkConnection? Before { get; set; }

    /// <summary>Retransmissions asked of egress.</summary>
    public long RetransmissionsAsked { get; set; }

    /// <summary>It ended before its handshake did.</summary>
    public bool EndedUnfinished { get; set; }

    public bool IsGone => Image.IsClosed || Image.IsEndOfStream || Output.IsCut;

    public AnswerAddress Address => new(Number, Slot, Session.Value);
}
