using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>Each message in each place of a connection: the table of docs/sessions.md.</summary>
[CancelAfter(60_000)]
internal sealed class SessionTableTests
{
    /// <summary>What a client says.</summary>
    public enum Say
    {
        Negotiate,
        Prove,
        Establish,
        Order,
        Notice,
        Retransmit,
        Terminate,
        Truncated,
        Internal,
        Unknown,
        Report,
        Fragmented,
    }

    private const ushort Nothing = 0;
    private const ushort NegotiationRejected = NegotiationRejectedDecoder.TemplateId;
    private const ushort EstablishmentRejected = EstablishmentRejectedDecoder.TemplateId;
    private const ushort Terminate = TerminateDecoder.TemplateId;

    private static IEnumerable<TestCaseData> Before()
    {
        yield return Case(
            Say.Negotiate, ChallengeDecoder.TemplateId, default, FrameResult.SessionMessage, ConnectionState.Challenged);
        foreach (var say in new[] { Say.Prove, Say.Establish, Say.Order, Say.Notice, Say.Retransmit, Say.Terminate, Say.Report })
        {
            yield return Case(say, Nothing, default, FrameResult.NotNegotiated, ConnectionState.None);
        }

        foreach (var say in new[] { Say.Truncated, Say.Internal, Say.Unknown })
        {
            yield return Case(say, Nothing, default, FrameResult.Malformed, ConnectionState.None);
        }

        yield return Case(Say.Fragmented, Nothing, default, FrameResult.Fragmented, ConnectionState.None);
    }

    private static IEnumerable<TestCaseData> Challenged()
    {
        yield return Case(
            Say.Prove, NegotiationAcceptedDecoder.TemplateId, default, FrameResult.SessionMessage, ConnectionState.Negotiated);
        yield return Case(
            Say.Establish, EstablishmentRejected, SessionRejectCode.NotNegotiated, FrameResult.SessionMessage,
            ConnectionState.Challenged);
        foreach (var one in Unfinished(ConnectionState.Challenged))
        {
            yield return one;
        }
    }

    private static IEnumerable<TestCaseData> Negotiated()
    {
        yield return Case(
            Say.Prove, NegotiationRejected, SessionRejectCode.AlreadyEstablished, FrameResult.SessionMessage,
            ConnectionState.Negotiated);
        yield return Case(
            Say.Establish, EstablishmentAcceptedDecoder.TemplateId, default, FrameResult.SessionMessage,
            ConnectionState.Established);
        foreach (var one in Unfinished(ConnectionState.Negotiated))
        {
            yield return one;
        }
    }

    private static IEnumerable<TestCaseData> Unfinished(ConnectionState state)
    {
        yield return Case(
            Say.Negotiate, NegotiationRejected, SessionRejectCode.AlreadyEstablished, FrameResult.SessionMessage, state);
        yield return Case(Say.Terminate, Nothing, default, FrameResult.SessionMessage, ConnectionState.None);
        foreach (var one in CountedOnly(state))
        {
            yield return one;
        }
    }

    private static IEnumerable<TestCaseData> CountedOnly(ConnectionState state)
    {
        foreach (var say in new[] { Say.Order, Say.Notice, Say.Retransmit })
        {
            yield return Case(say, Nothing, default, FrameResult.NotEstablished, state);
        }

        yield return Case(Say.Truncated, Nothing, default, FrameResult.Malformed, state);
        yield return Case(Say.Internal, Nothing, default, FrameResult.InternalTemplate, state);
        yield return Case(Say.Unknown, Nothing, default, FrameResult.UnknownTemplate, state);
        yield return Case(Say.Report, Nothing, default, FrameResult.UnknownTemplate, state);
        yield return Case(Say.Fragmented, Nothing, default, FrameResult.Fragmented, state);
    }

    private static IEnumerable<TestCaseData> Establishing()
    {
        foreach (var (say, answer) in new[]
        {
            (Say.Negotiate, NegotiationRejected), (Say.Prove, NegotiationRejected), (Say.Establish, EstablishmentRejected),
        })
        {
            yield return Case(
                say, answer, SessionRejectCode.AlreadyEstablished, FrameResult.SessionMessage, ConnectionState.Established);
        }

        yield return Case(
            Say.Terminate, Terminate, SessionRejectCode.Requested, FrameResult.SessionMessage, ConnectionState.None);
        foreach (var one in CountedOnly(ConnectionState.Established).Where(one => !Say.Fragmented.Equals(one.Arguments[0])))
        {
            yield return one;
        }
    }

