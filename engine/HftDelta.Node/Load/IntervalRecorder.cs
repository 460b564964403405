using System.Diagnostics;
using HdrHistogram;

namespace HftDelta.Node.Load;

/// <summary>
/// Sorts latencies into the interval in which they ended, with the machine's hiccups beside them. All memory is taken at the
/// start; what comes after the last interval is not kept. Owner: the thread that measures; hiccups come from a thread of their
/// own into distributions of their own.
/// </summary>
public sealed class IntervalRecorder : IDisposable
{
    private const long LongestNanos = 60_000_000_000;
    private const int Digits = 2;

    private readonly LongHistogram[] _intervals;
    private readonly LongHistogram[] _hiccups;
    private readonly double _intervalSeconds;
    private readonly DateTime _begunAt = DateTime.UtcNow;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly HiccupMeter _meter;

    /// <param name="intervalSeconds">Length of an interval.</param>
    /// <param name="seconds">How long it is recorded.</param>
    public IntervalRecorder(double intervalSeconds, double seconds)
    {
        _intervalSeconds = intervalSeconds;
        var count = (int)Math.Ceiling(seconds / intervalSeconds);
        _intervals = [.. Enumerable.Range(0, count).Select(_ => new LongHistogram(LongestNanos, Digits))];
        _hiccups = [.. Enumerable.Range(0, count).Select(_ => new LongHistogram(LongestNanos, Digits))];
        _meter = new HiccupMeter(nanos => Add(_hiccups, nanos, 1));
    }

    /// <summary>One that ended now.</summary>
    public void Record(long nanos) => Add(_intervals, nanos, 1);

    /// <summary>Several that ended now and took as long.</summary>
    public void Record(long nanos, long count) => Add(_intervals, nanos, count);

    /// <summary>Ends the recording.</summary>
    public TimeSeries End(string name)
    {
        _meter.Dispose();
        return new TimeSeries(name, _begunAt, _intervalSeconds, _intervals, _hiccups);
    }

    public void Dispose() => _meter.Dispose();

    private void Add(LongHistogram[] intervals, long nanos, long count)
    {
        var interval = (int)(Stopwatch.GetElapsedTime(_began).TotalSeconds / _intervalSeconds);
        if (interval < intervals.Length)
        {
            intervals[interval].RecordValueWithCount(Math.Clamp(nanos, 1, LongestNanos), count);
        }
    }
}
