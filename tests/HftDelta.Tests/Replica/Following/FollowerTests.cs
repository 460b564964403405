using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Faults;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Following;

/// <summary>A replica beside a leader: what it waits for, what it applies, and what stops it.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class FollowerTests
{
    private static readonly CommitmentDomain Domain = CommitmentDomain.Development;

    [Test]
    public void It_waits_for_each_thing_that_is_not_there_yet_and_says_which()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var journal = new VirtualStorage();
        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(journal, new VirtualStorage(), recorder);

        Assert.That(replica.DoWork(), Is.Zero);
        Assert.That(replica.WaitingFor, Does.Contain("engine-limits.json"));
        journal.CopyFrom(rig.Journal, "engine-limits.json", "engine-limits.json");
        var limits = journal.Bytes("engine-limits.json").ToArray();
        journal.Bytes("engine-limits.json")[(limits.Length / 2)..].Clear();
        Assert.That(replica.DoWork(), Is.Zero, "half of the limits are written");
        limits.CopyTo(journal.Bytes("engine-limits.json"));

        Assert.That(replica.DoWork(), Is.Zero);
        Assert.That(replica.WaitingFor, Does.Contain("acknowledged"));
        journal.CopyFrom(rig.Journal, SafeCursorFile.FileName, SafeCursorFile.FileName);
        Assert.That(replica.DoWork(), Is.Zero);
        Assert.That(replica.WaitingFor, Does.Contain("no journal"));
        journal.CopyFrom(rig.Journal, SegmentLayout.NameOf(0), SegmentLayout.NameOf(0));
        LeaderRig.Catch(replica);

        Assert.That(replica.WaitingFor, Is.Null);
        Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
        Assert.That(recorder.Waits, Has.Count.EqualTo(3), "each reason once");
    }

    [Test]
    public void Waiting_leaves_no_file_open()
    {
        using var rig = new LeaderRig();
        var journal = new VirtualStorage();
        journal.CopyFrom(rig.Journal, "engine-limits.json", "engine-limits.json");
        journal.CopyFrom(rig.Journal, SafeCursorFile.FileName, SafeCursorFile.FileName);
        var content = journal.Bytes(SafeCursorFile.FileName).ToArray();
        using var replica = LeaderRig.Replica(journal, new VirtualStorage(), new Recorder());
        foreach (var isAcknowledged in new[] { false, true })
        {
            journal.Bytes(SafeCursorFile.FileName).Clear();
            if (isAcknowledged)
            {
                content.CopyTo(journal.Bytes(SafeCursorFile.FileName));
            }

            for (var look = 0; look < 3; look++)
            {
                replica.DoWork();
                Assert.That(replica.WaitingFor, Does.Contain(isAcknowledged ? "no journal" : "acknowledged"));
                Assert.That(journal.OpenFileCount, Is.Zero);
            }
        }
    }

    [Test]
    public void It_keeps_up_with_a_leader_at_any_lag_and_agrees()
    {
        using var rig = new LeaderRig();
        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
        for (var round = 0; round < 6; round++)
        {
            rig.Trade(round * 3);
            rig.CloseEpoch();
            if (round % 2 == 0)
            {
                LeaderRig.Catch(replica);
                Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
                Assert.That(replica.StateHash, Is.EqualTo(rig.Leader.Venue.Processor.StateHash()));
            }
        }

        LeaderRig.Catch(replica);
        Assert.That(replica.HistoryHash, Is.EqualTo(rig.Leader.Venue.Processor.HistoryHash));
        Assert.That(replica.HashPointsCompared, Is.EqualTo(HashPointLog.ReadAll(rig.Journal).Count));
        Assert.That(recorder.Commitments.Select(told => told.Signed.Commitment.Epoch), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(recorder.Commitments, Has.All.Matches<(SignedCommitment Signed, bool IsNew)>(
            told => told.IsNew && told.Signed.IsValid(Domain)));
        Assert.That(recorder.CaughtUp, Is.EqualTo(1));
        for (var place = 1; place < recorder.Commitments.Count; place++)
        {
            var (before, next) = (recorder.Commitments[place - 1].Signed, recorder.Commitments[place].Signed);
            Assert.That(next.Commitment.PreviousCommitment, Is.EqualTo(before.Digest));
            Assert.That(next.Commitment.FirstSequence.Value, Is.EqualTo(before.Commitment.LastSequence.Value + 1));
        }
    }

    [Test]
    public void Many_commands_over_segments_are_compared_at_every_hash_point()
    {
        using var rig = new LeaderRig();
        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
        while (rig.LastSequence < 12_000)
        {
            rig.Burst(1_000);
            replica.DoWork();
        }

        LeaderRig.Catch(replica);
        Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
        Assert.That(replica.HashPointsCompared, Is.EqualTo(rig.LastSequence / 1_024));
        Assert.That(EndOf(rig.Journal).SegmentIndex, Is.Positive, "it crossed a segment");
        Assert.That(replica.StateHash, Is.EqualTo(rig.Leader.Venue.Processor.StateHash()));
    }

    [Test]
    public void What_the_leader_has_not_acknowledged_is_not_applied()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var safe = rig.LastSequence;
        rig.TradeUnsafely(7);
        Assert.That(rig.LastSequence, Is.EqualTo(safe + 7), "they are in the journal");
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());

        LeaderRig.Catch(replica);
        Assert.That(replica.Applied.Value, Is.EqualTo(safe));
        rig.Leader.Idle();
        LeaderRig.Catch(replica);
        Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
    }

    [Test]
    public void A_leader_that_is_killed_and_comes_back_with_a_torn_tail_is_followed_on()
    {
        using var rig = new LeaderRig();
        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
        for (var kill = 0; kill < 4; kill++)
        {
            rig.Trade();
            LeaderRig.Catch(replica);
            var safe = replica.Applied.Value;
            rig.TradeUnsafely(kill);
            rig.Kill();
            TearTail(rig.Journal);

            LeaderRig.Catch(replica);
            Assert.That(replica.Applied.Value, Is.EqualTo(safe), "the torn tail is none of its business");
            rig.Restart();
            rig.CloseEpoch();
            LeaderRig.Catch(replica);
            Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
            Assert.That(replica.StateHash, Is.EqualTo(rig.Leader.Venue.Processor.StateHash()));
        }

        Assert.That(recorder.Terms, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
        Assert.That(recorder.Commitments, Has.Count.EqualTo(4));
    }

    [Test]
    public void Two_replicas_of_journals_cut_into_other_segments_commit_to_the_same()
    {
        var told = new List<string>[2];
        for (var place = 0; place < 2; place++)
        {
            var options = VenueDriver.SmallOptions() with { SegmentBytes = 1 << (20 + place) };
            using var rig = new LeaderRig(options: options);
            var recorder = new Recorder();
            rig.Trade(20);
            rig.CloseEpoch();
            rig.Trade(20);
            rig.CloseEpoch();
            using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
            LeaderRig.Catch(replica);
            told[place] = [.. recorder.Commitments.Select(each => CommitmentJson.ToLine(each.Signed, Domain))];
        }

        Assert.That(told[0], Has.Count.EqualTo(2));
        Assert.That(told[1], Is.EqualTo(told[0]));
    }

    [Test]
    public void A_leader_whose_state_differs_stops_it_at_the_first_point_and_names_the_component(
        [Values("Underlying", "Account", "Position", "Order", "OracleSource", "Venue", "Total", "History")] string component)
    {
        using var rig = new LeaderRig();
        for (var epoch = 0; epoch < 4; epoch++)
        {
            rig.Trade();
            rig.CloseEpoch();
        }

        LeaderRig.TamperHashPoint(rig.Journal, rig.Leader.Venue.JournalId, 2, point => Change(point, component));
        var recorder = new Recorder();
        var signer = new CountingSigner();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder, signer);

        var error = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica));
        var sequence = HashPointLog.ReadAll(rig.Journal)[2].Sequence;
        Assert.That(error.Fault, Is.EqualTo(ReplicaFault.StateDiverged));
        Assert.That(error.ExitCode, Is.EqualTo(30));
        Assert.That(error.Component, Is.EqualTo(component));
        Assert.That(error.Sequence, Is.EqualTo(sequence));
        Assert.That(error.Message, Does.StartWith("error HD2301: ").And.Contain(component).And.Contain($"command {sequence}"));
        Assert.That(signer.Signed, Has.Count.LessThanOrEqualTo(2), "the epoch that differs is not signed");
    }

    [Test]
    public void An_epoch_waits_for_a_recorded_hash_and_a_later_one_will_do()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        rig.CloseEpoch();
        foreach (var name in rig.Journal.List().Where(name => name.StartsWith("hash-points", StringComparison.Ordinal)).ToList())
        {
            // The leader was killed after the epoch was acknowledged and before its hash was recorded.
            rig.Journal.Delete(name);
        }

        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
        LeaderRig.Catch(replica);
        Assert.That(replica.Applied.Value, Is.EqualTo(rig.LastSequence));
        Assert.That(replica.UnsignedCount, Is.EqualTo(1));
        Assert.That(replica.HasNothingLeft, Is.False, "who stops now leaves an epoch unsigned");
        Assert.That(recorder.Commitments, Is.Empty);

        rig.Kill();
        rig.Restart();
        rig.Trade();
        rig.CloseEpoch();
        LeaderRig.Catch(replica);
        Assert.That(replica.UnsignedCount, Is.Zero);
        Assert.That(replica.HasNothingLeft, Is.True);
        Assert.That(recorder.Commitments, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_leader_that_lost_what_it_acknowledged_or_is_another_one_stops_it()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var older = rig.Journal.AfterKill();
        rig.Trade();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());
        LeaderRig.Catch(replica);

        rig.Journal.CopyFrom(older, SafeCursorFile.FileName, SafeCursorFile.FileName);
        var error = Assert.Throws<ReplicaException>(() => CycleManyTimes(replica));
        Assert.That((error.Fault, error.ExitCode), Is.EqualTo((ReplicaFault.LeaderReplaced, 12)));
    }

    [Test]
    public void A_record_that_the_leader_acknowledged_and_that_is_gone_is_waited_for_aloud()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var older = rig.Journal.AfterKill();
        rig.Trade();
        older.CopyFrom(rig.Journal, SafeCursorFile.FileName, SafeCursorFile.FileName);
        using var replica = LeaderRig.Replica(older, new VirtualStorage(), new Recorder());

        LeaderRig.Catch(replica);
        Assert.That(replica.WaitingFor, Does.Contain($"command {replica.Applied.Value + 1} was acknowledged"));
    }

    [Test]
    public void A_risk_result_that_it_does_not_reach_stops_it_and_is_named()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var inputs = rig.FreezeRisk();
        rig.Kill();
        AppendWrongMarker(rig.Journal, rig.Leader.Options.JournalId, inputs);
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());

        var error = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica));
        Assert.That((error.Fault, error.ExitCode), Is.EqualTo((ReplicaFault.StateDiverged, 30)));
        Assert.That(error.Component, Is.EqualTo("RiskResults"));
        Assert.That(error.Sequence.Value, Is.EqualTo(inputs + 1));
    }

    [Test]
    public void A_worker_of_the_leader_that_is_wrong_by_one_bit_of_one_scenario_stops_it()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var inputs = rig.FreezeRisk();
        var risk = rig.Leader.Venue.Processor.Risk;
        var right = risk.Compute(new UnderlyingId(1), new CommandSequence(inputs));
        ref var result = ref risk.Computed(2);
        result.Vector[20] ^= 1;
        result.Digest = result.DigestOf(2);
        var wrong = risk.Finish(new UnderlyingId(1), new CommandSequence(inputs));
        Assert.That(wrong, Is.Not.EqualTo(right));
        rig.Kill();

        AppendMarker(rig.Journal, rig.Leader.Options.JournalId, inputs, wrong);
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());
        var error = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica));
        Assert.That((error.Fault, error.Component), Is.EqualTo((ReplicaFault.StateDiverged, "RiskResults")));
    }

    [Test]
    public void A_right_marker_of_the_leader_is_followed()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        var inputs = rig.FreezeRisk();
        var right = rig.Leader.Venue.Processor.Risk.Compute(new UnderlyingId(1), new CommandSequence(inputs));
        rig.Kill();
        AppendMarker(rig.Journal, rig.Leader.Options.JournalId, inputs, right);
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());
        Assert.That(() => LeaderRig.Catch(replica), Throws.Nothing);
    }

    [Test]
    public void The_journal_that_is_followed_holds_risk_markers()
    {
        using var rig = new LeaderRig();
        rig.Trade();
        using var reader = new JournalReader(rig.Journal);
        var markers = 0;
        while (reader.TryRead(out var record))
        {
            markers += record.Envelope.Source == RecordSource.Risk ? 1 : 0;
        }

        Assert.That(markers, Is.GreaterThan(2));
    }

    // What a leader with another kernel would have written.
    private static void AppendWrongMarker(VirtualStorage storage, Guid journalId, long inputs) =>
        AppendMarker(storage, journalId, inputs, Hash256.Zero);

    private static void AppendMarker(VirtualStorage storage, Guid journalId, long inputs, Hash256 hash)
    {
        using var journal = AppendableJournal.Open(
            storage, new JournalOptions { JournalId = journalId, Schemas = SchemasOf(storage) });
        var frame = new byte[GreeksReadyDecoder.FrameLength];
        var marker = GreeksReadyEncoder.Wrap(frame).SetUnderlyingId(1).SetInputSequence((ulong)inputs);
        marker.ResultHash.SetWord0(hash.Word0).SetWord1(hash.Word1).SetWord2(hash.Word2).SetWord3(hash.Word3);
        var envelope = new RecordEnvelope
        {
            Sequence = inputs + 1,
            TimeNanos = journal.Recovered.LastTime.Value,
            Term = 1,
            Length = (ushort)frame.Length,
            Source = RecordSource.Risk,
        };
        envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
        Assert.That(journal.Writer.TryAppend(in envelope, frame), Is.True);
        using var safe = SafeCursorFile.OpenOrCreate(storage, journalId);
        safe.Store(new CommandSequence(inputs + 1));
    }

    private static JournalSchemas SchemasOf(VirtualStorage storage) =>
        JournalRecovery.Examine(storage).Segments[^1].Schemas;

    private static void CycleManyTimes(HftDelta.Replica.ReplicaAgent replica)
    {
        for (var cycle = 0; cycle < 1_000; cycle++)
        {
            replica.DoWork();
        }
    }

    private static HashPoint Change(HashPoint point, string component)
    {
        if (component == "Total")
        {
            return point with { Total = point.Total with { Word0 = ~point.Total.Word0 } };
        }

        var components = point.Components;
        var place = component == "History"
            ? HashComponents.Count - 1
            : (int)Enum.Parse<HftDelta.Engine.State.StateRecordType>(component) - 1;
        components[place] = components[place] with { Word1 = components[place].Word1 + 1 };
        return point with { Components = components };
    }

    // Half of a record behind the last one: its length and some of its bytes, as a kill in mid-append leaves them.
    private static void TearTail(VirtualStorage journal)
    {
        var end = EndOf(journal);
        journal.Bytes(SegmentLayout.NameOf(end.SegmentIndex)).Slice((int)end.OffsetBytes + 8, 40).Fill(0xA5);
    }

    private static JournalPosition EndOf(VirtualStorage journal)
    {
        using var reader = new JournalReader(journal);
        while (reader.TryRead(out _))
        {
        }

        return reader.Position;
    }
}
