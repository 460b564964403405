using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Trees;

/// <summary>Against a tree that is written down as it is defined and remembers nothing.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FixedDepthTreeTests
{
    [TestCase(1, 1UL)]
    [TestCase(2, 2UL)]
    [TestCase(7, 3UL)]
    [TestCase(64, 4UL)]
    [TestCase(1_000, 5UL)]
    public void Roots_and_proofs_are_those_of_the_definition(int capacity, ulong seed)
    {
        var random = new SplitMix64(seed);
        var tree = new FixedDepthTree(capacity);
        var leaves = new Dictionary<uint, Bytes32>();
        for (var round = 0; round < 12; round++)
        {
            for (var change = random.Next() % 6; change > 0; change--)
            {
                var index = (uint)(random.Next() % (ulong)capacity);
                var leaf = random.Next() % 5 == 0 ? Bytes32.Zero : new Bytes32(random.Next(), 0, 0, random.Next());
                leaves[index] = leaf;
                tree.SetLeaf(index, leaf);
            }

            var root = tree.Root();
            Assert.That(root, Is.EqualTo(Model(FixedDepthTree.Depth, 0, leaves)), $"seed {seed}, round {round}");
            var proven = (uint)(random.Next() % (ulong)capacity);
            var proof = tree.Prove(proven);
            Assert.That(proof.Leaf, Is.EqualTo(leaves.GetValueOrDefault(proven)));
            AssertProves(proof, root);
        }
    }

    [Test]
    public void A_tree_without_leaves_has_the_root_of_empty_subtrees()
    {
        var node = Bytes32.Zero;
        for (var level = 0; level < FixedDepthTree.Depth; level++)
        {
            Assert.That(FixedDepthTree.EmptyRoot(level), Is.EqualTo(node));
            node = Pair(node, node);
        }

        Assert.That(new FixedDepthTree(100).Root(), Is.EqualTo(node));
    }

    [Test]
    public void One_changed_leaf_costs_one_path_and_an_unchanged_one_costs_nothing()
    {
        var tree = new FixedDepthTree(1 << 12);
        for (uint index = 0; index < 1 << 12; index++)
        {
            tree.SetLeaf(index, Bytes32.FromNumber(index + 1));
        }

        var root = tree.Root();
        var before = tree.NodesHashed;
        tree.SetLeaf(77, Bytes32.FromNumber(78));
        Assert.That(tree.Root(), Is.EqualTo(root));
        Assert.That(tree.NodesHashed, Is.EqualTo(before));

        tree.SetLeaf(77, Bytes32.FromNumber(1_000_000));
        Assert.That(tree.Root(), Is.Not.EqualTo(root));
        Assert.That(tree.NodesHashed - before, Is.EqualTo(FixedDepthTree.Depth));
    }

    private static void AssertProves(InclusionProof proof, Bytes32 root)
    {
        Assert.That(proof.Siblings, Has.Count.EqualTo(FixedDepthTree.Depth));
        Assert.That(proof.Verify(root), Is.True);
        Assert.That((proof with { Leaf = proof.Leaf with { Word0 = ~proof.Leaf.Word0 } }).Verify(root), Is.False);
        Assert.That((proof with { Siblings = [.. proof.Siblings.Skip(1)] }).Verify(root), Is.False);
        Assert.That((proof with { Index = proof.Index | (1u << 24) }).Verify(root), Is.False);
        Assert.That(proof.Verify(root with { Word3 = root.Word3 ^ 1 }), Is.False);
        for (var level = 0; level < FixedDepthTree.Depth; level++)
        {
            Bytes32[] siblings = [.. proof.Siblings];
            siblings[level] = siblings[level] with { Word2 = siblings[level].Word2 ^ 4 };
            Assert.That((proof with { Siblings = siblings }).Verify(root), Is.False, $"level {level}");
        }
    }

    private static Bytes32 Model(int level, uint first, Dictionary<uint, Bytes32> leaves)
    {
        if (level == 0)
        {
            return leaves.GetValueOrDefault(first);
        }

        var half = 1u << (level - 1);
        var isEmpty = !leaves.Keys.Any(index => index >= first && index - first < 2 * half);
        return isEmpty
            ? FixedDepthTree.EmptyRoot(level)
            : Pair(Model(level - 1, first, leaves), Model(level - 1, first + half, leaves));
    }

    private static Bytes32 Pair(Bytes32 left, Bytes32 right) =>
        Keccak256.Compute([1, .. left.ToArray(), .. right.ToArray()]);
}
