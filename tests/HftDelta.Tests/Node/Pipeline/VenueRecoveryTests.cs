using HftDelta.Engine;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Writing;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Faults;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>A venue that comes back is the venue that went.</summary>
[CancelAfter(60_000)]
internal sealed class VenueRecoveryTests
{
    [Test]
    public void A_stopped_venue_goes_on_in_the_next_term_with_the_same_state()
    {
        using var before = VenueDriver.Trading();
        before.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        before.Idle();
        var hash = before.Venue.Processor.StateHash();
        var last = before.Venue.LastSequence;
        before.Venue.Stop();
        before.Venue.Dispose();

        using var after = new VenueDriver(before.Options, before.Storage);
        after.ContinueFrom(before);
        Assert.That(after.Venue.Recovered.Commands, Is.EqualTo(last.Value));
        Assert.That(after.Venue.Recovered.StateHash, Is.EqualTo(hash));

        after.Venue.StartByHand();
        after.Idle();
        after.Order(VenueDriver.Taker, Side.Buy, 1_001, 5);
        after.Idle();
        Assert.That(
            after.Received(VenueDriver.Taker).Select(one => one.TemplateId).ToArray(),
            Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId }));
        after.Venue.Stop();

        using var reader = new JournalReader(after.Storage);
        Assert.That(reader.Seek(new CommandSequence(last.Value + 1)), Is.True);
        Assert.That(reader.TryRead(out var lead), Is.True);
        Assert.That(lead.Envelope.Term, Is.EqualTo(2));
        Assert.That(LeaderTermDecoder.Trusted(lead.Frame).FirstSequence, Is.EqualTo((ulong)lead.Sequence.Value));
    }

    [Test]
    public void A_session_knows_its_next_request_after_a_recovery()
    {
        using var before = VenueDriver.Trading();
        before.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        before.Order(VenueDriver.Maker, Side.Sell, 1_002, 5);
        before.Idle();
        before.Venue.Stop();
        before.Venue.Dispose();

        using var after = new VenueDriver(before.Options, before.Storage);
        after.ContinueFrom(before);
        after.Venue.StartByHand();
        after.Idle();
        after.Order(VenueDriver.Maker, Side.Sell, 1_003, 5, sequence: 2);
        after.Order(VenueDriver.Maker, Side.Sell, 1_003, 5, sequence: 3);
        after.Idle();

        Assert.That(
            after.Received(VenueDriver.Maker).Select(one => one.TemplateId),
            Is.EquivalentTo([RequestOutcomeDecoder.TemplateId, OrderAcceptedDecoder.TemplateId]));
    }

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void A_killed_venue_has_everything_that_it_told_anybody(ulong seed)
    {
        using var before = VenueDriver.Trading();
        var random = new HftDelta.Simulation.Randomness.SeededRandom(seed);
        var accepted = 0;
        for (var index = 0; index < 300; index++)
        {
            before.Order(VenueDriver.Maker, Side.Sell, 1_001 + random.NextInRange(0, 50), 1);
            if (random.Chance(1, 5))
            {
                StepSome(before, random);
            }

            accepted += before.Received(VenueDriver.Maker).Count;
        }

        var killed = ((VirtualStorage)before.Storage).AfterKill();
        var safe = SafeCursorFile.Read(killed).Sequence;
        using var after = new VenueDriver(before.Options, killed);

        Assert.That(after.Venue.Recovered.LastSequence, Is.GreaterThanOrEqualTo(safe));
        Assert.That(after.Venue.Processor.View.OrderCount, Is.GreaterThanOrEqualTo(accepted));
        Assert.That(after.Venue.Processor.RecomputeStateHash(), Is.EqualTo(after.Venue.Recovered.StateHash));
    }

    [Test]
    public void A_risk_computation_that_was_outstanding_is_asked_for_again()
    {
        using var before = VenueDriver.Trading();
        before.ListCall(2, 1_000, before.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        before.Idle();
        before.Oracle(1_100);
        var agents = before.Venue.Agents;
        agents.Ingress.DoWork();
        agents.Journal.DoWork();
        agents.Engine.DoWork();
        Assert.That(before.Venue.Processor.IsRiskOutstanding, Is.True);

        using var after = new VenueDriver(before.Options, ((VirtualStorage)before.Storage).AfterKill());
        Assert.That(after.Venue.Processor.IsRiskOutstanding, Is.True);
        after.Venue.StartByHand();
        after.Idle();
        Assert.That(after.Venue.Processor.IsRiskOutstanding, Is.False);
    }

    [Test]
    public void Other_limits_than_those_of_the_journal_are_refused()
    {
        using var before = VenueDriver.Trading();
        before.Venue.Stop();
        before.Venue.Dispose();

        var other = before.Options with { Limits = EngineLimits.Small with { Orders = 1_000 } };
        Assert.That(
            () => new VenueDriver(other, before.Storage),
            Throws.InstanceOf<ReplicaException>().With.Property(nameof(ReplicaException.Fault))
                .EqualTo(ReplicaFault.LimitsDiffer));
    }

    [Test]
    public void A_journal_without_its_safe_cursor_is_not_continued_unless_that_is_accepted()
    {
        using var before = VenueDriver.Trading();
        before.Venue.Stop();
        before.Venue.Dispose();
        before.Storage.Delete(SafeCursorFile.FileName);

        Assert.That(
            () => new VenueDriver(before.Options, before.Storage),
            Throws.InstanceOf<JournalException>()
                .With.Property(nameof(JournalException.Fault)).EqualTo(JournalFault.SafeCursorDamaged));
        var notices = new List<string>();
        using var after = new VenueDriver(
            before.Options with { AcceptsUnknownLoss = true, OnNotice = notices.Add }, before.Storage);
        Assert.That(notices, Has.One.Contains("HD2210"));
        after.Venue.StartByHand();
        after.Idle();
        Assert.That(SafeCursorFile.Read(before.Storage).Sequence, Is.EqualTo(after.Venue.LastSequence));
    }

    [Test]
    public void Two_venues_never_append_to_one_journal()
    {
        using var first = VenueDriver.Trading();
        Assert.That(
            () => new VenueDriver(first.Options, first.Storage),
            Throws.InstanceOf<JournalException>().With.Property(nameof(JournalException.Fault)).EqualTo(JournalFault.Locked));
    }

    [Test]
    public void A_recorded_hash_that_the_replay_does_not_reach_stops_the_start()
    {
        using var before = VenueDriver.Trading();
        before.Venue.Stop();
        before.Venue.Dispose();
        using (var log = HashPointLog.OpenOrCreate(before.Storage, before.Venue.JournalId))
        {
            log.Append(new HashPoint(new CommandSequence(5), new HashWords(1, 2, 3, 4), default));
        }

        Assert.That(
            () => new VenueDriver(before.Options, before.Storage),
            Throws.InstanceOf<StateDivergenceException>().With.Message.Contains("command 5"));
    }

    [Test]
    public void The_engine_stops_at_a_marker_whose_results_it_does_not_reach_and_names_it()
    {
        using var before = VenueDriver.Trading();
        before.ListCall(2, 1_000, before.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        before.Idle();
        before.Oracle(1_100);
        var agents = before.Venue.Agents;
        agents.Ingress.DoWork();
        agents.Journal.DoWork();
        agents.Engine.DoWork();
        var inputs = before.Venue.LastSequence;
        var storage = ((VirtualStorage)before.Storage).AfterKill();
        AppendWrongMarker(storage, before.Options.JournalId, inputs);

        var stopped = Assert.Throws<EngineStoppedException>(() => _ = new VenueDriver(before.Options, storage));
        Assert.That(stopped!.Sequence.Value, Is.EqualTo(inputs.Value + 1));
        Assert.That(stopped.TemplateId, Is.EqualTo(GreeksReadyDecoder.TemplateId));
        Assert.That(HftDelta.Node.NodeFailure.ExitCodeOf(stopped), Is.EqualTo(ExitCode.StateDivergence));
    }

    private static void AppendWrongMarker(VirtualStorage storage, Guid journalId, CommandSequence inputs)
    {
        using var journal = AppendableJournal.Open(storage, new JournalOptions { JournalId = journalId, Schemas = Schemas });
        var frame = new byte[GreeksReadyDecoder.FrameLength];
        GreeksReadyEncoder.Wrap(frame).SetUnderlyingId(1).SetInputSequence((ulong)inputs.Value);
        var envelope = new RecordEnvelope
        {
            Sequence = inputs.Value + 1,
            TimeNanos = journal.Recovered.LastTime.Value,
            Term = 1,
            Length = (ushort)frame.Length,
            Source = RecordSource.Risk,
        };
        envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
        Assert.That(journal.Writer.TryAppend(in envelope, frame), Is.True);
    }

    private static JournalSchemas Schemas => new(
        HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version);

    private static void StepSome(VenueDriver driver, HftDelta.Simulation.Randomness.SeededRandom random)
    {
        var agents = driver.Venue.Agents;
        for (var step = random.NextInRange(1, 12); step > 0; step--)
        {
            switch (random.NextInRange(0, 3))
            {
                case 0:
                    agents.Ingress.DoWork();
                    break;
                case 1:
                    agents.Journal.DoWork();
                    break;
                case 2:
                    agents.Engine.DoWork();
                    break;
                default:
                    agents.Egress.DoWork();
                    break;
            }
        }
    }
}
