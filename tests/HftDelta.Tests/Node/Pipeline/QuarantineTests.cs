using HftDelta.Engine.State;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Replica.Following;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>
/// A command that the engine stops at: the venue names it and does not start, a replay to the one before shows the state, and a
/// record in its place lets every follower go on.
/// </summary>
[CancelAfter(60_000)]
internal sealed class QuarantineTests
{
    private VenueDriver _before = null!;
    private VirtualStorage _storage = null!;
    private Hash256 _stateHash;
    private long _poison;

    [SetUp]
    public void Poison()
    {
        _before = VenueDriver.Trading();
        _before.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        _before.Idle();
        _stateHash = _before.Venue.Processor.StateHash();
        _before.Venue.Stop();
        _before.Venue.Dispose();
        _storage = (VirtualStorage)_before.Storage;
        _poison = _before.Venue.LastSequence.Value + 1;

        // The engine checks that a request has its session's next number; no gateway would sequence this one.
        VenueDriver.AppendRequest(_storage, request: 77);
        VenueDriver.AppendRequest(_storage, request: 2);
    }

    [TearDown]
    public void End() => _before.Dispose();

    [Test]
    public void The_venue_does_not_start_and_names_the_command_its_template_and_what_to_do()
    {
        var stopped = Assert.Throws<EngineStoppedException>(() => _ = new VenueDriver(_before.Options, _storage))!;
        Assert.That(stopped.Sequence.Value, Is.EqualTo(_poison));
        Assert.That(stopped.TemplateId, Is.EqualTo(NewOrderSingleDecoder.TemplateId));
        Assert.That(HftDelta.Node.NodeFailure.ExitCodeOf(stopped), Is.EqualTo(ExitCode.CommandBroken));
        Assert.That(
            stopped.ToOperatorText(),
            Does.Contain($"command {_poison} (template {NewOrderSingleDecoder.TemplateId})")
                .And.Contain($"--to {_poison - 1}").And.Contain($"quarantine DIR {_poison}"));
    }

    [Test]
    public void A_replay_to_the_command_before_shows_the_state()
    {
        using var host = new EngineHost(_before.Options.Limits);
        var result = JournalReplay.Run(_storage, host, new CommandSequence(_poison - 1));
        Assert.That(result.StateHash, Is.EqualTo(_stateHash));
    }

    [Test]
    public void After_a_quarantine_the_venue_goes_on_in_a_new_term_and_the_state_says_so()
    {
        var done = Quarantine(_poison);
        Assert.That(done.TemplateId, Is.EqualTo(NewOrderSingleDecoder.TemplateId));
        Assert.That(done.Dropped, Is.EqualTo(1));
        Assert.That(done.Term, Is.EqualTo(2));
        Assert.That(
            _storage.LengthBytesOf(done.KeptIn),
            Is.EqualTo(2 * (RecordEnvelope.LengthBytes + NewOrderSingleDecoder.FrameLength)));

        using var after = new VenueDriver(_before.Options, _storage);
        after.ContinueFrom(_before);
        Assert.That(after.Venue.Processor.LastSequence.Value, Is.EqualTo(_poison));
        Assert.That(after.Venue.Processor.View.QuarantinedCount, Is.EqualTo(1));
        Assert.That(after.Venue.Processor.View.LastQuarantined.Value, Is.EqualTo(_poison));
        Assert.That(after.Venue.Processor.StateHash(), Is.Not.EqualTo(_stateHash), "visible in the hash");
        Assert.That(after.Venue.Processor.View.OrderCount, Is.EqualTo(1));
        after.Venue.StartByHand();
        after.Idle();
        after.Order(VenueDriver.Taker, Side.Buy, 1_001, 5);
        after.Idle();
        Assert.That(after.Received(VenueDriver.Taker).Select(one => one.TemplateId), Does.Contain(OrderFilledDecoder.TemplateId));
        var live = after.Venue.Processor.StateHash();

        using var replica = LeaderRig.Replica(_storage, new VirtualStorage(), new Recorder());
        LeaderRig.Catch(replica);
        Assert.That(replica.StateHash, Is.EqualTo(live), "a follower skips it too");
    }

