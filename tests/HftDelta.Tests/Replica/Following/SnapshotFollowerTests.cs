using HftDelta.Engine.State;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Following;

/// <summary>
/// A follower writes snapshots, and whichever way a state is reached it is the same: live, from the journal's beginning, from
/// every snapshot, by a replica that follows and by one that comes later.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class SnapshotFollowerTests
{
    private LeaderRig _rig = null!;
    private VirtualStorage _snapshots = null!;

    [SetUp]
    public void Begin()
    {
        _rig = new LeaderRig();
        _snapshots = new VirtualStorage();
    }

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void The_state_hash_is_the_same_whichever_way_it_is_reached()
    {
        var recorder = new Recorder();
        using var following = LeaderRig.Replica(_rig.Journal, new VirtualStorage(), recorder, snapshots: _snapshots);
        for (var round = 0; round < 5; round++)
        {
            _rig.Burst(800);
            _rig.Trade(3);
            _rig.CloseEpoch();
            LeaderRig.Catch(following);
        }

        using var later = LeaderRig.Replica(_rig.Journal, new VirtualStorage(), new Recorder());
        LeaderRig.Catch(later);
        var live = (_rig.Leader.Venue.Processor.StateHash(), _rig.Leader.Venue.Processor.HistoryHash);
        Assert.That((following.StateHash, following.HistoryHash), Is.EqualTo(live), "a replica that follows");
        Assert.That((later.StateHash, later.HistoryHash), Is.EqualTo(live), "a replica that came later");
        Assert.That(Replayed(null), Is.EqualTo(live), "from the beginning");
        Assert.That(recorder.Snapshots, Has.Count.GreaterThan(2));
        Assert.That(recorder.SnapshotFaults, Is.Empty);
        foreach (var sequence in SnapshotNames.List(_snapshots))
        {
            Assert.That(Replayed(sequence), Is.EqualTo(live), $"from the snapshot of command {sequence}");
        }
    }

    [Test]
    public void A_snapshot_made_from_a_journal_continues_from_the_one_before()
    {
        _rig.Burst(600);
        var first = SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(300), 0, Assert.Fail);
        var second = SnapshotMaker.Make(_rig.Journal, _snapshots, null, 0, Assert.Fail);
        Assert.That(first!.Sequence.Value, Is.EqualTo(300));
        Assert.That(second!.Sequence.Value, Is.EqualTo(_rig.LastSequence), "what is acknowledged");
        Assert.That(SnapshotMaker.Make(_rig.Journal, _snapshots, null, 0, Assert.Fail), Is.Null, "it is there");
        Assert.That(
            Replayed(second.Sequence),
            Is.EqualTo((_rig.Leader.Venue.Processor.StateHash(), _rig.Leader.Venue.Processor.HistoryHash)));
    }

    [Test]
    public void A_damaged_snapshot_is_told_and_the_next_older_one_is_taken()
    {
        _rig.Burst(600);
        SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(300), 0, Assert.Fail);
        SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(500), 0, Assert.Fail);
        _snapshots.FlipBit(SnapshotNames.Of(new CommandSequence(500)), 123_456);
        var told = new List<string>();
        Assert.That(From(told), Is.EqualTo(300));
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.StartWith("warning HD2230: ").And.Contain("500").And.Contain("next:"));
        _snapshots.FlipBit(SnapshotNames.Of(new CommandSequence(300)), 99);
        told.Clear();
        Assert.That(From(told), Is.Zero, "none is good: the journal's beginning");
        Assert.That(told, Has.Count.EqualTo(2));
        var again = SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(500), 0, told.Add);
        Assert.That(again, Is.Not.Null, "a damaged one is written again");
        Assert.That(From(told), Is.EqualTo(500));
    }

    [Test]
    public void A_snapshot_of_another_journal_is_not_taken()
    {
        _rig.Burst(600);
        using var other = new LeaderRig(options: VenueDriver.SmallOptions() with { JournalId = Guid.NewGuid() });
        other.Burst(600);
        SnapshotMaker.Make(other.Journal, _snapshots, new CommandSequence(300), 0, Assert.Fail);
        var told = new List<string>();
        Assert.That(From(told), Is.Zero);
        Assert.That(told.Single(), Does.StartWith("warning HD2231: "));
    }

    [Test]
    public void A_snapshot_of_a_history_that_was_cut_off_and_went_on_otherwise_is_not_taken()
    {
        // The same journal, and another record where the snapshot ends.
        _rig.Burst(600);
        SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(300), 0, Assert.Fail);
        using var file = SnapshotFile.Open(_snapshots, SnapshotNames.Of(new CommandSequence(300)));
        Assert.That(
            () => SnapshotSearch.ProveHistory(
                _rig.Journal, file.Header with { RecordChecksum = file.Header.RecordChecksum ^ 1 }, file.Header.Sequence),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.SnapshotForeign));
        Assert.That(
            () => SnapshotSearch.ProveHistory(_rig.Journal, file.Header, file.Header.Sequence), Throws.Nothing);
    }

    [Test]
    public void A_snapshot_beyond_what_was_acknowledged_is_not_made()
    {
        _rig.Burst(100);
        Assert.That(
            () => SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(_rig.LastSequence + 1), 0, Assert.Fail),
            Throws.TypeOf<JournalException>());
        Assert.That(_snapshots.List(), Is.Empty);
    }

    [Test]
    public void A_full_disk_costs_a_snapshot_and_nothing_else()
    {
        var recorder = new Recorder();
        using var following = LeaderRig.Replica(_rig.Journal, new VirtualStorage(), recorder, snapshots: _snapshots);
        _snapshots.Faults.IsFull = true;
        _rig.Burst(2_200);
        LeaderRig.Catch(following);
        Assert.That(
            recorder.SnapshotFaults.Select(fault => fault.Fault),
            Is.EqualTo(new[] { JournalFault.NoSpace, JournalFault.NoSpace }));
        _snapshots.Faults.IsFull = false;
        _rig.Burst(1_100);
        LeaderRig.Catch(following);
        Assert.That(recorder.Snapshots, Has.Count.EqualTo(1));
        Assert.That(following.Applied.Value, Is.EqualTo(_rig.LastSequence));
    }

    [Test]
    public void A_venue_starts_from_a_snapshot_with_the_state_of_the_one_that_was_killed()
    {
        _rig.Burst(600);
        _rig.Trade();
        SnapshotMaker.Make(_rig.Journal, _snapshots, new CommandSequence(_rig.LastSequence - 7), 0, Assert.Fail);
        _rig.FreezeRisk();
        var before = _rig.Leader;
        var storage = _rig.Journal.AfterKill();
        var options = before.Options with { Snapshots = _snapshots };
        using var plain = new VenueDriver(before.Options, storage.AfterKill(), before.Clock.Now.Value);
        using var after = new VenueDriver(options, storage, before.Clock.Now.Value);
        Assert.That(after.Venue.Recovered.From.Value, Is.GreaterThan(0));
        Assert.That(after.Venue.Recovered.Commands, Is.LessThan(10));
        Assert.That(after.Venue.Recovered.StateHash, Is.EqualTo(plain.Venue.Recovered.StateHash));
        Assert.That(after.Venue.Recovered.HistoryHash, Is.EqualTo(plain.Venue.Recovered.HistoryHash));
        foreach (var venue in new[] { plain, after })
        {
            venue.ContinueFrom(before);
            venue.Venue.StartByHand();
            venue.Idle();
            venue.Order(VenueDriver.Maker, HftDelta.Wire.Side.Sell, 1_500, 3);
            venue.Order(VenueDriver.Taker, HftDelta.Wire.Side.Buy, 1_500, 3);
            venue.Idle();
        }

        Assert.That(after.Venue.Processor.StateHash(), Is.EqualTo(plain.Venue.Processor.StateHash()));
        Assert.That(after.Venue.Processor.HistoryHash, Is.EqualTo(plain.Venue.Processor.HistoryHash));
    }

    private (Hash256 State, Hash256 History) Replayed(CommandSequence? snapshot)
    {
        var limits = _rig.Leader.Options.Limits;
        using var host = new EngineHost(limits);
        if (snapshot is { } sequence)
        {
            using var file = SnapshotFile.Open(_snapshots, SnapshotNames.Of(sequence));
            SnapshotLoader.Load(file, host.Processor, limits);
        }

        var result = JournalReplay.Run(_rig.Journal, host, new CommandSequence(_rig.LastSequence));
        Assert.That(result.FirstDifference, Is.Null);
        Assert.That(result.From, Is.EqualTo(snapshot ?? CommandSequence.None));
        return (result.StateHash, result.HistoryHash);
    }

    private long From(List<string> told)
    {
        var limits = _rig.Leader.Options.Limits;
        using var host = SnapshotSearch.Begin(
            _rig.Journal, _snapshots, new CommandSequence(_rig.LastSequence), limits, () => new EngineHost(limits),
            host => host.Processor, told.Add);
        return host.Processor.LastSequence.Value;
    }
}
