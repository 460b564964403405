using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Instruments;

/// <summary>Records listed one after the other: ids from 1, without gaps, never reused. Owner: the engine agent.</summary>
internal sealed class DenseTable<TRecord, TEncoding>(int capacity) : IDisposable
    where TRecord : unmanaged
    where TEncoding : struct, IRecordEncoding<TRecord>
{
    private readonly HashedSlab<TRecord, TEncoding> _records = new(capacity + 1);

    /// <summary>The id that the next listing gets.</summary>
    public uint NextId { get; private set; } = 1;

    /// <summary>How many more can be listed.</summary>
    public int Room => _records.Capacity - (int)NextId;

    public bool HasRoom => NextId < (uint)_records.Capacity;

    public bool Exists(uint id) => id - 1 < NextId - 1;

    public ref readonly TRecord Read(uint id) => ref _records.Read(id);

    public ref TRecord Write(uint id) => ref _records.Write(id);

    /// <summary>For writing what the state hash does not cover.</summary>
    public ref TRecord Cached(uint id) => ref _records.Cached(id);

    public uint Add(in TRecord record)
    {
        Check.That(HasRoom);
        var id = NextId++;
        Write(id) = record;
        return id;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
