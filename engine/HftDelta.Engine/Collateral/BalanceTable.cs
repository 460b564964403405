using HftDelta.Engine.Accounts;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Collateral;

/// <summary>
/// What accounts hold beside the quote asset, in lists from the account: an account that holds none costs one test. The only
/// place that moves such assets, in sub-atoms by the rule of the ledger. Owner: the engine agent.
/// <para>
/// Invariant, checked after every command that touched an asset: the sum over its balances = deposits less withdrawals.
/// </para>
/// </summary>
internal sealed class BalanceTable : IDisposable
{
    private readonly AccountTable _accounts;
    private readonly HashedSlab<BalanceRecord, BalanceEncoding> _records;
    private readonly Int128[] _sums;
    private readonly Int128[] _deposited;
    private readonly int _clientCapacity;
    private uint _touched;
    private uint _firstFree;
    private uint _slotLimit = 1;
    private int _count;

    /// <param name="limits">Of the engine.</param>
    /// <param name="accounts">Whose lists these are.</param>
    public BalanceTable(EngineLimits limits, AccountTable accounts)
    {
        _accounts = accounts;
        _clientCapacity = limits.Balances;

        // What is held for a withdrawal and comes back must find room whatever came in meanwhile.
        _records = new HashedSlab<BalanceRecord, BalanceEncoding>(1 + limits.Balances + limits.Withdrawals + limits.Assets);
        _sums = new Int128[limits.Assets + 1];
        _deposited = new Int128[limits.Assets + 1];
    }

    /// <summary>Whether an account may begin to hold an asset.</summary>
    public bool HasRoom => _count < _clientCapacity;

    /// <summary>Every balance in use has a slot below this.</summary>
    public uint SlotLimit => _slotLimit;

    public ref readonly BalanceRecord Read(uint slot) => ref _records.Read(slot);

    /// <summary>The slot of what an account holds of an asset, or 0. At most as many steps as there are assets.</summary>
    public uint Find(uint account, uint asset)
    {
        var slot = _accounts.Read(account).FirstBalance;
        while (slot != 0 && _records.Read(slot).Asset != asset)
        {
            slot = _records.Read(slot).NextOfAccount;
        }

        return slot;
    }

    public long AtomsOf(uint account, uint asset)
    {
        var slot = Find(account, asset);
        return slot == 0 ? 0 : _records.Read(slot).Atoms;
    }

    /// <summary>By how much the sum over an asset's balances is off, in sub-atoms: always 0.</summary>
    public Int128 ConservationError(uint asset) => _sums[asset] - (_deposited[asset] << Scale.SubAtomBits);

    public void CheckConservation()
    {
        while (_touched != 0)
        {
            var asset = (uint)System.Numerics.BitOperations.TrailingZeroCount(_touched);
            _touched &= _touched - 1;
            Check.That(ConservationError(asset) == 0);
        }
    }

    /// <summary>From or to outside the venue.</summary>
    public void MoveOutside(uint account, uint asset, long atoms)
    {
        _deposited[asset] += atoms;
        Post(account, asset, (Int128)atoms << Scale.SubAtomBits);
    }

    /// <summary>From one account to another.</summary>
    public void Move(uint from, uint to, uint asset, long atoms)
    {
        Post(from, asset, -((Int128)atoms << Scale.SubAtomBits));
        Post(to, asset, (Int128)atoms << Scale.SubAtomBits);
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();

    private void Post(uint account, uint asset, Int128 subAtoms)
    {
        var slot = Find(account, asset);
        slot = slot != 0 ? slot : Add(account, asset);
        ref var record = ref _records.Write(slot);
        var total = ((Int128)record.Atoms << Scale.SubAtomBits) + record.Dust + subAtoms;
        Check.That(total >= 0);
        record.Atoms = new SubAtoms(total).FloorAtoms;
        record.Dust = new SubAtoms(total).Dust;
        _sums[asset] += subAtoms;
        _touched |= 1U << (int)asset;

        // The account's sums hold the value of its collateral: they are made anew.
        _accounts.Cached(account).MarkVersion = 0;
        if (total == 0)
        {
            Remove(slot);
        }
    }

    private uint Add(uint account, uint asset)
    {
        Check.That(_firstFree != 0 || _slotLimit < (uint)_records.Capacity);
        var slot = _firstFree;
        if (slot == 0)
        {
            slot = _slotLimit++;
        }
        else
        {
            _firstFree = _records.Read(slot).NextOfAccount;
        }

        ref var owner = ref _accounts.Cached(account);
        _records.Write(slot) = new BalanceRecord { Account = account, Asset = asset, NextOfAccount = owner.FirstBalance };
        owner.FirstBalance = slot;
        _count++;
        return slot;
    }

    private void Remove(uint slot)
    {
        var next = _records.Read(slot).NextOfAccount;
        ref var owner = ref _accounts.Cached(_records.Read(slot).Account);
        if (owner.FirstBalance == slot)
        {
            owner.FirstBalance = next;
        }
        else
        {
            var before = owner.FirstBalance;
            while (_records.Read(before).NextOfAccount != slot)
            {
                before = _records.Read(before).NextOfAccount;
            }

            _records.Cached(before).NextOfAccount = next;
        }

        _records.Write(slot) = new BalanceRecord { NextOfAccount = _firstFree };
        _firstFree = slot;
        _count--;
    }
}
