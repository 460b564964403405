using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Oracle;

/// <summary>The last accepted report of each source of each underlying. Owner: the engine agent.</summary>
internal sealed class OracleSources : IDisposable
{
    /// <summary>Source ids are 1 to this.</summary>
    public const int PerUnderlying = 8;

    private readonly NativeSlab<SourceRecord> _records;
    private readonly RecordTracker<Records> _tracker;

    public OracleSources(int underlyings)
    {
        _records = new NativeSlab<SourceRecord>((underlyings + 1) * PerUnderlying);
        _tracker = new RecordTracker<Records>(new Records(_records), _records.Capacity);
    }

    public ref readonly SourceRecord Read(uint underlying, uint source) => ref _records[Id(underlying, source)];

    public void Accept(uint underlying, uint source, in SourceRecord report)
    {
        var id = Id(underlying, source);
        _tracker.Mark(id);
        _records[id] = report;
    }

    /// <summary>
    /// The median of the sources that were received at most <paramref name="maxAgeNanos"/> ago; of an even number the
    /// lower middle one, so the result is always a price that some source reported.
    /// </summary>
    /// <returns>How many sources were fresh; with 0 the median is 0.</returns>
    public uint Median(uint underlying, ulong nowNanos, ulong maxAgeNanos, out long median)
    {
        Span<long> prices = stackalloc long[PerUnderlying];
        var count = 0;
        for (uint source = 1; source <= PerUnderlying; source++)
        {
            ref readonly var record = ref Read(underlying, source);
            if (record.Sequence == 0 || nowNanos - record.ReceivedTime > maxAgeNanos)
            {
                continue;
            }

            var place = count++;
            for (; place > 0 && prices[place - 1] > record.Price; place--)
            {
                prices[place] = prices[place - 1];
            }

            prices[place] = record.Price;
        }

        median = count == 0 ? 0 : prices[(count - 1) >> 1];
        return (uint)count;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(_records));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private static uint Id(uint underlying, uint source)
    {
        Check.That(source - 1 < PerUnderlying);
        return (underlying * PerUnderlying) + source - 1;
    }

    private readonly struct Records(NativeSlab<SourceRecord> records) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.OracleSource;

        public uint IdLimit => (uint)records.Capacity;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref records[id];
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.Sequence);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.SourceTime);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.ReceivedTime);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.Price);
            lengthBytes = 32;
            return record.Sequence != 0;
        }
    }
}

/// <summary>One accepted report.</summary>
internal struct SourceRecord
{
    /// <summary>The source's own sequence number; 0 is none.</summary>
    public ulong Sequence;

    /// <summary>The source's own time: only compared with that source's earlier reports, since its clock may be off.</summary>
    public ulong SourceTime;

    /// <summary>Venue time of the command that brought it.</summary>
    public ulong ReceivedTime;
    public long Price;
}
