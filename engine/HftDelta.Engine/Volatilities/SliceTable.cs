using HftDelta.Engine.Instruments;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Volatilities;

/// <summary>
/// Volatilities by expiry, ids from 1. What an expiry is done with is used again once no outstanding computation can read it.
/// Owner: the engine agent; workers read sides that the engine does not write.
/// </summary>
internal sealed class SliceTable(
    EngineLimits limits, DenseTable<UnderlyingRecord, UnderlyingEncoding> underlyings) : IDisposable
{
    private readonly HashedSlab<SliceRecord, SliceEncoding> _records = new(limits.VolatilitySlices + 1);

    public ref readonly SliceRecord Read(uint id) => ref _records.Read(id);

    /// <summary>A place for another expiry; 0: there is none.</summary>
    public uint Find()
    {
        for (uint id = 1; id < (uint)_records.Capacity; id++)
        {
            ref readonly var record = ref _records.Read(id);
            if (record.Underlying == 0 || (!record.IsUsed && !IsRead(record)))
            {
                return id;
            }
        }

        return 0;
    }

    /// <summary>The first volatilities of an expiry, in a place that was found.</summary>
    public void Begin(uint id, uint underlying, in SliceTerms terms)
    {
        ref var record = ref _records.Write(id);
        Check.That(!record.IsUsed);
        record = default;
        record.Underlying = underlying;
        record.Zero = terms;
    }

    /// <summary>Other volatilities of the same expiry.</summary>
    public void Change(uint id, in SliceTerms terms)
    {
        ref var record = ref _records.Write(id);
        Check.That(record.IsUsed);
        var outstanding = underlyings.Read(record.Underlying).FrozenSequence;
        if (outstanding != 0 && outstanding != record.ChangedDuring)
        {
            // It may read the side that holds; the other one nobody reads until the next freeze.
            record.Side = (byte)(1 - record.Side);
            record.ChangedDuring = outstanding;
        }

        (record.Side == 0 ? ref record.Zero : ref record.One) = terms;
    }

    /// <param name="id">In use.</param>
    /// <param name="sequence">Of the present command.</param>
    public void Free(uint id, long sequence)
    {
        ref var record = ref _records.Write(id);
        Check.That(record.IsUsed);
        record.FreedSequence = sequence;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();

    private bool IsRead(in SliceRecord record)
    {
        var outstanding = underlyings.Read(record.Underlying).FrozenSequence;
        return outstanding != 0 && outstanding <= record.FreedSequence;
    }
}
