using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Requests;
using HftDelta.Simulation.Network;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

[CancelAfter(20_000)]
internal sealed class ConnectionTests
{
    [Test]
    public void The_way_up_is_negotiate_prove_establish_on_a_port_that_the_system_chose()
    {
        using var world = new ClientWorld(options => options with { KeepAliveMillis = 700, CancelOnDisconnect = false });
        world.Establish();
        Assert.That(
            world.Venue.Heard.Select(heard => heard.TemplateId),
            Is.EqualTo(new[] { NegotiateDecoder.TemplateId, ProveDecoder.TemplateId, EstablishDecoder.TemplateId }));
        var negotiate = NegotiateDecoder.Trusted(world.Venue.Heard[0].Frame);
        Assert.That(negotiate.KeyId, Is.EqualTo(16));
        Assert.That(world.Venue.ResponseChannel, Does.StartWith("aeron:udp?endpoint=10.0.0.2:").And.Not.EndWith(":0"));
        Assert.That(SessionId.Read(negotiate.SessionId), Is.EqualTo(world.Client.SessionId));
        var establish = EstablishDecoder.Trusted(world.Venue.Heard[2].Frame);
        Assert.That(establish.Header.SessionHandle, Is.EqualTo(ScriptedVenue.Handle));
        Assert.That(establish.NextSequence, Is.EqualTo(1));
        Assert.That(establish.KeepAliveMillis, Is.EqualTo(700));
        Assert.That(establish.CancelOnDisconnect, Is.EqualTo(0));
        Assert.That(world.Client.Orders.Account.Value, Is.EqualTo(ScriptedVenue.Account));
        Assert.That(
            world.Told.States,
            Is.EqualTo(new[]
            {
                ConnectionState.Connecting, ConnectionState.Negotiating, ConnectionState.Establishing,
                ConnectionState.Established,
            }));
    }