    [Test]
    public void A_client_that_sends_the_request_again_is_told_that_it_was_taken_out()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.OpenTrader(VenueDriver.Maker, 1_000_000);
        var view = engine.View;
        Assert.That(view.TryGetSession(new SessionHandle(VenueDriver.Maker), out var sequences));
        engine.SendInternal(CommandQuarantinedEncoder.Wrap(engine.Buffer)
            .SetSessionHandle(VenueDriver.Maker).SetRequestSequence(sequences.NextRequest).EncodedLength);
        Assert.That(view.TryGetOutcome(new SessionHandle(VenueDriver.Maker), sequences.NextRequest, out _, out var code));
        Assert.That(code, Is.EqualTo(RejectCode.CommandQuarantined));
        Assert.That(view.TryGetSession(new SessionHandle(VenueDriver.Maker), out var next));
        Assert.That(next.NextRequest, Is.EqualTo(sequences.NextRequest + 1));
    }

    [Test]
    public void A_command_that_the_engine_applies_stays()
    {
        Assert.That(
            () => Quarantine(_poison - 1), Throws.TypeOf<OperatorException>().With.Message.Contains("applies command"));
        Assert.That(JournalRecovery.Examine(_storage).LastSequence.Value, Is.EqualTo(_poison + 1), "nothing was changed");
    }

    [Test]
    public void An_acknowledged_record_is_never_cut()
    {
        var report = JournalRecovery.Examine(_storage);
        Assert.That(report.SafeCursor.Sequence.Value, Is.EqualTo(_poison - 1));
        Assert.That(
            () => JournalCut.From(_storage, report, new CommandSequence(_poison - 1), out _),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.AcknowledgedMissing));
        Assert.That(JournalRecovery.Examine(_storage).LastSequence.Value, Is.EqualTo(_poison + 1), "nothing was changed");
    }

    [Test]
    public void What_another_cut_at_the_record_kept_stays_and_the_new_one_takes_a_further_name()
    {
        var first = JournalCut.KeptNameOf(new CommandSequence(_poison));
        byte[] others = [1, 2, 3, 4, 5];
        using (var file = _storage.CreateFile(first, others.Length))
        {
            others.CopyTo(file.Span(0, others.Length));
            file.SyncRange(0, others.Length);
        }

        var done = Quarantine(_poison);

        Assert.That(done.KeptIn, Is.EqualTo(JournalCut.KeptNameOf(new CommandSequence(_poison), 2)).And.Not.EqualTo(first));
        Assert.That(_storage.Bytes(first).ToArray(), Is.EqualTo(others));
        Assert.That(
            _storage.LengthBytesOf(done.KeptIn),
            Is.EqualTo(2 * (RecordEnvelope.LengthBytes + NewOrderSingleDecoder.FrameLength)));
    }

    [Test]
    public void A_kill_at_every_sync_of_a_quarantine_leaves_a_journal_that_can_be_quarantined_or_started()
    {
        for (var sync = 1; sync < 12; sync++)
        {
            var copy = _storage.AfterKill();
            copy.Faults.FailAtSync = sync;
            try
            {
                Quarantine(_poison, copy);
            }
            catch (JournalException)
            {
            }
            catch (StorageException)
            {
            }

            var after = copy.AfterKill();
            var report = JournalRecovery.Examine(after);
            Assert.That(report.Error, Is.Null, $"killed at sync {sync}");
            Assert.That(report.LastSequence.Value, Is.GreaterThanOrEqualTo(_poison - 1), $"killed at sync {sync}");
            if (report.LastSequence.Value > _poison)
            {
                Quarantine(_poison, after);
            }

            AssertKept(after, $"killed at sync {sync}");

            try
            {
                using var venue = new VenueDriver(_before.Options, after);
                Assert.That(venue.Venue.Processor.LastSequence.Value, Is.AnyOf(_poison - 1, _poison));
            }
            catch (EngineStoppedException)
            {
                // Cut behind the command, and not yet before it: it can be taken out still.
                Quarantine(_poison, after);
                using var venue = new VenueDriver(_before.Options, after);
                Assert.That(venue.Venue.Processor.View.QuarantinedCount, Is.EqualTo(1));
                AssertKept(after, $"killed at sync {sync}, and taken out then");
            }
        }
    }

    [Test]
    public void A_full_disk_at_every_allocation_of_a_quarantine_changes_nothing_and_it_is_done_when_there_is_room()
    {
        var all = CountAllocations();
        Assert.That(all, Is.Positive);
        for (var refused = 1; refused <= all; refused++)
        {
            var copy = _storage.AfterKill();
            copy.Faults.FullAtAllocation = refused;
            var refusal = Assert.Throws<JournalException>(() => Quarantine(_poison, copy));
            Assert.That(refusal.Fault, Is.EqualTo(JournalFault.NoSpace), $"allocation {refused}: {refusal.Message}");
            var report = JournalRecovery.Examine(copy);
            Assert.That(report.Error, Is.Null, $"allocation {refused}");
            Assert.That(report.LastSequence.Value, Is.EqualTo(_poison + 1), $"allocation {refused}: nothing was cut");
            Quarantine(_poison, copy);
            AssertKept(copy, $"allocation {refused}");
            using var venue = new VenueDriver(_before.Options, copy);
            Assert.That(venue.Venue.Processor.View.QuarantinedCount, Is.EqualTo(1), $"allocation {refused}");
        }
    }

    private int CountAllocations()
    {
        var copy = _storage.AfterKill();
        Quarantine(_poison, copy);
        return copy.AllocationCount;
    }

    /// <summary>Whatever was cut off is kept whole, however often it took.</summary>
    private void AssertKept(VirtualStorage storage, string where)
    {
        var name = JournalCut.KeptNameOf(new CommandSequence(_poison));
        var isCut = JournalRecovery.Examine(storage).LastSequence.Value <= _poison;
        Assert.That(storage.Exists(name) || !isCut, Is.True, where);
        if (storage.Exists(name))
        {
            Assert.That(
                storage.LengthBytesOf(name),
                Is.EqualTo(2 * (RecordEnvelope.LengthBytes + NewOrderSingleDecoder.FrameLength)), where);
        }
    }

    private QuarantineResult Quarantine(long sequence, VirtualStorage? storage = null)
    {
        storage ??= _storage;
        return QuarantineWork.Run(
            storage, null, _before.Options.Limits, JournalRecovery.Examine(storage), new CommandSequence(sequence), Assert.Fail,
            null);
    }
}
