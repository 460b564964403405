using System.Diagnostics;
using HdrHistogram;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Samples;
using HftDelta.Perf.Rings;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Network;

/// <summary>
/// Drives the client library's canonical load against a venue over UDP, turn by turn, and records how long each request took from
/// its intended time until it was answered. Owner: one thread.
/// </summary>
internal sealed class WireClient : IDisposable
{
    /// <summary>Requests without outcome at most; further ones wait, and the wait counts.</summary>
    public const int Window = 1_024;

    private const uint KeepAliveMillis = 20_000;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly NanoClock _clock;
    private readonly SampleLoad _load;
    private readonly Action _throwIfStopped;

    private HistogramBase? _histogram;
    private long _lastWork = Stopwatch.GetTimestamp();

    /// <param name="make">Makes the load from what its client must be like and from where latencies go.</param>
    /// <param name="throwIfStopped">Called while it waits.</param>
    /// <param name="clock">Its clock; null: one of its own.</param>
    public WireClient(Func<WireLoadNeeds, SampleLoad> make, Action throwIfStopped, NanoClock? clock = null)
    {
        _clock = clock ?? new SystemNanoClock();
        _throwIfStopped = throwIfStopped;
        _load = make(new WireLoadNeeds(_clock, Record));
    }

    /// <summary>Where latencies are sorted by the time; null: nowhere.</summary>
    public IntervalRecorder? Intervals { get; set; }

    /// <summary>Told when each turn begins; its load tells it of outcomes. Null: nobody samples.</summary>
    public WireProbe? Probe { get; init; }

    public long Sent => _load.Sent;

    public long Answered => _load.Answered;

    public SampleStatistics Statistics => _load.Statistics;

    public long Refused => _load.Refused;

    public long Unpriced => _load.Unpriced;

    public long Fills => _load.Statistics.Fills;

    /// <summary>Requests that the client sent again because their answer took long.</summary>
    public long Resent => _load.Client.Statistics.Resent;

    /// <exception cref="TimeoutException">There is no session in time.</exception>
    public void Connect()
    {
        var idle = default(SpinThenYield);
        _load.OnStart();
        while (_load.Client.State != ConnectionState.Established)
        {
            Idle(ref idle, _load.Client.DoWork());
        }
    }

    /// <summary>Open loop: each request counts from the time at which it was meant to be sent.</summary>
    /// <returns>Seconds from the first intended send to the last answer.</returns>
    public double RunOpen(double ratePerSecond, long count, HistogramBase? histogram)
    {
        _histogram = histogram;
        var began = _clock.Now;
        _load.Begin(ratePerSecond, count, began);
        Probe?.Begin(began);
        var idle = default(SpinThenYield);
        _lastWork = Stopwatch.GetTimestamp();
        while (!_load.IsDone)
        {
            Idle(ref idle, _load.DoWork());
            if (_load.Client.State != ConnectionState.Established)
            {
                throw new InvalidOperationException($"the session was lost while it was measured: {_load.Client.State}");
            }
        }

        return (_clock.Now.Value - began.Value) / 1e9;
    }

    /// <summary>Works for a while and begins nothing, so that public data arrive.</summary>
    public void Listen(TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var idle = default(SpinThenYield);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            Idle(ref idle, _load.Client.DoWork());
        }
    }

    /// <summary>Ends the session in order.</summary>
    public void Close() => _load.OnClose();

    public void Dispose() => _load.Dispose();

    /// <summary>What a client must be like to be measured.</summary>
    public static VenueClientOptions Fit(VenueClientOptions options, NanoClock clock) => options with
    {
        Clock = clock,
        WindowRequests = Window,
        HeldReports = Window,

        // While the floor has its turn the client stands still; and an order that waited long is to count.
        KeepAliveMillis = KeepAliveMillis,
        RequestLifetimeNanos = 0,
    };

    private void Record(ulong wireNanos, ulong sinceIntendedNanos)
    {
        var nanos = (long)Math.Max(1, sinceIntendedNanos);
        _histogram?.RecordValue(nanos);
        Intervals?.Record(nanos);
    }

    private void Idle(ref SpinThenYield idle, int work)
    {
        if (work > 0)
        {
            idle.Reset();
            _lastWork = Stopwatch.GetTimestamp();
            return;
        }

        _throwIfStopped();
        if (Stopwatch.GetElapsedTime(_lastWork) > SilenceMax)
        {
            throw new TimeoutException("the venue answers no more");
        }

        idle.Idle();
    }
}

/// <param name="Clock">Of the client and of what is measured.</param>
/// <param name="Latency">Told of every outcome.</param>
internal sealed record WireLoadNeeds(NanoClock Clock, LatencyRecorder Latency);