    private static IEnumerable<TestCaseData> Established()
    {
        foreach (var (say, answer) in new[]
        {
            (Say.Negotiate, NegotiationRejected), (Say.Prove, NegotiationRejected), (Say.Establish, EstablishmentRejected),
        })
        {
            yield return Case(
                say, answer, SessionRejectCode.AlreadyEstablished, FrameResult.SessionMessage, ConnectionState.Established);
        }

        yield return Case(
            Say.Order, OrderAcceptedDecoder.TemplateId, default, FrameResult.Accepted, ConnectionState.Established);
        yield return Case(Say.Notice, Nothing, default, FrameResult.SessionMessage, ConnectionState.Established);
        yield return Case(
            Say.Retransmit, RetransmitRejectedDecoder.TemplateId, SessionRejectCode.RangeNotAvailable,
            FrameResult.SessionMessage, ConnectionState.Established);
        yield return Case(
            Say.Terminate, Terminate, SessionRejectCode.Requested, FrameResult.SessionMessage, ConnectionState.None);
        foreach (var (say, result) in new[]
        {
            (Say.Truncated, FrameResult.Malformed), (Say.Internal, FrameResult.InternalTemplate),
            (Say.Unknown, FrameResult.UnknownTemplate), (Say.Report, FrameResult.UnknownTemplate),
            (Say.Fragmented, FrameResult.Fragmented),
        })
        {
            yield return Case(say, Terminate, SessionRejectCode.Malformed, result, ConnectionState.None);
        }
    }

    [TestCaseSource(nameof(Before))]
    public void Before_it_negotiates(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Until(() => client.IsConnected, "the venue's address");
        Expect(rig, client, say, answer, code, counted, then);
    }

    [TestCaseSource(nameof(Challenged))]
    public void When_it_is_challenged(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Challenge(client);
        Expect(rig, client, say, answer, code, counted, then);
    }

    [TestCaseSource(nameof(Negotiated))]
    public void When_it_is_negotiated(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(client);
        Expect(rig, client, say, answer, code, counted, then);
    }

    [TestCaseSource(nameof(Establishing))]
    public void When_it_is_being_established(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(client);

        // Both in one datagram: the venue reads the second before its engine has told of the first.
        client.Establish();
        Expect(rig, client, say, answer, code, counted, then, EstablishmentAcceptedDecoder.TemplateId);
    }

    [TestCaseSource(nameof(Established))]
    public void When_it_is_established(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then)
    {
        using var rig = NetworkRig.Trading();
        Expect(rig, rig.Established(NetworkRig.Alice, 1), say, answer, code, counted, then);
    }

    private static TestCaseData Case(
        Say say, ushort answer, SessionRejectCode code, FrameResult counted, ConnectionState then) =>
        new(say, answer, code, counted, then);

    private static void Expect(
        NetworkRig rig, RawClient client, Say say, ushort answer, SessionRejectCode code, FrameResult counted,
        ConnectionState then, ushort also = Nothing)
    {
        client.Received.Clear();
        var before = rig.Venue.IngressCounters.Of(counted).Value;
        Speak(client, say);
        rig.Steps(300);

        var answers = client.Received.Where(one => one.TemplateId != also).ToArray();
        Assert.That(answers.Select(one => one.TemplateId), Is.EqualTo(answer == Nothing ? [] : new[] { answer }));
        Assert.That(answer == Nothing ? default : CodeOf(answer, answers[0].Frame), Is.EqualTo(code));
        var own = also == Nothing || counted != FrameResult.SessionMessage ? 1 : 2;
        Assert.That(rig.Venue.IngressCounters.Of(counted).Value - before, Is.EqualTo(own));
        Assert.That(rig.StateOf(client), Is.EqualTo(then));
    }

    private static SessionRejectCode CodeOf(ushort templateId, byte[] frame) => templateId switch
    {
        NegotiationRejected => NegotiationRejectedDecoder.Trusted(frame).Code,
        EstablishmentRejected => EstablishmentRejectedDecoder.Trusted(frame).Code,
        RetransmitRejectedDecoder.TemplateId => RetransmitRejectedDecoder.Trusted(frame).Code,
        Terminate => TerminateDecoder.Trusted(frame).Code,
        _ => default,
    };

    private static void Speak(RawClient client, Say say)
    {
        switch (say)
        {
            case Say.Negotiate:
                client.Negotiate();
                break;
            case Say.Prove:
                client.Prove();
                break;
            case Say.Establish:
                client.Establish();
                break;
            case Say.Order:
                client.Order(Side.Buy, 990, 1);
                break;
            case Say.Notice:
                client.Notice();
                break;
            case Say.Retransmit:
                client.Retransmit(1, 1);
                break;
            case Say.Terminate:
                client.Terminate();
                break;
            case Say.Truncated:
                client.Send(client.OrderFrame(Side.Buy, 990, 1).AsSpan(0, 60));
                break;
            case Say.Internal:
                var tick = new byte[ClockTickDecoder.FrameLength];
                ClockTickEncoder.Wrap(tick).SetReason(TickReason.Quiet);
                client.Send(tick);
                break;
            case Say.Unknown:
                var unknown = client.OrderFrame(Side.Buy, 990, 1);
                unknown[2] = 0xEE;
                unknown[3] = 0x7F;
                client.Send(unknown);
                break;
            case Say.Report:
                var report = new byte[OrderAcceptedDecoder.FrameLength];
                OrderAcceptedEncoder.Wrap(report);
                client.Send(report);
                break;
            default:
                client.Send(new byte[1_500]);
                break;
        }
    }
}
