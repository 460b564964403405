using HftDelta.Gateway;
using HftDelta.Gateway.Answers;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway;

/// <summary>What ingress lets in, what it refuses and counts, and what it answers.</summary>
[CancelAfter(20_000)]
internal sealed class IngressAgentTests
{
    [Test]
    public void A_new_leader_announces_its_term_with_the_sequence_of_the_announcement()
    {
        var lead = new IngressRig().Lead;

        var term = LeaderTermDecoder.Trusted(lead.Frame);
        Assert.That(term.Term, Is.EqualTo(2));
        Assert.That(term.FirstSequence, Is.EqualTo(101));
        Assert.That(lead.Envelope.Sequence, Is.EqualTo(101));
        Assert.That(lead.Envelope.Source, Is.EqualTo(RecordSource.Sequencer));
        Assert.That(lead.Envelope.TimeNanos, Is.EqualTo(2_000));
    }

    [Test]
    public void A_request_in_sequence_is_sequenced_unchanged()
    {
        var rig = OpenRig();
        rig.SendOrder(1);

        var (envelope, frame) = rig.Step().Single();

        Assert.That(frame, Is.EqualTo(IngressRig.Order(1)));
        Assert.That(envelope.SessionHandle, Is.EqualTo(IngressRig.Session));
        Assert.That(envelope.Source, Is.EqualTo(RecordSource.Client));
        Assert.That(rig.Count(FrameResult.Accepted), Is.EqualTo(1));
    }

