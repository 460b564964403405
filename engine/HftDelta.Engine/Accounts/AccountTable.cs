using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Accounts;

/// <summary>All accounts by id. Owner: the engine agent.</summary>
internal sealed class AccountTable : IDisposable
{
    private readonly NativeSlab<AccountRecord> _records;
    private readonly RecordTracker<Records> _tracker;

    public AccountTable(int capacity)
    {
        _records = new NativeSlab<AccountRecord>(capacity);
        _tracker = new RecordTracker<Records>(new Records(this), capacity);
    }

    public int Capacity => _records.Capacity;

    /// <summary>One more than the highest open id.</summary>
    public uint IdLimit { get; private set; }

    public bool IsOpen(uint id) => id < (uint)_records.Capacity && _records[id].IsOpen != 0;

    /// <summary>For reading; the id is open.</summary>
    public ref readonly AccountRecord Read(uint id) => ref _records[id];

    /// <summary>For writing what the state hash covers.</summary>
    public ref AccountRecord Write(uint id)
    {
        _tracker.Mark(id);
        return ref _records[id];
    }

    /// <summary>For writing caches that the state hash does not cover.</summary>
    public ref AccountRecord Cached(uint id) => ref _records[id];

    public void Open(uint id, ReadOnlySpan<byte> owner)
    {
        Check.That(id < (uint)_records.Capacity);
        Check.That(_records[id].IsOpen == 0);
        ref var record = ref Write(id);
        record = default;
        record.IsOpen = 1;
        owner.CopyTo(record.Owner);
        IdLimit = id >= IdLimit ? id + 1 : IdLimit;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(this));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(AccountTable table) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.Account;

        public uint IdLimit => table.IdLimit;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref table._records[id];
            BinaryPrimitives.WriteInt64LittleEndian(buffer, record.CashAtoms);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.LastDepositId);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.LastWithdrawalId);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], record.Dust);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], record.PositionCount);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.SessionHandle);
            ((ReadOnlySpan<byte>)record.Owner).CopyTo(buffer[36..]);
            lengthBytes = 36 + OwnerAddress.LengthBytes;
            return record.IsOpen != 0;
        }
    }
}
