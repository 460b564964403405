using System.Numerics;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Books;

/// <summary>
/// Levels at any 64-bit price: a trie of 64-ary bitmap nodes over pooled levels, one root per side. It is the band's bitmap
/// hierarchy with the empty stretches left out: a node exists only where keys part, so each has at least two children, there
/// are fewer nodes than levels (the pools are of one size and only the levels can run out) and a search reads at most eleven
/// nodes, two or three in a real book. Keys are unsigned and the lowest is the best; the caller mirrors the bids.
/// <para>A reference is 0 for nothing, a node's index, or a level's index with <see cref="LevelBit"/> set. Bounds: indices come
/// from the pools alone.</para>
/// </summary>
internal sealed unsafe class SparseLevels : IDisposable
{
    private const uint LevelBit = 1u << 31;
    private const int DigitBits = 6;
    private const int DigitMask = 63;

    private readonly NativeSlab<PriceLevel> _levelSlab;
    private readonly NativeSlab<ulong> _keySlab;
    private readonly NativeSlab<Node> _nodeSlab;
    private readonly PriceLevel* _levels;
    private readonly ulong* _keys;
    private readonly Node* _nodes;
    private uint _freeLevel;
    private uint _freeNode;
    private uint _levelLimit = 1;
    private uint _nodeLimit = 1;

    public SparseLevels(int capacity)
    {
        Capacity = capacity;
        _levelSlab = NativeSlab<PriceLevel>.Reserve(capacity + 1);
        _keySlab = NativeSlab<ulong>.Reserve(capacity + 1);
        _nodeSlab = NativeSlab<Node>.Reserve(capacity + 1);
        _levels = _levelSlab.Pointer;
        _keys = _keySlab.Pointer;
        _nodes = _nodeSlab.Pointer;
    }

    public int Capacity { get; }

    /// <summary>Levels in use, both sides together.</summary>
    public int Count { get; private set; }

    /// <summary>Nodes in use, both sides together.</summary>
    public int NodeCount { get; private set; }

    public long LengthBytes => _levelSlab.LengthBytes + _keySlab.LengthBytes + _nodeSlab.LengthBytes;

    /// <summary>The level of index 0: never in use, always empty.</summary>
    public PriceLevel* Nothing => _levels;

    /// <summary>The level with this key under the root, or null.</summary>
    public PriceLevel* Find(uint root, ulong key)
    {
        var reference = root;
        while (reference != 0 && (reference & LevelBit) == 0)
        {
            var node = _nodes + reference;
            reference = node->Children[Digit(key, node->Shift)];
        }

        if (reference == 0) return null;
        var index = reference & ~LevelBit;
        return _keys[index] == key ? _levels + index : null;
    }

    /// <summary>Adds a level with a key that is not there. The pool must not be full.</summary>
    public PriceLevel* Add(uint* root, ulong key)
    {
        Check.That(Count < Capacity);
        var index = TakeLevel(key);
        var link = root;
        while (*link != 0)
        {
            if ((*link & LevelBit) != 0 || !Covers(*link, key))
            {
                *link = Part(*link, KeyOf(*link), index | LevelBit, key);
                return _levels + index;
            }

            var node = _nodes + *link;
            var digit = Digit(key, node->Shift);
            node->Occupied |= 1UL << digit;
            link = node->Children + digit;
        }

        *link = index | LevelBit;
        return _levels + index;
    }

    /// <summary>Removes the empty level with this key.</summary>
    public void Remove(uint* root, ulong key)
    {
        var link = root;
        uint* parentLink = null;
        while ((*link & LevelBit) == 0)
        {
            Check.That(*link != 0);
            parentLink = link;
            var node = _nodes + *link;
            link = node->Children + Digit(key, node->Shift);
        }

        var index = *link & ~LevelBit;
        Check.That(_keys[index] == key);
        *link = 0;
        if (parentLink != null) Detach(parentLink, key);
        ReturnLevel(index);
    }

