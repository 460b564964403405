using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;
using HftDelta.Simulation.Engines;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Trees;

/// <summary>The withdrawals list in the commitment, and other assets in an account's leaf.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class WithdrawalTreeTests
{
    private static readonly Keccak256 Keccak = new();

    [Test]
    public void A_line_is_packed_as_its_table_says()
    {
        var leaf = new WithdrawalLeaf
        {
            Epoch = 2,
            Id = new WithdrawalId(3),
            Account = new AccountId(0x010203),
            Owner = EthereumAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            Asset = new AssetId(4),
            Amount = new AssetAtoms(0x0102030405060708),
        };
        var bytes = new byte[WithdrawalLeaf.LengthBytes];
        leaf.Write(bytes);

        Assert.That(
            Convert.ToHexStringLower(bytes),
            Is.EqualTo(
                "06" + "0000000000000002" + "0000000000000003" + "00010203" + "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
                + "00000004" + "0102030405060708"));
        Assert.That(leaf.Hash(Keccak), Is.EqualTo(Keccak256.Compute(bytes)));
    }

    [Test]
    public void The_list_of_an_epoch_is_proved_under_the_commitments_root_and_is_zero_without_lines()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.OpenOwned(20, owner: 7);
        venue.Deposit(20, 1_000);
        for (var amount = 1; amount <= 3; amount++)
        {
            venue.RequestWithdrawal(20, amount);
        }

        using var builder = new CommitmentBuilder(engine.Limits, default);
        var commitments = new List<StateCommitment>();
        using var replica = new EngineHarness(answerRisk: false);
        venue.CloseEpoch(1);
        venue.CloseEpoch(2);
        foreach (var (envelope, frame) in engine.Commands)
        {
            replica.Apply(envelope, frame);
            var copy = envelope;
            if (builder.Take(ref copy, frame, replica.View) is { } commitment)
            {
                commitments.Add(commitment);
                if (commitment.Epoch == 1)
                {
                    AssertProves(builder.Withdrawals, commitment.WithdrawalsRoot);
                }
            }
        }

        Assert.That(commitments.Select(commitment => commitment.WithdrawalsRoot == Bytes32.Zero), Is.EqualTo([false, true]));
    }

    [Test]
    public void An_account_with_other_assets_has_their_hash_behind_its_leaf()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.ListAsset(1);
        venue.ListAsset(2);
        venue.OpenOwned(20, owner: 7);
        var tree = new AccountTree(engine.Limits);
        tree.Update(engine.View);
        var plain = tree.Leaf(new AccountId(20))!.Value;
        venue.DepositAsset(20, 2, 5, 1);
        venue.DepositAsset(20, 1, 6, 2);
        tree.Update(engine.View);
        var leaf = tree.Leaf(new AccountId(20))!.Value;

        var bytes = new byte[AccountLeaf.LengthMaxBytes];
        Assert.That(plain.Write(bytes), Is.EqualTo(AccountLeaf.LengthBytes));
        Assert.That(leaf.Write(bytes), Is.EqualTo(AccountLeaf.LengthMaxBytes));
        Assert.That(bytes[33..35], Is.EqualTo(new byte[] { 0, 3 }));
        var balances = Convert.FromHexString(
            "07" + "00000001" + "0000000000000006" + "00000000" + "00000002" + "0000000000000005" + "00000000");
        Assert.That(leaf.BalancesRoot, Is.EqualTo(Keccak256.Compute(balances)));
        Assert.That(Bytes32.From(bytes.AsSpan(AccountLeaf.LengthBytes)), Is.EqualTo(leaf.BalancesRoot));
        venue.WithdrawAsset(20, 1, 6, 1);
        venue.WithdrawAsset(20, 2, 5, 2);
        tree.Update(engine.View);
        Assert.That(tree.Leaf(new AccountId(20)), Is.EqualTo(plain));
    }

    private static void AssertProves(WithdrawalTree tree, Bytes32 root)
    {
        Assert.That(tree.Count, Is.EqualTo(3));
        for (var place = 0; place < tree.Count; place++)
        {
            var leaf = tree.Leaf(place);
            Assert.That((leaf.Epoch, leaf.Id.Value, leaf.Amount.Value), Is.EqualTo((1UL, (ulong)place + 1, (long)place + 1)));
            var proof = tree.Prove(place);
            Assert.That(proof.Leaf, Is.EqualTo(leaf.Hash(Keccak)));
            Assert.That(proof.Verify(root), Is.True);
        }
    }
}
