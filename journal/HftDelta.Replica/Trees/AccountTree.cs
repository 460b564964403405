using HftDelta.Engine;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Collateral;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// The accounts of a venue as a tree, brought up to date at every epoch. Every account is read, because a mark that moved
/// changes what its holders could escape with; only what then differs from the epoch before is hashed. Owner: one thread.
/// </summary>
public sealed class AccountTree
{
    private readonly Keccak256 _keccak = new();
    private readonly FixedDepthTree _tree;
    private readonly AccountLeaf[] _leaves;
    private readonly AppliedPosition[]?[] _positions;
    private readonly AppliedPosition[] _scratch;
    private readonly AssetBalance[] _balances;

    public AccountTree(EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _tree = new FixedDepthTree(limits.Accounts);
        _leaves = new AccountLeaf[limits.Accounts];
        _positions = new AppliedPosition[limits.Accounts][];
        _balances = new AssetBalance[limits.Assets];
        _scratch = new AppliedPosition[Math.Max(limits.PositionsPerAccount, limits.Instruments)];
    }

    /// <summary>Accounts that are in the tree.</summary>
    public int AccountCount { get; private set; }

    /// <summary>Leaves that were hashed so far: what changed between epochs.</summary>
    public long LeavesHashed { get; private set; }

    /// <summary>Nodes that were hashed so far.</summary>
    public long NodesHashed => _tree.NodesHashed;

    public Bytes32 Root() => _tree.Root();

    /// <summary>Takes over every account as it is now, as if applied.</summary>
    /// <returns>The root.</returns>
    public Bytes32 Update(in VenueView view)
    {
        for (uint id = 0; id < view.AccountIdLimit; id++)
        {
            if (view.IsOpen(new AccountId(id)))
            {
                Update(in view, new AccountId(id));
            }
        }

        return _tree.Root();
    }

    /// <summary>The leaf of an account at the last update; an account that was not open then has none.</summary>
    public AccountLeaf? Leaf(AccountId id) =>
        id.Value < (uint)_leaves.Length && _positions[id.Value] is not null ? _leaves[id.Value] : null;

    /// <summary>What proves an account's leaf, or that there is none, under <see cref="Root"/>.</summary>
    public InclusionProof Prove(AccountId id) => _tree.Prove(id.Value);

    private void Update(in VenueView view, AccountId id)
    {
        var account = view.AsApplied(id, _scratch);
        var positions = _scratch.AsSpan(0, account.PositionCount);
        positions.Sort(static (left, right) => left.Instrument.Value.CompareTo(right.Instrument.Value));
        ref var known = ref _positions[id.Value];
        ref var leaf = ref _leaves[id.Value];
        var isNew = known is null;
        if (isNew)
        {
            AccountCount++;
        }

        var positionsRoot = leaf.PositionsRoot;
        if (isNew || !positions.SequenceEqual(known))
        {
            known = positions.ToArray();
            positionsRoot = AccountLeaf.HashPositions(positions, _keccak);
        }

        var balances = _balances.AsSpan(0, view.CopyBalances(id, _balances));
        var next = LeafOf(id, in account, positionsRoot) with
        {
            OtherAssets = (ushort)balances.Length,
            BalancesRoot = AccountLeaf.HashBalances(balances, _keccak),
        };
        if (isNew || next != leaf)
        {
            leaf = next;
            LeavesHashed++;
            _tree.SetLeaf(id.Value, next.Hash(_keccak));
        }
    }

    private static AccountLeaf LeafOf(AccountId id, in AppliedAccount account, Bytes32 positionsRoot)
    {
        Span<byte> owner = stackalloc byte[EthereumAddress.LengthBytes];
        account.CopyOwnerTo(owner);
        var equityAtoms = (account.Equity.Value + account.Collateral.Value) >> Scale.SubAtomBits;
        return new AccountLeaf
        {
            Id = id,
            Owner = EthereumAddress.From(owner),
            Cash = new Atoms(account.Cash.FloorAtoms),
            Dust = account.Cash.Dust,
            PositionsRoot = positionsRoot,
            EscapeValue = equityAtoms > 0 ? (UInt128)equityAtoms : 0,
        };
    }
}
