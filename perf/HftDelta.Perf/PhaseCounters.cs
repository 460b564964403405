namespace HftDelta.Perf;

/// <summary>
/// What all threads of the process allocated, and how often the collector ran, while something was measured: the phases between
/// <see cref="Begin"/> and <see cref="End"/> added up. Both stop the process for some microseconds, so they stand around whole
/// turns, outside of what is timed. What a cold agent tells of itself (<see cref="Files"/>) is counted apart. Owner: the thread
/// that measures.
/// </summary>
public sealed class PhaseCounters
{
    private const int Generations = 3;

    private readonly int[] _collectionsBefore = new int[Generations];
    private readonly int[] _collections = new int[Generations];
    private long _bytesBefore;
    private long _filesBefore;

    public int Phases { get; private set; }

    /// <summary>By all threads, but for <see cref="FileBytes"/>.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>By the agent that makes the journal's next files while a venue runs.</summary>
    public long FileBytes { get; private set; }

    /// <summary>Tells what that agent has allocated so far, never amid a file; null: there is none.</summary>
    public Func<long>? Files { get; set; }

    public int Gen0 => _collections[0];

    public int Gen1 => _collections[1];

    public int Gen2 => _collections[2];

    public void Begin()
    {
        for (var generation = 0; generation < Generations; generation++)
        {
            _collectionsBefore[generation] = GC.CollectionCount(generation);
        }

        (_bytesBefore, _filesBefore) = Read();
    }

    /// <returns>Bytes of this phase, without those of files.</returns>
    public long End()
    {
        var (bytesNow, filesNow) = Read();
        var files = filesNow - _filesBefore;
        var bytes = bytesNow - _bytesBefore - files;
        FileBytes += files;
        AllocatedBytes += bytes;
        for (var generation = 0; generation < Generations; generation++)
        {
            _collections[generation] += GC.CollectionCount(generation) - _collectionsBefore[generation];
        }

        Phases++;
        return bytes;
    }

    /// <summary>Both at one moment: no file was begun between them.</summary>
    private (long Bytes, long Files) Read()
    {
        if (Files is not { } told)
        {
            return (GC.GetTotalAllocatedBytes(precise: true), 0);
        }

        long before, bytes;
        do
        {
            before = told();
            bytes = GC.GetTotalAllocatedBytes(precise: true);
        }
        while (told() != before);
        return (bytes, before);
    }
}
