using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Instruments;

/// <summary>All underlyings by id, dense from 1. Owner: the engine agent.</summary>
internal sealed class UnderlyingTable : IDisposable
{
    private readonly NativeSlab<UnderlyingRecord> _records;
    private readonly RecordTracker<Records> _tracker;

    public UnderlyingTable(int capacity)
    {
        _records = new NativeSlab<UnderlyingRecord>(capacity + 1);
        _tracker = new RecordTracker<Records>(new Records(this), capacity + 1);
    }

    public uint NextId { get; private set; } = 1;

    public bool HasRoom => NextId < (uint)_records.Capacity;

    public bool Exists(uint id) => id - 1 < NextId - 1;

    public ref readonly UnderlyingRecord Read(uint id) => ref _records[id];

    public ref UnderlyingRecord Write(uint id)
    {
        _tracker.Mark(id);
        return ref _records[id];
    }

    public uint Add(in UnderlyingRecord record)
    {
        Check.That(HasRoom);
        var id = NextId++;
        Write(id) = record;
        return id;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(this));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(UnderlyingTable table) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.Underlying;

        public uint IdLimit => table.NextId;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref table._records[id];
            BinaryPrimitives.WriteInt64LittleEndian(buffer, record.Price);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.PriceTime);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.SettledPrice);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.NextIntervalTime);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.NextExpiryTime);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.ThresholdTicks);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], record.IntervalNanos);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], record.OracleMaxAgeNanos);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[64..], record.RiskTimeoutNanos);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[72..], record.Version);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[80..], record.FrozenSequence);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[88..], record.FrozenTime);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[96..], record.FrozenVersion);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[104..], record.FrozenPrice);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[112..], record.ThresholdPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[116..], record.InitialMarginPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[120..], record.ShortOptionMarginPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[124..], record.ShortOptionMinimumPpm);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[128..], record.InstrumentCount);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[132..], record.OracleQuorum);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[136..], record.FreshSources);
            buffer[140] = record.Dirty;
            BinaryPrimitives.WriteInt64LittleEndian(buffer[145..], record.PriceMax);
            ((ReadOnlySpan<byte>)record.Symbol).CopyTo(buffer[153..]);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[141..], record.FrozenFirst);
            lengthBytes = 153 + SymbolText.LengthBytes;
            return id != 0;
        }
    }
}
