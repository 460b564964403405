namespace HftDelta.Perf;

/// <summary>
/// What all threads of the process allocated, and how often the collector ran, while something was measured: the phases between
/// <see cref="Begin"/> and <see cref="End"/> added up. Both stop the process for some microseconds, so they stand around whole
/// turns, outside of what is timed. Owner: the thread that measures.
/// </summary>
public sealed class PhaseCounters
{
    private const int Generations = 3;

    private readonly int[] _collectionsBefore = new int[Generations];
    private readonly int[] _collections = new int[Generations];
    private long _bytesBefore;

    public int Phases { get; private set; }

    public long AllocatedBytes { get; private set; }

    public int Gen0 => _collections[0];

    public int Gen1 => _collections[1];

    public int Gen2 => _collections[2];

    public void Begin()
    {
        for (var generation = 0; generation < Generations; generation++)
        {
            _collectionsBefore[generation] = GC.CollectionCount(generation);
        }

        _bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
    }

    /// <returns>Bytes of this phase.</returns>
    public long End()
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - _bytesBefore;
        AllocatedBytes += bytes;
        for (var generation = 0; generation < Generations; generation++)
        {
            _collections[generation] += GC.CollectionCount(generation) - _collectionsBefore[generation];
        }

        Phases++;
        return bytes;
    }
}