    /// <summary>The level with the lowest key under a root that is not 0.</summary>
    public PriceLevel* First(uint root, out ulong key)
    {
        var reference = root;
        while ((reference & LevelBit) == 0)
        {
            var node = _nodes + reference;
            reference = node->Children[BitOperations.TrailingZeroCount(node->Occupied)];
        }

        var index = reference & ~LevelBit;
        key = _keys[index];
        return _levels + index;
    }

    /// <summary>The level with the lowest key above the given one, or null.</summary>
    public PriceLevel* After(uint root, ulong key, out ulong found)
    {
        var reference = root;
        var above = 0u;
        while (reference != 0)
        {
            if ((reference & LevelBit) != 0 || !Covers(reference, key))
            {
                if (KeyOf(reference) > key) above = reference;
                break;
            }

            var node = _nodes + reference;
            var digit = Digit(key, node->Shift);
            var higher = node->Occupied & (ulong.MaxValue << digit << 1);
            if (higher != 0) above = node->Children[BitOperations.TrailingZeroCount(higher)];
            reference = node->Children[digit];
        }

        found = 0;
        return above == 0 ? null : First(above, out found);
    }

    public void Dispose()
    {
        _levelSlab.Dispose();
        _keySlab.Dispose();
        _nodeSlab.Dispose();
    }

    private static int Digit(ulong key, int shift) => (int)(key >> shift) & DigitMask;

    /// <summary>The key of a level; of a node the lowest that it could hold.</summary>
    private ulong KeyOf(uint reference) =>
        (reference & LevelBit) != 0 ? _keys[reference & ~LevelBit] : _nodes[reference].Key;

    /// <summary>The digits above the node's own are the key's. Two shifts: above the highest digit are none.</summary>
    private bool Covers(uint node, ulong key) => (key ^ _nodes[node].Key) >> _nodes[node].Shift >> DigitBits == 0;

    /// <summary>A node where two references part, at the highest digit in which their keys differ.</summary>
    private uint Part(uint left, ulong leftKey, uint right, ulong rightKey)
    {
        Check.That(leftKey != rightKey);
        var shift = BitOperations.Log2(leftKey ^ rightKey) / DigitBits * DigitBits;
        var index = TakeNode();
        var node = _nodes + index;
        node->Shift = shift;
        node->Key = rightKey >> shift >> DigitBits << DigitBits << shift;
        node->Occupied = (1UL << Digit(leftKey, shift)) | (1UL << Digit(rightKey, shift));
        node->Children[Digit(leftKey, shift)] = left;
        node->Children[Digit(rightKey, shift)] = right;
        return index;
    }

    /// <summary>Forgets the child at the key's digit; a node left with one child gives its place to that child.</summary>
    private void Detach(uint* link, ulong key)
    {
        var index = *link;
        var node = _nodes + index;
        node->Occupied &= ~(1UL << Digit(key, node->Shift));
        Check.That(node->Occupied != 0);
        if ((node->Occupied & (node->Occupied - 1)) != 0) return;
        var last = BitOperations.TrailingZeroCount(node->Occupied);
        *link = node->Children[last];
        node->Children[last] = 0;
        node->Occupied = 0;
        node->Key = _freeNode;
        _freeNode = index;
        NodeCount--;
    }

    private uint TakeLevel(ulong key)
    {
        var index = _freeLevel;
        if (index != 0) _freeLevel = (uint)_keys[index];
        else index = _levelLimit++;
        Check.That(index <= (uint)Capacity);
        _keys[index] = key;
        Count++;
        return index;
    }

    private void ReturnLevel(uint index)
    {
        Check.That(_levels[index].Count == 0);
        _keys[index] = _freeLevel;
        _freeLevel = index;
        Count--;
    }

    private uint TakeNode()
    {
        var index = _freeNode;
        if (index != 0) _freeNode = (uint)_nodes[index].Key;
        else index = _nodeLimit++;
        Check.That(index <= (uint)Capacity);
        NodeCount++;
        return index;
    }

    /// <summary>64 children by one digit of the key. A free node holds the next free one in its key.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Node
    {
        public ulong Occupied;
        public ulong Key;
        public int Shift;
        public int Reserved;
        public fixed uint Children[64];
    }
}
