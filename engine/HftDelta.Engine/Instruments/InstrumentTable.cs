using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Wire;

namespace HftDelta.Engine.Instruments;

/// <summary>All instruments by id, dense from 1, never reused. Owner: the engine agent.</summary>
internal sealed class InstrumentTable : IDisposable
{
    private readonly NativeSlab<InstrumentRecord> _records;
    private readonly RecordTracker<Records> _tracker;

    public InstrumentTable(int capacity)
    {
        _records = new NativeSlab<InstrumentRecord>(capacity + 1);
        _tracker = new RecordTracker<Records>(new Records(this), capacity + 1);
    }

    /// <summary>The id that the next listing gets.</summary>
    public uint NextId { get; private set; } = 1;

    public bool HasRoom => NextId < (uint)_records.Capacity;

    public bool Exists(uint id) => id - 1 < NextId - 1;

    public ref readonly InstrumentRecord Read(uint id) => ref _records[id];

    public ref InstrumentRecord Write(uint id)
    {
        _tracker.Mark(id);
        return ref _records[id];
    }

    public uint Add(in InstrumentRecord record)
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

    private readonly struct Records(InstrumentTable table) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.Instrument;

        public uint IdLimit => table.NextId;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref table._records[id];
            BinaryPrimitives.WriteInt128LittleEndian(buffer, record.Index);
            BinaryPrimitives.WriteInt128LittleEndian(buffer[16..], record.WeightedIndexSum);
            BinaryPrimitives.WriteInt128LittleEndian(buffer[32..], record.Mark);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], record.Strike);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], record.ExpiryTime);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], record.AtomsPerTick);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[72..], record.AtomsPerUnderlyingTick);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[80..], record.VolatilityQ48);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[88..], record.SettlementPrice);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[96..], record.Delta);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[104..], record.OpenInterest);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[112..], record.Underlying);
            buffer[116] = (byte)record.Kind;
            buffer[117] = (byte)record.OptionKind;
            buffer[118] = (byte)record.State;
            buffer[119] = record.Busy;
            ((ReadOnlySpan<byte>)record.Symbol).CopyTo(buffer[120..]);
            lengthBytes = 120 + SymbolText.LengthBytes;
            return id != 0 && record.State != default(InstrumentState);
        }
    }
}
