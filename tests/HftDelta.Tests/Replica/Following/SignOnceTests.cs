using HftDelta.Replica;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Faults;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Following;

/// <summary>
/// A replica that is killed, cut off or refused at any moment comes back to what it signed and never signs an epoch again, least
/// of all with another content.
/// </summary>
[TestFixture]
[CancelAfter(180_000)]
internal sealed class SignOnceTests
{
    private const int Epochs = 3;

    [Test]
    public void A_replica_that_comes_back_tells_what_it_signed_and_signs_only_what_is_new()
    {
        using var rig = Traded(Epochs);
        var output = new VirtualStorage();
        var first = Run(rig.Journal, output, out _);
        rig.Trade();
        rig.CloseEpoch();

        var second = Run(rig.Journal, output.AfterKill(), out var signer);
        Assert.That(second.Commitments.Select(told => told.IsNew), Is.EqualTo(new[] { false, false, false, true }));
        Assert.That(Lines(second).Take(Epochs), Is.EqualTo(Lines(first)));
        Assert.That(signer.Signed, Has.Count.EqualTo(1));
    }

    [Test]
    public void Whatever_a_power_cut_leaves_what_was_told_stands()
    {
        using var rig = Traded(Epochs);
        var output = new VirtualStorage();
        var whole = Run(rig.Journal, output, out _);
        for (var seed = 0UL; seed < 6; seed++)
        {
            var again = Run(rig.Journal, output.AfterPowerCut(seed), out var signer);
            Assert.That(signer.Signed, Is.Empty, "all had been told, so all are on the device");
            Assert.That(Lines(again), Is.EqualTo(Lines(whole)));
        }
    }

    [Test]
    public void A_kill_at_any_write_of_the_last_epoch_gives_the_same_commitment_again()
    {
        using var rig = Traded(Epochs - 1);
        var output = new VirtualStorage();
        Run(rig.Journal, output, out _);
        var before = output.AfterKill();
        rig.Trade();
        rig.CloseEpoch();
        var whole = Run(rig.Journal, output, out _);
        var name = CommitmentFile.NameOf(0);
        var last = CommitmentFile.OffsetOf(Epochs - 1);
        for (var written = 0; written <= CommitmentFile.EntryBytes; written += 20)
        {
            var isWhole = written == CommitmentFile.EntryBytes;
            var torn = output.AfterTear(name, last + written);
            torn.CopyFrom(before, SignedThroughFile.FileName, SignedThroughFile.FileName);
            var again = Run(rig.Journal, torn, out var signer);
            Assert.That(Lines(again), Is.EqualTo(Lines(whole)), $"{written} bytes");
            Assert.That(signer.Signed, Has.Count.EqualTo(isWhole ? 0 : 1), $"{written} bytes");
        }
    }

    [Test]
    public void What_could_not_be_synced_is_not_told()
    {
        using var rig = Traded(Epochs);
        var whole = Run(rig.Journal, new VirtualStorage(), out _);
        for (var sync = 1; ; sync++)
        {
            var output = new VirtualStorage();
            output.Faults.FailAtSync = sync;
            var recorder = new Recorder();
            try
            {
                using var replica = LeaderRig.Replica(rig.Journal, output, recorder);
                LeaderRig.Catch(replica);
                Assert.That(sync, Is.GreaterThan(Epochs), "every epoch was synced");
                return;
            }
            catch (ReplicaException refusal)
            {
                Assert.That((refusal.Fault, refusal.ExitCode), Is.EqualTo((ReplicaFault.SyncFailed, 14)));
            }

            var told = recorder.Commitments.Count;
            Assert.That(told, Is.LessThan(Epochs));
            var again = Run(rig.Journal, output.AfterPowerCutLosingAll(), out var signer);
            Assert.That(Lines(again), Is.EqualTo(Lines(whole)), $"sync {sync}");

            // One more may be on the device that was not told, because only the word that it may be was missing: it stands.
            Assert.That(signer.Signed.Count, Is.InRange(Epochs - told - 1, Epochs - told), $"sync {sync}");
        }
    }

    [Test]
    public void An_epoch_that_comes_out_otherwise_is_not_signed_again()
    {
        var output = new VirtualStorage();
        using (var rig = Traded(Epochs))
        {
            Run(rig.Journal, output, out _);
        }

        // The same journal by name, with another history after its beginning.
        using var other = new LeaderRig();
        other.CloseEpoch();
        var signer = new CountingSigner();
        using var replica = LeaderRig.Replica(other.Journal, output, new Recorder(), signer);
        var error = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica));
        Assert.That((error.Fault, error.ExitCode), Is.EqualTo((ReplicaFault.CommitmentDiverged, 30)));
        Assert.That(error.Message, Does.Contain("epoch 1").And.Contain("lastSeq").And.Contain("next:"));
        Assert.That(signer.Signed, Is.Empty);
    }

    [Test]
    public void Commitments_of_another_journal_are_not_continued()
    {
        var output = new VirtualStorage();
        using (var rig = Traded(1))
        {
            Run(rig.Journal, output, out _);
        }

        using var other = new LeaderRig(options: VenueDriver.SmallOptions() with { JournalId = Guid.NewGuid() });
        using var replica = LeaderRig.Replica(other.Journal, output, new Recorder());
        var error = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica));
        Assert.That(error.Fault, Is.EqualTo(ReplicaFault.StoreForeign));
    }

    private static LeaderRig Traded(int epochs)
    {
        var rig = new LeaderRig();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            rig.Trade();
            rig.CloseEpoch();
        }

        return rig;
    }

    private static Recorder Run(VirtualStorage journal, VirtualStorage output, out CountingSigner signer)
    {
        var recorder = new Recorder();
        signer = new CountingSigner();
        using ReplicaAgent replica = LeaderRig.Replica(journal, output, recorder, signer);
        LeaderRig.Catch(replica);
        return recorder;
    }

    private static List<string> Lines(Recorder recorder) =>
        [.. recorder.Commitments.Select(told => CommitmentJson.ToLine(told.Signed, CommitmentDomain.Development))];
}