    [Test]
    public void An_internal_template_from_a_client_is_refused_and_counted()
    {
        var rig = OpenRig();
        var tick = new byte[ClockTickDecoder.FrameLength];
        ClockTickEncoder.Wrap(tick).SetReason(TickReason.Quiet);
        rig.Send(tick);
        rig.Send(tick[..9]);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.InternalTemplate), Is.EqualTo(2), "sound or not, it is none of a client's business");
    }

    [TestCase(7, ValidationCode.FrameTooShort)]
    [TestCase(40, ValidationCode.BlockTruncated)]
    [TestCase(97, ValidationCode.TrailingBytes)]
    public void A_malformed_frame_is_refused_and_counted_by_reason(int lengthBytes, ValidationCode reason)
    {
        var rig = OpenRig();
        var frame = new byte[lengthBytes];
        IngressRig.Order(1).AsSpan(0, Math.Min(lengthBytes, NewOrderSingleDecoder.FrameLength)).CopyTo(frame);
        rig.Send(frame);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.Malformed), Is.EqualTo(1));
        Assert.That(rig.Counters.Of(reason).Value, Is.EqualTo(1));
    }

    [Test]
    public void A_message_that_the_venue_sends_is_not_taken_from_a_client()
    {
        var rig = OpenRig();
        var report = new byte[OrderAcceptedDecoder.FrameLength];
        OrderAcceptedEncoder.Wrap(report);
        rig.Send(report);
        var unknown = IngressRig.Order(1);
        unknown[2] = 0xEE;
        unknown[3] = 0x7F;
        rig.Send(unknown);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.UnknownTemplate), Is.EqualTo(2));
    }

    [Test]
    public void A_session_that_the_engine_never_told_of_is_refused()
    {
        var rig = new IngressRig();
        rig.SendOrder(1);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.UnknownSession), Is.EqualTo(1));
    }

    [Test]
    public void A_connection_speaks_for_its_own_session_only()
    {
        var rig = OpenRig();
        rig.Tell(6, SessionStatus.Open, 1);
        rig.SendOrder(1, session: 6);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.ForeignSession), Is.EqualTo(1));
    }

    [Test]
    public void A_source_that_does_not_belong_to_the_ring_is_refused()
    {
        var rig = OpenRig();
        rig.Send(IngressRig.Order(1), RecordSource.Operator);
        rig.Operator.TryWrite(RecordSource.Client, new SessionHandle(IngressRig.Session), IngressRig.Order(1));

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.NotPermitted), Is.EqualTo(2));
    }

    [Test]
    public void Nobody_but_the_sequencer_gives_its_own_commands()
    {
        var rig = new IngressRig();
        var lead = new byte[LeaderTermDecoder.FrameLength];
        LeaderTermEncoder.Wrap(lead).SetTerm(9);
        rig.Operator.TryWrite(RecordSource.Operator, SessionHandle.None, lead);
        var ready = new byte[GreeksReadyDecoder.FrameLength];
        GreeksReadyEncoder.Wrap(ready);
        rig.Operator.TryWrite(RecordSource.Operator, SessionHandle.None, ready);
        rig.Risk.TryWrite(RecordSource.Risk, SessionHandle.None, lead);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(FrameResult.NotPermitted), Is.EqualTo(3));
    }

    [Test]
    public void Operator_and_risk_worker_have_their_commands_sequenced()
    {
        var rig = new IngressRig();
        var epoch = new byte[EpochCloseDecoder.FrameLength];
        EpochCloseEncoder.Wrap(epoch).SetEpoch(1);
        rig.Operator.TryWrite(RecordSource.Operator, SessionHandle.None, epoch);
        var ready = new byte[GreeksReadyDecoder.FrameLength];
        GreeksReadyEncoder.Wrap(ready);
        rig.Risk.TryWrite(RecordSource.Risk, SessionHandle.None, ready);

        Assert.That(
            rig.Step().Select(one => (one.Envelope.Source, one.Envelope.SessionHandle)),
            Is.EquivalentTo([(RecordSource.Risk, 0U), (RecordSource.Operator, 0U)]));
    }

    [Test]
    public void A_gap_is_told_once_and_what_follows_it_is_not_applied()
    {
        var rig = OpenRig();
        rig.SendOrder(3);
        rig.SendOrder(4);

        Assert.That(rig.Step(), Is.Empty);
        var told = NotAppliedDecoder.Trusted(rig.AnswersGiven().Single().Frame);
        Assert.That(told.FromSequence, Is.EqualTo(1));
        Assert.That(told.Count_, Is.EqualTo(2));
        Assert.That(told.Header.RequestSequence, Is.Zero);
        Assert.That(told.Header.Sequence, Is.Zero, "the answer is no recoverable report");
        Assert.That(rig.Count(FrameResult.Gap), Is.EqualTo(2));
    }

    [Test]
    public void A_client_that_starts_over_is_told_of_the_gap_again_and_then_goes_on()
    {
        var rig = OpenRig();
        rig.SendOrder(3);
        rig.Step();
        rig.SendOrder(2);
        rig.Step();
        Assert.That(rig.AnswersGiven(), Has.Count.EqualTo(2));

        rig.SendOrder(1);
        rig.SendOrder(2);
        Assert.That(rig.Step(), Has.Count.EqualTo(2));
        rig.SendOrder(9);
        rig.Step();
        Assert.That(NotAppliedDecoder.Trusted(rig.AnswersGiven().Single().Frame).FromSequence, Is.EqualTo(3));
    }

    [Test]
    public void A_duplicate_is_answered_and_not_sequenced_again()
    {
        var rig = OpenRig();
        rig.SendOrder(1);
        rig.Step();
        rig.SendOrder(1);

        Assert.That(rig.Step(), Is.Empty);
        var (answer, _) = rig.AnswersGiven().Single();
        Assert.That(answer.Kind, Is.EqualTo(AnswerKind.Outcome));
        Assert.That((answer.First, answer.Second), Is.EqualTo((1UL, 2UL)));
        Assert.That(answer.After, Is.EqualTo(102), "the command that the request became: it must be safe first");
        Assert.That(rig.Count(FrameResult.Duplicate), Is.EqualTo(1));
    }

    [TestCase(0UL, true)]
    [TestCase(ulong.MaxValue, false)]
    public void A_number_at_an_end_of_its_range_is_answered_and_not_sequenced(ulong sequence, bool past)
    {
        var rig = OpenRig();
        rig.SendOrder(sequence);

        Assert.That(rig.Step(), Is.Empty);
        Assert.That(rig.Count(past ? FrameResult.Duplicate : FrameResult.Gap), Is.EqualTo(1));
        Assert.That(rig.AnswersGiven(), Has.Count.EqualTo(1));
        rig.SendOrder(1);
        Assert.That(rig.Step(), Has.Count.EqualTo(1), "the session goes on where it was");
    }

    [Test]
    public void Duplicates_that_find_no_room_for_their_answers_wait_and_none_is_lost()
    {
        var rig = OpenRig();
        for (ulong sequence = 1; sequence <= 60; sequence++)
        {
            rig.SendOrder(1);
        }

        var answered = 0;
        for (var round = 0; round < 4; round++)
        {
            rig.Step();
            answered += rig.AnswersGiven().Count;
        }

        Assert.That(answered, Is.EqualTo(59));
    }

    [Test]
    public void A_full_inbound_ring_holds_requests_back_and_loses_none()
    {
        var rig = new IngressRig(inboundSlots: 32);
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        for (ulong sequence = 1; sequence <= 40; sequence++)
        {
            rig.SendOrder(sequence);
        }

        var sequences = new List<ulong>();
        for (var round = 0; round < 4; round++)
        {
            // The agent runs several times before anybody reads.
            rig.Agent.DoWork();
            rig.Agent.DoWork();
            sequences.AddRange(rig.Step().Select(one => NewOrderSingleDecoder.Trusted(one.Frame).Header.Sequence));
        }

        Assert.That(sequences, Is.EqualTo(Enumerable.Range(1, 40).Select(number => (ulong)number)));
        Assert.That(rig.Counters.InboundFull.Value, Is.Positive);
        Assert.That(rig.Count(FrameResult.Gap) + rig.Count(FrameResult.Duplicate), Is.Zero);
    }

    [Test]
    public void Nothing_is_read_after_a_stop_was_asked_for()
    {
        var rig = OpenRig();
        rig.Agent.StopReading();
        rig.SendOrder(1);
        rig.Clock.Advance(10_000);

        Assert.That(rig.Step(), Is.Empty);
    }

    private static IngressRig OpenRig()
    {
        var rig = new IngressRig();
        rig.Tell(IngressRig.Session, SessionStatus.Open, 1);
        return rig;
    }
}