    [Test]
    public void Calls_before_the_session_is_open_are_refused_and_consume_nothing()
    {
        using var world = new ClientWorld();
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Code, Is.EqualTo(SubmitCode.NotEstablished));
        world.Establish();
        Assert.That(world.Send().Request.Value, Is.EqualTo(1));
        Assert.That(world.Venue.Requests, Is.EqualTo(new[] { (1UL, false) }));
    }

    [Test]
    public void A_venue_that_never_answers_is_tried_again_later_each_time()
    {
        using var world = new ClientWorld(options => options with
        {
            HandshakeTimeoutNanos = 50_000_000,
            ReconnectDelayNanos = 20_000_000,
            ReconnectDelayNanosMax = 80_000_000,
        });
        world.Venue.AnswersHandshake = false;
        world.Until(() => world.Client.Statistics.Attempts == 6, what: "six attempts");
        var times = world.Venue.Heard.Where(heard => heard.TemplateId == NegotiateDecoder.TemplateId)
            .Select(heard => heard.Time.Value).ToList();
        var waits = times.Zip(times.Skip(1), (one, next) => next - one).ToList();
        Assert.That(waits[0], Is.InRange(60_000_000UL, 75_000_000UL));
        Assert.That(waits[3], Is.InRange(90_000_000UL, 135_000_000UL));
        world.Venue.AnswersHandshake = true;
        world.Establish();
    }

    [Test]
    public void A_venue_that_falls_silent_is_left_after_three_intervals_and_resumed_with_the_same_session()
    {
        using var world = new ClientWorld(options => options with { KeepAliveMillis = 100 });
        world.Establish();
        var session = world.Venue.SessionId;
        var begun = world.Clock.Now.Value;
        world.Until(() => world.Client.State != ConnectionState.Established, what: "the silence is noticed");
        Assert.That(world.Clock.Now.Value - begun, Is.InRange(300_000_000UL, 301_000_000UL));
        Assert.That(world.Told.Lines[^1], Does.StartWith("state Disconnected VenueSilent"));
        Assert.That(world.Venue.Count(SequenceNoticeDecoder.TemplateId), Is.InRange(2, 3), "it said that it is there");
        var channel = world.Venue.ResponseChannel;
        world.Establish();
        Assert.That(world.Venue.SessionId, Is.EqualTo(session));
        Assert.That(world.Venue.ResponseChannel, Is.Not.EqualTo(channel));
    }

    [Test]
    public void Word_of_the_venue_keeps_an_idle_connection()
    {
        using var world = new ClientWorld(options => options with { KeepAliveMillis = 100 });
        world.Establish();
        for (var round = 0; round < 20; round++)
        {
            world.Pass(90_000_000);
            world.Venue.Notice(1);
        }

        Assert.That(world.Client.State, Is.EqualTo(ConnectionState.Established));
        Assert.That(world.Venue.Negotiations, Is.EqualTo(1));
    }

    [Test]
    public void A_wrong_key_ends_the_client_for_good()
    {
        using var world = new ClientWorld();
        world.Venue.AnswersHandshake = false;
        world.Until(() => world.Venue.Heard.Count > 0);
        world.Venue.OpenResponses();
        var buffer = new byte[NegotiationRejectedDecoder.FrameLength];
        NegotiationRejectedEncoder.Wrap(buffer).SetSessionId(world.Venue.SessionId)
            .SetCode(SessionRejectCode.Authentication);
        world.Venue.Send(buffer);
        world.Until(() => world.Client.State == ConnectionState.Closed);
        world.Pass(3_000_000_000);
        Assert.That(world.Client.Statistics.Attempts, Is.EqualTo(1));
    }

    [TestCase(SessionRejectCode.KeepAliveLapsed, ConnectionState.Established)]
    [TestCase(SessionRejectCode.TakenOver, ConnectionState.Closed)]
    public void A_session_that_the_venue_ends_is_resumed_unless_somebody_else_took_it(
        SessionRejectCode code, ConnectionState end)
    {
        using var world = new ClientWorld();
        world.Establish();
        world.Venue.Terminate(code);
        world.Until(() => world.Client.State != ConnectionState.Established);
        world.Pass(500_000_000);
        Assert.That(world.Client.State, Is.EqualTo(end));
    }

    [Test]
    public void Close_tells_the_venue_and_ends_what_is_outstanding_as_unknown()
    {
        using var world = new ClientWorld();
        world.Establish();
        world.Send();
        world.Client.Close();
        world.Until(() => world.Client.State == ConnectionState.Closed);
        world.Pass(1_000_000);
        Assert.That(
            TerminateDecoder.Trusted(world.Venue.Last(TerminateDecoder.TemplateId).Frame).Code,
            Is.EqualTo(SessionRejectCode.Requested));
        Assert.That(world.Told.Outcomes.Single().Kind, Is.EqualTo(OutcomeKind.Unknown));
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Code, Is.EqualTo(SubmitCode.NotEstablished));
    }

    [Test]
    public void A_process_that_names_the_session_of_another_goes_on_where_that_one_stopped()
    {
        using var world = new ClientWorld(options => options with { Session = new SessionId(5, 6) });
        world.Venue.NextRequest = 12;
        world.Venue.NextReport = 40;
        world.Establish();
        world.Send();
        Assert.That(world.Venue.Requests, Is.EqualTo(new[] { (12UL, false) }));
        world.Venue.Accepted(request: 12, order: 900);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[] { "outcome 12 Accepted order 900 code 0" }));
    }

    [Test]
    public void A_venue_that_forgot_what_it_acknowledged_ends_the_session_and_another_begins()
    {
        using var world = new ClientWorld(options => options with { KeepAliveMillis = 100 });
        world.Establish();
        var session = world.Venue.SessionId;
        world.Send();
        world.Venue.Accepted(request: 1, order: 900);
        world.Send();
        world.Until(() => world.Told.Outcomes.Count == 1);
        world.Venue.Hangup();
        world.Venue.NextReport = 1;
        world.Until(() => world.Venue.SessionId.AsSpan().SequenceEqual(session) is false, what: "another session");
        world.Establish();
        Assert.That(
            world.Told.Outcomes.Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Accepted, OutcomeKind.Unknown }));
        Assert.That(world.Told.Lines, Has.Some.StartsWith("state Disconnected SessionForgotten"));
        Assert.That(world.Send().Request.Value, Is.EqualTo(3), "numbers go on over sessions");
        Assert.That(world.Venue.Requests.Last(), Is.EqualTo((1UL, false)));
    }

    [TestCase(1UL)]
    [TestCase(2UL)]
    public void A_venue_that_names_a_number_below_one_that_it_confirmed_gets_nothing_twice(ulong forgotten)
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 3_000_000_000 }).Establish();
        for (var count = 0; count < 3; count++)
        {
            world.Send();
        }

        // The venue has all three, tells so when the client is back, and the reports are still under way.
        world.Venue.Hangup();
        world.Venue.NextRequest = 4;
        world.Until(() => world.Client.State == ConnectionState.Disconnected);
        world.Venue.EstablishmentRefusal = default;
        world.Establish();
        var session = world.Venue.SessionId;
        var heard = world.Venue.Heard.Count;
        world.Venue.Hangup();
        world.Venue.NextRequest = forgotten;
        world.Until(() => !world.Venue.SessionId.AsSpan().SequenceEqual(session), what: "another session");
        world.Venue.NextRequest = 1;
        world.Establish();
        world.Pass(20_000_000);
        Assert.That(
            world.Told.Outcomes.Select(outcome => outcome.Kind), Is.EqualTo(Enumerable.Repeat(OutcomeKind.Unknown, 3)));
        Assert.That(world.Told.Lines, Has.Some.StartsWith("state Disconnected SessionForgotten"));
        Assert.That(
            world.Venue.Heard.Skip(heard).TakeWhile(one => one.TemplateId != EstablishDecoder.TemplateId)
                .Count(one => one.IsRequest),
            Is.LessThanOrEqualTo(3), "questions about what it confirmed alone");
        Assert.That(world.Venue.Heard.Count(one => one.IsRequest), Is.LessThanOrEqualTo(6));
    }

    [Test]
    public void A_report_confirms_its_request_and_all_before_it()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 3_000_000_000 }).Establish();
        world.Send();
        world.Send();
        world.Venue.Accepted(request: 2, order: 902);
        world.Until(() => world.Told.Outcomes.Count == 1);
        var session = world.Venue.SessionId;
        world.Venue.Hangup();
        world.Until(() => !world.Venue.SessionId.AsSpan().SequenceEqual(session), what: "another session");
        world.Establish();
        world.Pass(20_000_000);
        Assert.That(world.Told.Outcomes.Select(outcome => outcome.Kind), Does.Contain(OutcomeKind.Unknown));
        Assert.That(world.Venue.Requests, Is.EqualTo(new[] { (1UL, false), (2UL, false) }), "nothing is sent again");
    }

    [Test]
    public void A_handshake_survives_a_network_that_loses_a_third()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            using var world = new ClientWorld(seed: seed);
            world.Network.Conditions = LinkConditions.Poor(perMille: 333, delayNanos: 50_000);
            world.Establish();
        }
    }
}
