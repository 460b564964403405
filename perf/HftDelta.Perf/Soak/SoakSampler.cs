using System.Diagnostics;
using HftDelta.Journal.Segments;
using HftDelta.Perf.Network;

namespace HftDelta.Perf.Soak;

/// <summary>
/// A thread that sleeps and reads off memory, collector and journal at fixed intervals. All room for readings is taken at the
/// start, so that it does not make the memory grow that it watches. Owner of the thread: whoever made it, and reads when it has
/// ended.
/// </summary>
internal sealed class SoakSampler : IDisposable
{
    private const int SleepMillisMax = 100;
    private const double Mebi = 1_048_576;

    private readonly WireVenue _venue;
    private readonly double _intervalSeconds;
    private readonly ProcessMemory? _own;
    private readonly ProcessMemory? _replica;
    private readonly SoakReading[] _readings;
    private readonly Thread _thread;
    private volatile bool _isEnded;
    private int _count;
    private int _segments;

    public SoakSampler(WireVenue venue, double seconds, double intervalSeconds)
    {
        (_venue, _intervalSeconds) = (venue, intervalSeconds);
        _readings = new SoakReading[(int)Math.Ceiling(seconds / intervalSeconds)];
        if (ProcessMemory.IsKnown)
        {
            _own = new ProcessMemory(Environment.ProcessId);
            _replica = new ProcessMemory(venue.ReplicaProcessId!.Value);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "soak readings" };
        _thread.Start();
    }

    /// <summary>After it was disposed.</summary>
    public IReadOnlyList<SoakReading> Readings => new ArraySegment<SoakReading>(_readings, 0, _count);

    /// <summary>Bytes of the segments that are there; each is as long as it will ever be from the start.</summary>
    public long JournalBytes => _segments * SegmentLayout.SegmentBytesDefault;

    public void Dispose()
    {
        _isEnded = true;
        _thread.Join();
        _own?.Dispose();
        _replica?.Dispose();
    }

    public IEnumerable<GaugeSeries> Gauges()
    {
        if (_own is not null)
        {
            yield return Gauge(
                "memory of its own",
                Line("venue, client and measurement", reading => reading.Own.OwnBytes),
                Line("of that, the managed heap", reading => reading.HeapBytes),
                Line("replica", reading => reading.Replica.OwnBytes));
            yield return Gauge(
                "mapped files in memory (page cache)",
                Line("venue: journal, counters, code", reading => reading.Own.MappedBytes),
                Line("replica: journal, code", reading => reading.Replica.MappedBytes));
        }

        yield return Gauge("on disk", Line("journal", reading => reading.JournalBytes));
    }

    private GaugeSeries Gauge(string name, params GaugeLine[] lines) => new(name, "MiB", _intervalSeconds, lines);

    private GaugeLine Line(string name, Func<SoakReading, long> of) => new(name, [.. Readings.Select(one => of(one) / Mebi)]);

    private void Run()
    {
        try
        {
            ReadAll();
        }
        catch (IOException)
        {
            // A process is gone: whoever waits for it says why. What was read until then stays.
        }
    }

    private void ReadAll()
    {
        var began = Stopwatch.GetTimestamp();
        while (!_isEnded && _count < _readings.Length)
        {
            var due = (_count + 1) * _intervalSeconds;
            var missing = due - Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (missing > 0)
            {
                Thread.Sleep((int)Math.Clamp(missing * 1e3, 1, SleepMillisMax));
                continue;
            }

            _readings[_count++] = Take();
        }
    }

    private SoakReading Take()
    {
        while (File.Exists(Path.Combine(_venue.JournalDirectory, SegmentLayout.NameOf(_segments))))
        {
            _segments++;
        }

        return new SoakReading
        {
            Own = _own?.Read() ?? default,
            Replica = _replica?.Read() ?? default,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            AllocatedBytes = GC.GetTotalAllocatedBytes(precise: false),
            Commands = _venue.LastSequence.Value,
            JournalBytes = JournalBytes,
        };
    }
}

/// <summary>What was read off at one moment.</summary>
internal readonly record struct SoakReading
{
    public MemoryReading Own { get; init; }

    public MemoryReading Replica { get; init; }

    public long HeapBytes { get; init; }

    public long AllocatedBytes { get; init; }

    public long Commands { get; init; }

    public long JournalBytes { get; init; }
}
