using HftDelta.Gateway;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway;

/// <summary>What ingress sequences by itself: ticks and lost sessions.</summary>
[CancelAfter(20_000)]
internal sealed class IngressTimeTests
{
    [Test]
    public void A_quiet_tick_comes_when_nothing_was_sequenced_for_long_and_not_before()
    {
        var rig = new IngressRig();
        rig.Clock.Advance(49);
        Assert.That(rig.Step(), Is.Empty);
        rig.Clock.Advance(1);

        var (envelope, frame) = rig.Step().Single();
        Assert.That(ClockTickDecoder.Trusted(frame).Reason, Is.EqualTo(TickReason.Quiet));
        Assert.That(envelope.TimeNanos, Is.EqualTo(2_050));
        Assert.That(rig.Step(), Is.Empty, "the tick itself was sequenced");
    }

    [Test]
    public void Frames_that_become_no_command_do_not_stop_the_clock()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.Step();
        var ticks = 0;
        for (var cycle = 0; cycle < 100; cycle++)
        {
            rig.Send(IngressRig.Order(1)[..60]);
            rig.Clock.Advance(10);
            ticks += rig.Step().Count(one => ClockTickDecoder.Trusted(one.Frame).Reason == TickReason.Quiet);
        }

        Assert.That(ticks, Is.EqualTo(20), "one every 50 of 1,000");
        Assert.That(rig.Count(FrameResult.Malformed), Is.EqualTo(100));

        rig.Engine.Write(rig.LastSequence, hasPendingWork: true, isRiskOutstanding: false);
        rig.Send(IngressRig.Order(1)[..60]);
        Assert.That(ClockTickDecoder.Trusted(rig.Step().Single().Frame).Reason, Is.EqualTo(TickReason.PendingWork));
    }

    [Test]
    public void A_request_puts_the_quiet_tick_off()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.Clock.Advance(40);
        rig.SendOrder(1);
        rig.Step();
        rig.Clock.Advance(40);

        Assert.That(rig.Step(), Is.Empty);
    }

    [Test]
    public void Pending_work_is_ticked_on_one_tick_at_a_time_once_the_engine_has_caught_up()
    {
        var rig = new IngressRig();
        rig.Engine.Write(new CommandSequence(100), hasPendingWork: true, isRiskOutstanding: false);
        Assert.That(rig.Step(), Is.Empty, "command 101 is not applied yet");

        rig.Engine.Write(new CommandSequence(101), hasPendingWork: true, isRiskOutstanding: false);
        var tick = rig.Step().Single();
        Assert.That(ClockTickDecoder.Trusted(tick.Frame).Reason, Is.EqualTo(TickReason.PendingWork));
        Assert.That(rig.Step(), Is.Empty, "the tick is not applied yet");

        rig.Engine.Write(new CommandSequence(102), hasPendingWork: false, isRiskOutstanding: false);
        Assert.That(rig.Step(), Is.Empty);
    }

    [Test]
    public void Requests_go_before_ticks_for_pending_work()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.Engine.Write(new CommandSequence(101), hasPendingWork: true, isRiskOutstanding: false);
        rig.SendOrder(1);

        Assert.That(rig.Step().Single().Envelope.Source, Is.EqualTo(RecordSource.Client));
    }

    [Test]
    public void Nothing_of_a_session_follows_the_command_that_closes_it()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.Step();
        Close(rig);
        rig.Step();
        rig.SendOrder(1);
        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.ClosedSession), Is.EqualTo(1));

        // An event from before the close must not open it again; the one of the close itself confirms.
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1, atCommand: 101);
        rig.Tell(IngressRig.Session, SessionStatus.Closed, 1, atCommand: 102);
        rig.SendOrder(1);
        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.ClosedSession), Is.EqualTo(2));
    }

    [Test]
    public void A_session_that_comes_back_goes_on_with_its_sequence()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.SendOrder(1);
        rig.Step();
        Close(rig);
        rig.Step();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 2, atCommand: 104);
        rig.SendOrder(2);

        Assert.That(rig.Step(), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_late_event_does_not_turn_the_sequence_of_a_session_back()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.SendOrder(1);
        rig.SendOrder(2);
        rig.Step();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1, atCommand: 101);
        rig.Step();

        Assert.That(rig.Agent.Sessions.NextRequestOf(new SessionHandle(IngressRig.Session)), Is.EqualTo(3));
    }

    [Test]
    public void A_client_that_was_cut_is_closed_like_one_that_disconnected()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        rig.Step();
        rig.Client.Output.Cut();
        rig.SendOrder(1);

        var closed = SessionClosedDecoder.Trusted(rig.Step().Single().Frame);
        Assert.That(closed.SessionHandle, Is.EqualTo(IngressRig.Session));
        Assert.That(closed.Reason, Is.EqualTo(CloseReason.Disconnected));
        Assert.That(rig.Step(), Is.Empty, "once, and nothing more is read of it");
    }

    private static void Close(IngressRig rig)
    {
        var frame = new byte[SessionClosedDecoder.FrameLength];
        SessionClosedEncoder.Wrap(frame).SetSessionHandle(IngressRig.Session).SetReason(CloseReason.Requested);
        rig.Operator.TryWrite(RecordSource.Operator, SessionHandle.None, frame);
    }
}
