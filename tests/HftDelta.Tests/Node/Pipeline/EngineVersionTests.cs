using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Records;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Replica.Following;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>Behaviour changes by a sequenced command alone, and an older program refuses what a later one wrote.</summary>
[CancelAfter(60_000)]
internal sealed class EngineVersionTests
{
    [Test]
    public void A_journal_that_a_later_program_wrote_is_refused_by_start_and_follower_with_what_to_do()
    {
        using var before = VenueDriver.Trading();
        before.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        before.Idle();
        before.Venue.Stop();
        before.Venue.Dispose();
        var storage = (VirtualStorage)before.Storage;
        AppendAsLater(storage, before.Options.JournalId);

        var refusal = Assert.Throws<JournalException>(() => _ = new VenueDriver(before.Options, storage))!;
        Assert.That(refusal.Fault, Is.EqualTo(JournalFault.FormatUnknown));
        Assert.That(refusal.ExitCode, Is.EqualTo((int)ExitCode.VersionMismatch));
        Assert.That(
            refusal.Message,
            Does.Contain($"engine version {EngineVersions.Newest + 1}").And.Contain("next: run the program that wrote it"));
        using var replica = LeaderRig.Replica(storage, new VirtualStorage(), new Recorder());
        Assert.That(() => LeaderRig.Catch(replica), Throws.Nothing, "what was acknowledged is the older one's");
    }

    [Test]
    public void The_version_is_set_by_a_command_never_back_and_never_beyond_what_the_program_knows()
    {
        using var engine = new EngineHarness();
        Switch(engine, EngineVersions.Newest);
        Assert.That(engine.View.EngineVersion, Is.EqualTo(EngineVersions.Newest));
        Assert.That(IsRefused(engine), Is.False);
        foreach (var version in new[] { EngineVersions.Newest + 1, EngineVersions.First - 1 })
        {
            Switch(engine, version);
            Assert.That(IsRefused(engine), $"version {version}");
            Assert.That(engine.View.EngineVersion, Is.EqualTo(EngineVersions.Newest));
        }
    }

    private static void Switch(EngineHarness engine, uint version) =>
        engine.SendInternal(EngineVersionEncoder.Wrap(engine.Buffer).SetVersion(version).EncodedLength);

    private static bool IsRefused(EngineHarness engine) =>
        engine.Events.Any(record => record.TemplateId == CommandRefusedDecoder.TemplateId);

    private static void AppendAsLater(VirtualStorage storage, Guid journalId)
    {
        using var journal = AppendableJournal.Open(storage, new JournalOptions
        {
            JournalId = journalId,
            EngineVersion = EngineVersions.Newest + 1,
            Schemas = new JournalSchemas(HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        });
        var frame = new byte[ClockTickDecoder.FrameLength];
        ClockTickEncoder.Wrap(frame).SetReason(TickReason.Quiet);
        var envelope = new RecordEnvelope
        {
            Sequence = journal.NextSequence.Value,
            TimeNanos = journal.Writer.LastTime.Value,
            Term = 1,
            Length = (ushort)frame.Length,
            Source = RecordSource.Sequencer,
        };
        envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
        Assert.That(journal.Writer.TryAppend(in envelope, frame), Is.True);
    }
}
