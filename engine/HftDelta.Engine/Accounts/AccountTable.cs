using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Accounts;

/// <summary>All accounts by id. Owner: the engine agent.</summary>
internal sealed class AccountTable(int capacity) : IDisposable
{
    private readonly HashedSlab<AccountRecord, AccountEncoding> _records = new(capacity);

    public int Capacity => _records.Capacity;

    /// <summary>Every open account has an id below this.</summary>
    public uint IdLimit => _records.IdLimit;

    public bool IsOpen(uint id) => id < (uint)_records.Capacity && _records.Read(id).IsOpen != 0;

    /// <summary>For reading; the id is open.</summary>
    public ref readonly AccountRecord Read(uint id) => ref _records.Read(id);

    /// <summary>For writing what the state hash covers.</summary>
    public ref AccountRecord Write(uint id) => ref _records.Write(id);

    /// <summary>For writing caches that the state hash does not cover.</summary>
    public ref AccountRecord Cached(uint id) => ref _records.Cached(id);

    public void Prefetch(uint id) => _records.Prefetch(id);

    public void Open(uint id, ReadOnlySpan<byte> owner)
    {
        Check.That(id < (uint)_records.Capacity);
        Check.That(_records.Read(id).IsOpen == 0);
        ref var record = ref Write(id);
        record = default;
        record.IsOpen = 1;
        owner.CopyTo(record.Owner);
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public void FoldSome() => _records.FoldSome();

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
