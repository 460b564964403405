using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Signing;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Commitments;

[TestFixture]
[CancelAfter(60_000)]
public sealed class CommitmentStoreTests
{
    private const int FileBytes = CommitmentFile.HeaderBytes + (3 * CommitmentFile.EntryBytes);
    private static readonly Guid Journal = new("2a7f0f5e-9d8a-4d6e-8b8e-6f1f3c1f9a10");
    private static readonly Bytes32 Domain = CommitmentDomain.Development.Separator();
    private static readonly SignedCommitment[] Chain = Make(8);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(8)]
    public void What_was_signed_comes_back_over_files_and_kills(int epochs)
    {
        var storage = new VirtualStorage();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            Append(storage, epoch);
            storage = storage.AfterKill();
        }

        using var store = Open(storage);
        Assert.That(store.Count, Is.EqualTo((ulong)epochs));
        Assert.That(store.Find(0), Is.Null);
        Assert.That(store.Find((ulong)epochs + 1), Is.Null);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            Assert.That(store.Find((ulong)epoch), Is.EqualTo(Chain[epoch - 1]));
        }
    }

    [Test]
    public void What_was_appended_is_there_after_any_power_cut()
    {
        var storage = new VirtualStorage();
        for (var epoch = 1; epoch <= Chain.Length; epoch++)
        {
            Append(storage, epoch);
            for (var seed = 0UL; seed < 4; seed++)
            {
                AssertHolds(storage.AfterPowerCut(seed), epoch);
            }

            storage = storage.AfterPowerCutLosingAll();
            AssertHolds(storage, epoch);
        }
    }

    [Test]
    public void A_kill_at_any_byte_of_a_write_leaves_the_entry_out_or_whole()
    {
        // Epochs 3 and 4: the second has to begin a file.
        for (var epoch = 3; epoch <= 4; epoch++)
        {
            var before = Written(epoch - 1);
            var storage = before.AfterKill();
            Append(storage, epoch);

            var name = CommitmentFile.NameOf((epoch - 1) / 3);
            var offset = CommitmentFile.OffsetOf((epoch - 1) % 3);
            for (var written = epoch == 4 ? -CommitmentFile.HeaderBytes : 0; written < CommitmentFile.EntryBytes; written++)
            {
                var torn = storage.AfterTear(name, offset + written);
                torn.CopyFrom(before, SignedThroughFile.FileName, SignedThroughFile.FileName);
                AssertHolds(torn, epoch - 1, $"{written} bytes");
                Append(torn, epoch);
                AssertHolds(torn, epoch, $"after {written} bytes");
            }
        }
    }

    [Test]
    public void Damage_with_something_behind_it_is_never_cut()
    {
        for (var bit = (CommitmentFile.HeaderBytes + 8L) * 8; bit < CommitmentFile.OffsetOf(1) * 8; bit += 61)
        {
            var storage = Written(5);
            storage.FlipBit(CommitmentFile.NameOf(0), bit);
            Refused(storage, ReplicaFault.StoreDamaged, 12);
        }

        for (var bit = 0; bit < CommitmentFile.HeaderBytes * 8; bit += 7)
        {
            var storage = Written(5);
            storage.FlipBit(CommitmentFile.NameOf(1), bit);
            var error = Assert.Throws<ReplicaException>(() => Open(storage).Dispose(), $"bit {bit}");
            Assert.That(error.Fault, Is.EqualTo(ReplicaFault.StoreDamaged), $"bit {bit}");
        }
    }

    [Test]
    public void Damage_of_the_last_entry_that_was_told_is_never_cut()
    {
        // The last of a file, the first of one, and one with room behind it.
        foreach (var epochs in new[] { 3, 4, 5 })
        {
            var name = CommitmentFile.NameOf((epochs - 1) / 3);
            var offset = CommitmentFile.OffsetOf((epochs - 1) % 3);
            for (var bit = offset * 8; bit < (offset + CommitmentFile.EntryBytes) * 8; bit += 61)
            {
                var storage = Written(epochs);
                storage.FlipBit(name, bit);
                Refused(storage, ReplicaFault.StoreDamaged, 12);
            }

            Refused(Written(epochs).AfterTear(name, offset), ReplicaFault.StoreDamaged, 12);
        }
    }

    [Test]
    public void A_file_of_told_entries_that_is_gone_is_damage()
    {
        foreach (var gone in new[] { CommitmentFile.NameOf(0), CommitmentFile.NameOf(1), SignedThroughFile.FileName })
        {
            var storage = Written(4);
            storage.Delete(gone);
            Refused(storage, ReplicaFault.StoreDamaged, 12);
        }
    }

    [Test]
    public void One_spoiled_copy_of_how_far_was_signed_does_no_harm_and_two_are_damage()
    {
        var name = SignedThroughFile.FileName;
        for (var bit = 0; bit < 32 * 8; bit += 5)
        {
            foreach (var copy in new[] { 0, SignedThroughFile.CopyDistanceBytes })
            {
                var storage = Written(2);
                storage.FlipBit(name, (copy * 8) + bit);
                var damaged = storage.AfterKill();
                AssertHolds(storage, 2);
                damaged.FlipBit(CommitmentFile.NameOf(0), (CommitmentFile.OffsetOf(1) + 100) * 8);
                Refused(damaged, ReplicaFault.StoreDamaged, 12);
            }

            var both = Written(2);
            both.FlipBit(name, bit);
            both.FlipBit(name, (SignedThroughFile.CopyDistanceBytes * 8) + bit);
            Refused(both, ReplicaFault.StoreDamaged, 12);
        }
    }

    [Test]
    public void A_kill_while_it_is_made_for_the_first_time_leaves_nothing_in_the_way()
    {
        for (var written = 0; written <= 32; written++)
        {
            var storage = Written(0).AfterTear(SignedThroughFile.FileName, written);
            Append(storage, 1);
            AssertHolds(storage, 1, $"{written} bytes");
        }
    }

    [Test]
    public void A_file_of_another_length_or_a_missing_one_is_damage()
    {
        var longer = Written(2);
        longer.Resize(CommitmentFile.NameOf(0), FileBytes + CommitmentFile.EntryBytes);
        Refused(longer, ReplicaFault.StoreDamaged, 12);

        var shuffled = Written(5);
        shuffled.CopyFrom(shuffled, CommitmentFile.NameOf(1), CommitmentFile.NameOf(0));
        Refused(shuffled, ReplicaFault.StoreDamaged, 12);
    }

    [Test]
    public void One_store_is_for_one_journal_one_contract_and_one_process()
    {
        var storage = Written(1);
        using (var held = Open(storage))
        {
            Refused(storage, ReplicaFault.StoreLocked, 2);
            Assert.That(
                () => held.Bind(Guid.NewGuid()),
                Throws.InstanceOf<ReplicaException>().With.Property(nameof(ReplicaException.Fault))
                    .EqualTo(ReplicaFault.StoreForeign));
        }

        var other = new CommitmentDomain(1, EthereumAddress.Zero).Separator();
        var error = Assert.Throws<ReplicaException>(() => CommitmentStore.Open(storage, other, FileBytes).Dispose());
        Assert.That(error.Fault, Is.EqualTo(ReplicaFault.StoreForeign));
        using var again = Open(storage);
        Assert.That(again.Count, Is.EqualTo(1));
    }

    [Test]
    public void Epochs_are_appended_in_order_and_once()
    {
        using var store = Open(Written(2));
        Assert.That(() => store.Append(Chain[1]), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(() => store.Append(Chain[3]), Throws.InstanceOf<InvariantBrokenException>());
    }

    [Test]
    public void A_device_that_fails_or_is_full_ends_it_with_its_own_code()
    {
        for (var sync = 1; sync <= 7; sync++)
        {
            var storage = new VirtualStorage();
            storage.Faults.FailAtSync = sync;
            var error = Assert.Throws<ReplicaException>(() => Append(storage, 1), $"sync {sync}");
            Assert.That((error.Fault, error.ExitCode), Is.EqualTo((ReplicaFault.SyncFailed, 14)));
        }

        var full = new VirtualStorage();
        full.Faults.IsFull = true;
        var refusal = Assert.Throws<ReplicaException>(() => Append(full, 1));
        Assert.That((refusal.Fault, refusal.ExitCode), Is.EqualTo((ReplicaFault.NoSpace, 10)));
        full.Faults.IsFull = false;
        Append(full, 1);
        AssertHolds(full, 1);
    }

    private static CommitmentStore Open(VirtualStorage storage) => CommitmentStore.Open(storage, Domain, FileBytes);

    private static void Append(VirtualStorage storage, int epoch)
    {
        using var store = Open(storage);
        store.Bind(Journal);
        store.Append(Chain[epoch - 1]);
    }

    private static VirtualStorage Written(int epochs)
    {
        var storage = new VirtualStorage();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            Append(storage, epoch);
        }

        if (epochs == 0)
        {
            Open(storage).Dispose();
        }

        return storage;
    }

    private static void AssertHolds(VirtualStorage storage, int epochs, string context = "")
    {
        using var store = Open(storage);
        Assert.That(store.Count, Is.EqualTo((ulong)epochs), context);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            Assert.That(store.Find((ulong)epoch), Is.EqualTo(Chain[epoch - 1]), context);
        }
    }

    private static void Refused(VirtualStorage storage, ReplicaFault fault, int exitCode)
    {
        var error = Assert.Throws<ReplicaException>(() => Open(storage).Dispose());
        Assert.That((error.Fault, error.ExitCode), Is.EqualTo((fault, exitCode)));
        Assert.That(error.Message, Does.Contain("next:"));
    }

    private static SignedCommitment[] Make(int count)
    {
        using var signer = new ManagedSigner(Bytes32.FromNumber(1).ToArray());
        var chain = new SignedCommitment[count];
        var previous = Bytes32.Zero;
        for (var place = 0; place < count; place++)
        {
            var commitment = new StateCommitment
            {
                Epoch = (ulong)place + 1,
                FirstSequence = new CommandSequence((10 * place) + 1),
                LastSequence = new CommandSequence((10 * place) + 10),
                PreviousCommitment = previous,
                InputHash = Bytes32.FromNumber((ulong)place + 100),
                StateRoot = Bytes32.FromNumber((ulong)place + 200),
                OracleTime = new TimeNanos(5),
                EngineVersion = Bytes32.FromNumber(6),
            };
            previous = commitment.Digest(Domain);
            chain[place] = new SignedCommitment(commitment, previous, signer.Address, signer.Sign(previous));
        }

        return chain;
    }
}
