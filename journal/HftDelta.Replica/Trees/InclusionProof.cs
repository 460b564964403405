using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// The path from one leaf to the root: what an account shows to a contract to withdraw or to escape. Pure.
/// </summary>
/// <param name="Index">The leaf's number: the account's id.</param>
/// <param name="Leaf">The leaf's hash; zero proves that there is no such account.</param>
/// <param name="Siblings">The other child at every level, the lowest first; 24 of them.</param>
public sealed record InclusionProof(uint Index, Bytes32 Leaf, IReadOnlyList<Bytes32> Siblings)
{
    /// <summary>Whether it leads to a root.</summary>
    public bool Verify(Bytes32 root)
    {
        if (Siblings.Count != FixedDepthTree.Depth || Index >> FixedDepthTree.Depth != 0)
        {
            return false;
        }

        var node = Leaf;
        for (var level = 0; level < FixedDepthTree.Depth; level++)
        {
            var isRight = ((Index >> level) & 1) != 0;
            node = isRight ? HashPair(Siblings[level], node) : HashPair(node, Siblings[level]);
        }

        return node == root;
    }

    internal static Bytes32 HashPair(Bytes32 left, Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[1 + (2 * Bytes32.LengthBytes)];
        pair[0] = TreeDomain.Node;
        left.CopyTo(pair[1..]);
        right.CopyTo(pair[(1 + Bytes32.LengthBytes)..]);
        return Keccak256.Compute(pair);
    }
}
