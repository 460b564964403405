using HftDelta.Engine.Accounts;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Withdrawals;

/// <summary>
/// Withdrawals that are held, in the order of their requests, and those that the last closed epoch released. Slot 0 is none.
/// Owner: the engine agent.
/// </summary>
internal sealed class WithdrawalTable(EngineLimits limits, AccountTable accounts) : IDisposable
{
    /// <summary>Withdrawals that one account may have waiting.</summary>
    public const int PerAccountMax = 8;

    private readonly HashedSlab<WithdrawalRecord, WithdrawalEncoding> _records =
        new(1 + limits.Withdrawals + limits.WithdrawalsPerEpoch);

    private uint _firstFree;
    private uint _slotLimit = 1;
    private uint _lastHeld;
    private uint _lastReleased;

    /// <summary>The last id that was given.</summary>
    public ulong LastId { get; private set; }

    /// <summary>The request that has waited longest, or 0.</summary>
    public uint FirstHeld { get; private set; }

    /// <summary>The first place of the last closed epoch's list, or 0.</summary>
    public uint FirstReleased { get; private set; }

    public int HeldCount { get; private set; }

    /// <summary>Length of the last closed epoch's list.</summary>
    public uint ReleasedCount { get; private set; }

    public bool HasRoom => HeldCount < limits.Withdrawals;

    public ref readonly WithdrawalRecord Read(uint slot) => ref _records.Read(slot);

    /// <summary>How many an account has waiting.</summary>
    public int CountOf(uint account)
    {
        var count = 0;
        for (var slot = accounts.Read(account).FirstWithdrawal; slot != 0; slot = _records.Read(slot).NextOfAccount)
        {
            count++;
        }

        return count;
    }

    /// <summary>What the account has waiting under this id, or 0.</summary>
    public uint Find(uint account, ulong id)
    {
        var slot = accounts.Read(account).FirstWithdrawal;
        while (slot != 0 && _records.Read(slot).Id != id)
        {
            slot = _records.Read(slot).NextOfAccount;
        }

        return slot;
    }

    /// <summary>A new one behind all others; there is room.</summary>
    public uint Add(uint account, uint asset, long atoms)
    {
        Check.That(HasRoom);
        var slot = _firstFree;
        if (slot == 0)
        {
            slot = _slotLimit++;
        }
        else
        {
            _firstFree = _records.Read(slot).Next;
        }

        ref var owner = ref accounts.Cached(account);
        _records.Write(slot) = new WithdrawalRecord
        {
            Id = ++LastId,
            Atoms = atoms,
            Account = account,
            Asset = asset,
            Previous = _lastHeld,
            NextOfAccount = owner.FirstWithdrawal,
        };
        owner.FirstWithdrawal = slot;
        if (_lastHeld == 0)
        {
            FirstHeld = slot;
        }
        else
        {
            _records.Cached(_lastHeld).Next = slot;
        }

        _lastHeld = slot;
        HeldCount++;
        return slot;
    }

    /// <summary>One that is held is no more.</summary>
    public void Remove(uint slot)
    {
        TakeOutOfHeld(slot);
        Free(slot);
    }

    /// <summary>One that is held goes to the end of the list of an epoch.</summary>
    public void Release(uint slot, ulong epoch)
    {
        TakeOutOfHeld(slot);
        ref var record = ref _records.Write(slot);
        record.Epoch = epoch;
        record.Place = ReleasedCount++;
        record.Next = 0;
        record.Previous = 0;
        if (_lastReleased == 0)
        {
            FirstReleased = slot;
        }
        else
        {
            _records.Cached(_lastReleased).Next = slot;
        }

        _lastReleased = slot;
    }

    /// <summary>The list of the epoch before is not needed any more.</summary>
    public void ForgetReleased()
    {
        while (FirstReleased != 0)
        {
            var slot = FirstReleased;
            FirstReleased = _records.Read(slot).Next;
            Free(slot);
        }

        _lastReleased = 0;
        ReleasedCount = 0;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();

    private void TakeOutOfHeld(uint slot)
    {
        var record = _records.Read(slot);
        Check.That(record.Id != 0);
        Check.That(record.Epoch == 0);
        if (record.Previous == 0)
        {
            FirstHeld = record.Next;
        }
        else
        {
            _records.Cached(record.Previous).Next = record.Next;
        }

        if (record.Next == 0)
        {
            _lastHeld = record.Previous;
        }
        else
        {
            _records.Cached(record.Next).Previous = record.Previous;
        }

        ref var owner = ref accounts.Cached(record.Account);
        if (owner.FirstWithdrawal == slot)
        {
            owner.FirstWithdrawal = record.NextOfAccount;
        }
        else
        {
            var before = owner.FirstWithdrawal;
            while (_records.Read(before).NextOfAccount != slot)
            {
                before = _records.Read(before).NextOfAccount;
            }

            _records.Cached(before).NextOfAccount = record.NextOfAccount;
        }

        HeldCount--;
    }

    private void Free(uint slot)
    {
        _records.Write(slot) = new WithdrawalRecord { Next = _firstFree };
        _firstFree = slot;
    }
}
