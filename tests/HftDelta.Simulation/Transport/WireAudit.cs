using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// Watches every datagram of a run and holds it against the rules of the protocol, which it knows by itself: what a sender may
/// send after what it has heard, and what a receiver may say after what it has got. Owner: the run.
/// </summary>
internal sealed class WireAudit(TransportScenario scenario, NanoClock clock, ICollection<long> disturbed) : NetworkObserver
{
    private readonly Dictionary<Key, SenderAudit> _senders = [];
    private readonly Dictionary<Key, ReceiverAudit> _receivers = [];
    private readonly HashSet<int> _destinationPorts =
        [.. scenario.Channels.Where(channel => channel.Kind == ChannelKind.Destinations).Select(channel => channel.Port)];

    private readonly HashSet<int> _copies = [];
    private ulong _copiesNanos;
    private ulong _excusedNanos;

    /// <summary>Something just happened to a machine: nobody is late because of it.</summary>
    public void Excuse() => _excusedNanos = clock.Now.Value;

    public override void OnSent(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
        var now = clock.Now.Value;
        if (IsCopy(from, datagram, now))
        {
            return;
        }

        Require(FrameHeader.Classify(datagram, out var type) == FrameFault.None, "a datagram has a header");
        switch (type)
        {
            case FrameType.Setup:
                Require(SetupFrame.TryRead(datagram, out var setup) == FrameFault.None, "a SETUP is whole");
                var setupKey = new Key(from, setup.SessionId, setup.StreamId);
                if (!_senders.TryGetValue(setupKey, out var sender))
                {
                    sender = new SenderAudit(setup, IsGroup(setup.StreamId), scenario.IsUnbroken);
                    _senders.Add(setupKey, sender);
                }

                sender.OnSetup(setup, now);
                break;
            case FrameType.Data:
            case FrameType.Pad:
                Require(DataHeader.TryRead(datagram, out var header) == FrameFault.None, "DATA is whole");
                Require(
                    _senders.TryGetValue(new Key(from, header.SessionId, header.StreamId), out var data),
                    "no DATA before a SETUP");
                data!.OnData(datagram, now, _excusedNanos);
                break;
            case FrameType.StatusMessage:
                Require(StatusMessageFrame.TryRead(datagram, out var status) == FrameFault.None, "an SM is whole");
                if (!status.IsSetupWanted)
                {
                    Receiver(from, status.SessionId, status.StreamId).OnStatus(status, now, _excusedNanos);
                }

                break;
            case FrameType.NegativeAcknowledgement:
                Require(NakFrame.TryRead(datagram, out var nak) == FrameFault.None, "a NAK is whole");
                Receiver(from, nak.SessionId, nak.StreamId).OnNak(nak, now);
                break;
            default:
                break;
        }
    }

    public override void OnReceived(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
        if (FrameHeader.Classify(datagram, out var type) != FrameFault.None)
        {
            return;
        }

        switch (type)
        {
            case FrameType.Setup:
                if (SetupFrame.TryRead(datagram, out var setup) == FrameFault.None)
                {
                    Receiver(to, setup.SessionId, setup.StreamId).OnSetup(setup);
                }

                break;
            case FrameType.Data:
            case FrameType.Pad:
                if (DataHeader.TryRead(datagram, out var header) == FrameFault.None)
                {
                    Receiver(to, header.SessionId, header.StreamId).OnData(datagram);
                }

                break;
            case FrameType.StatusMessage:
                if (StatusMessageFrame.TryRead(datagram, out var status) == FrameFault.None && !status.IsSetupWanted
                    && _senders.TryGetValue(new Key(to, status.SessionId, status.StreamId), out var told))
                {
                    told.OnStatus(status, clock.Now.Value);
                }

                break;
            case FrameType.NegativeAcknowledgement:
                if (NakFrame.TryRead(datagram, out var nak) == FrameFault.None
                    && _senders.TryGetValue(new Key(to, nak.SessionId, nak.StreamId), out var asked))
                {
                    asked.OnNak(nak, clock.Now.Value);
                }

                break;
            default:
                break;
        }
    }

    public override void OnDisturbed(long number) => disturbed.Add(number);

    // One datagram that goes to several destinations leaves once for each, and is judged once. Two of them may be one address
    // where a receiver has begun anew.
    private bool IsCopy(in SocketEndpoint from, ReadOnlySpan<byte> datagram, ulong nowNanos)
    {
        if (!_destinationPorts.Contains(from.Port))
        {
            return false;
        }

        if (_copiesNanos != nowNanos)
        {
            _copiesNanos = nowNanos;
            _copies.Clear();
        }

        var hash = new HashCode();
        hash.Add(from);
        hash.AddBytes(datagram);
        return !_copies.Add(hash.ToHashCode());
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule);
        }
    }

    private ReceiverAudit Receiver(in SocketEndpoint endpoint, int sessionId, int streamId)
    {
        var key = new Key(endpoint, sessionId, streamId);
        if (!_receivers.TryGetValue(key, out var receiver))
        {
            receiver = new ReceiverAudit(IsReliable(streamId), IsGroup(streamId), scenario.IsUnbroken);
            _receivers.Add(key, receiver);
        }

        return receiver;
    }

    // Streams are numbered through all channels.
    private bool IsReliable(int streamId) =>
        !scenario.Subscriptions.Any(plan => !plan.IsReliable && plan.StreamId == streamId);

    private bool IsGroup(int streamId) => scenario.Publications.Any(plan =>
        plan.StreamId == streamId && scenario.Channels[plan.Channel].Kind != ChannelKind.Unicast);

    private readonly record struct Key(SocketEndpoint Endpoint, int SessionId, int StreamId);
}
