using HftDelta.Engine;
using HftDelta.Engine.Withdrawals;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>The withdrawals list of the last closed epoch as a tree, its lines in their order. Owner: one thread.</summary>
public sealed class WithdrawalTree
{
    private readonly Keccak256 _keccak = new();
    private readonly ReleasedWithdrawal[] _lines;
    private readonly int _capacity;
    private FixedDepthTree? _tree;

    public WithdrawalTree(EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _capacity = limits.WithdrawalsPerEpoch;
        _lines = new ReleasedWithdrawal[_capacity];
    }

    /// <summary>Lines of the list.</summary>
    public int Count { get; private set; }

    /// <summary>Takes over the list of the epoch that has just closed.</summary>
    /// <returns>The root; zero for a list without lines.</returns>
    public Bytes32 Update(in VenueView view)
    {
        Count = view.CopyReleased(_lines);
        _tree = null;
        if (Count == 0)
        {
            return Bytes32.Zero;
        }

        _tree = new FixedDepthTree(_capacity);
        for (var place = 0; place < Count; place++)
        {
            _tree.SetLeaf((uint)place, WithdrawalLeaf.Of(in _lines[place]).Hash(_keccak));
        }

        return _tree.Root();
    }

    /// <summary>A line of the list, which has it.</summary>
    public WithdrawalLeaf Leaf(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
        return WithdrawalLeaf.Of(in _lines[place]);
    }

    /// <summary>What proves a line of the list under the epoch's root.</summary>
    public InclusionProof Prove(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
        return _tree!.Prove((uint)place);
    }
}
