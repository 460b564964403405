using System.Numerics;
using HftDelta.Primitives;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// A binary keccak-256 tree of depth 24: its leaves are numbered from 0, a leaf that is not there is 32 zero bytes, and a node is
/// the hash of the byte 1 and its two children. The path of a leaf is its number's bits, the highest at the root. Only the
/// lower part that can hold leaves is kept; what lies beside and above it is empty and known beforehand.
/// Owner: one thread. Invariant: after <see cref="Root"/> every kept node is the hash of its children.
/// </summary>
public sealed class FixedDepthTree
{
    public const int Depth = 24;

    private static readonly Bytes32[] Empty = EmptySubtrees();

    private readonly Keccak256 _keccak = new();
    private readonly byte[] _pair = new byte[1 + (2 * Bytes32.LengthBytes)];
    private readonly Bytes32[][] _levels;
    private readonly List<uint> _changed = [];
    private Bytes32 _root;

    /// <param name="capacity">Leaf numbers are below this, which is at most 2^24.</param>
    public FixedDepthTree(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << Depth);
        var height = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)capacity));
        _pair[0] = TreeDomain.Node;
        _levels = new Bytes32[height + 1][];
        for (var level = 0; level <= height; level++)
        {
            _levels[level] = new Bytes32[1 << (height - level)];
            Array.Fill(_levels[level], Empty[level]);
        }

        _root = Empty[Depth];
    }

    /// <summary>Nodes that were hashed so far: what the incremental work costs.</summary>
    public long NodesHashed { get; private set; }

    /// <summary>The root of a subtree of so many levels that holds no leaf.</summary>
    public static Bytes32 EmptyRoot(int level) => Empty[level];

    public Bytes32 Leaf(uint index) => _levels[0][index];

    public void SetLeaf(uint index, Bytes32 hash)
    {
        if (_levels[0][index] != hash)
        {
            _levels[0][index] = hash;
            _changed.Add(index);
        }
    }

    /// <summary>The root with every leaf as it was set last; hashes only the paths of those that changed.</summary>
    public Bytes32 Root()
    {
        if (_changed.Count == 0)
        {
            return _root;
        }

        _changed.Sort();
        for (var level = 0; level + 1 < _levels.Length; level++)
        {
            HashParents(level);
        }

        _changed.Clear();
        _root = _levels[^1][0];
        for (var level = _levels.Length - 1; level < Depth; level++)
        {
            _root = HashPair(_root, Empty[level]);
        }

        return _root;
    }

    /// <summary>What proves that a leaf, or its absence, is under the present root.</summary>
    public InclusionProof Prove(uint index)
    {
        Check.That(index < (uint)_levels[0].Length);
        _ = Root();
        var siblings = new Bytes32[Depth];
        for (var level = 0; level < Depth; level++)
        {
            var sibling = (index >> level) ^ 1;
            siblings[level] = level + 1 < _levels.Length ? _levels[level][sibling] : Empty[level];
        }

        return new InclusionProof(index, _levels[0][index], siblings);
    }

    // The changed numbers of a level are in order, so the same parent comes twice in a row or not at all.
    private void HashParents(int level)
    {
        var children = _levels[level];
        var parents = _levels[level + 1];
        var kept = 0;
        for (var place = 0; place < _changed.Count; place++)
        {
            var parent = _changed[place] >> 1;
            if (kept > 0 && _changed[kept - 1] == parent)
            {
                continue;
            }

            parents[parent] = HashPair(children[2 * parent], children[(2 * parent) + 1]);
            _changed[kept++] = parent;
        }

        _changed.RemoveRange(kept, _changed.Count - kept);
    }

    private Bytes32 HashPair(Bytes32 left, Bytes32 right)
    {
        left.CopyTo(_pair.AsSpan(1));
        right.CopyTo(_pair.AsSpan(1 + Bytes32.LengthBytes));
        NodesHashed++;
        return _keccak.Hash(_pair);
    }

    private static Bytes32[] EmptySubtrees()
    {
        var empty = new Bytes32[Depth + 1];
        for (var level = 0; level < Depth; level++)
        {
            empty[level + 1] = InclusionProof.HashPair(empty[level], empty[level]);
        }

        return empty;
    }
}
