using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives.Collections;
using HftDelta.Wire;

namespace HftDelta.Engine.Risk;

/// <summary>
/// The inputs of the outstanding risk computation of each underlying, as they were when it was frozen. Written by the
/// engine agent when nothing is outstanding for that underlying; until the marker comes back it only reads them, so a
/// worker may read them on its own thread. The hand-over is ordered by the rings: the engine publishes the RiskInputs
/// event after the last write, the worker sends the marker after its last read.
/// </summary>
internal sealed class FrozenRiskInputs : IDisposable
{
    private readonly NativeSlab<FrozenInstrument> _records;
    private readonly RecordTracker<Records> _tracker;

    public FrozenRiskInputs(int instruments)
    {
        _records = new NativeSlab<FrozenInstrument>(instruments + 1);
        _tracker = new RecordTracker<Records>(new Records(_records), instruments + 1);
    }

    public ref readonly FrozenInstrument Read(uint instrument) => ref _records[instrument];

    public void Freeze(uint instrument, in FrozenInstrument inputs)
    {
        _tracker.Mark(instrument);
        _records[instrument] = inputs;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(_records));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(NativeSlab<FrozenInstrument> records) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.RiskInputs;

        public uint IdLimit => (uint)records.Capacity;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref records[id];
            BinaryPrimitives.WriteInt64LittleEndian(buffer, record.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.Strike);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.ExpiryTime);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.VolatilityQ48);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.AtomsPerUnderlyingTick);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.Next);
            buffer[44] = (byte)record.OptionKind;
            lengthBytes = 45;
            return record.Sequence != 0;
        }
    }
}

/// <summary>What one option's price and delta depend on, beside the price and time of its underlying.</summary>
internal struct FrozenInstrument
{
    /// <summary>The command at which it was frozen; 0 is never.</summary>
    public long Sequence;
    public long Strike;
    public ulong ExpiryTime;
    public ulong VolatilityQ48;
    public long AtomsPerUnderlyingTick;

    /// <summary>The next instrument that was frozen with it, 0 at the end.</summary>
    public uint Next;
    public OptionKind OptionKind;
}
