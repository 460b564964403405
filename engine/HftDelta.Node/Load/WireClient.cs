using System.Diagnostics;
using HdrHistogram;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Samples;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Load;

/// <summary>
/// Drives the client library's canonical load against a venue over UDP, turn by turn, and records how long each request took from
/// its intended time until it was answered. Owner: one thread.
/// </summary>
public sealed class WireClient : IDisposable
{
    /// <summary>Requests without outcome at most; further ones wait, and the wait counts.</summary>
    public const int Window = 1_024;

    private const uint KeepAliveMillis = 20_000;
    private const long LongestNanos = 60_000_000_000;
    private const int Digits = 3;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchTime = TimeSpan.FromMilliseconds(20);

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
        ArgumentNullException.ThrowIfNull(make);
        ArgumentNullException.ThrowIfNull(throwIfStopped);
        _clock = clock ?? new SystemNanoClock();
        _throwIfStopped = throwIfStopped;
        _load = make(new WireLoadNeeds(_clock, Record));
    }

    /// <summary>Where latencies are sorted by the time; null: nowhere.</summary>
    public IntervalRecorder? Intervals { get; set; }

    /// <summary>Told when each turn begins; null: nobody wants to know.</summary>
    public Action<TimeNanos>? TurnBegins { get; init; }

    /// <summary>Called every few hundredths of a second while it runs, with the time since it began; may stop the load.</summary>
    public Action<TimeSpan>? Watch { get; set; }

    public SampleLoad Load => _load;

    public long Sent => _load.Sent;

    public long Answered => _load.Answered;

    public SampleStatistics Statistics => _load.Statistics;

    public long Refused => _load.Refused;

    public long Unpriced => _load.Unpriced;

    public long Fills => _load.Statistics.Fills;

    /// <summary>Requests that the client sent again because their answer took long.</summary>
    public long Resent => _load.Client.Statistics.Resent;

    /// <summary>The client's time.</summary>
    public TimeNanos Now => _clock.Now;

    /// <summary>For what is recorded here; what took longer than it holds counts as its longest.</summary>
    public static LongHistogram NewHistogram() => new(LongestNanos, Digits);

    /// <exception cref="TimeoutException">There is no session in time.</exception>
    public void Connect()
    {
        if (!TryConnect(SilenceMax))
        {
            throw new TimeoutException($"no session within {SilenceMax.TotalSeconds:0} s: {_load.Client.State}");
        }
    }

    /// <returns>False when it is refused for good, or the time is over.</returns>
    public bool TryConnect(TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        var idle = default(SpinThenYield);
        _load.OnStart();
        while (_load.Client.State != ConnectionState.Established)
        {
            if (_load.Client.State == ConnectionState.Closed || Stopwatch.GetElapsedTime(begun) > limit)
            {
                return false;
            }

            Idle(ref idle, _load.Client.DoWork());
        }

        return true;
    }

    /// <summary>Open loop: each request counts from the time at which it was meant to be sent.</summary>
    /// <returns>Seconds from the first intended send to the last answer.</returns>
    public double RunOpen(double ratePerSecond, long count, HistogramBase? histogram)
    {
        _histogram = histogram;
        var began = _clock.Now;
        _load.Begin(ratePerSecond, count, began);
        TurnBegins?.Invoke(began);
        var idle = default(SpinThenYield);
        _lastWork = Stopwatch.GetTimestamp();
        var watched = _lastWork;
        while (!_load.IsDone)
        {
            Idle(ref idle, _load.DoWork());
            if (_load.Client.State != ConnectionState.Established)
            {
                throw new InvalidOperationException($"the session was lost while it was measured: {_load.Client.State}");
            }

            if (Watch is not null && Stopwatch.GetElapsedTime(watched) > WatchTime)
            {
                watched = Stopwatch.GetTimestamp();
                Watch(TimeSpan.FromMicroseconds((_clock.Now.Value - began.Value) / 1e3));
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

    /// <summary>Cancels what it has left resting and waits for the answers; nothing of it is recorded.</summary>
    /// <returns>How many cancels were sent. What still rests after the time goes with the session.</returns>
    public long Withdraw(TimeSpan limit)
    {
        (_histogram, Intervals) = (null, null);
        var begun = Stopwatch.GetTimestamp();
        var idle = default(SpinThenYield);
        var sent = 0L;
        while (_load.Client.State == ConnectionState.Established && Stopwatch.GetElapsedTime(begun) < limit
            && (_load.Resting > 0 || _load.Client.Orders.Outstanding > 0))
        {
            var canceled = _load.Withdraw();
            sent += canceled;
            Idle(ref idle, canceled + _load.Client.DoWork());
        }

        return sent;
    }

    /// <summary>Ends the session in order.</summary>
    public void Close() => _load.OnClose();

    public void Dispose() => _load.Dispose();

    /// <summary>What a client must be like to be measured.</summary>
    public static VenueClientOptions Fit(VenueClientOptions options, NanoClock clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Clock = clock,
            WindowRequests = Window,
            HeldReports = Window,

            // While the floor has its turn the client stands still; and an order that waited long is to count.
            KeepAliveMillis = KeepAliveMillis,
            RequestLifetimeNanos = 0,
        };
    }

    private void Record(ulong wireNanos, ulong sinceIntendedNanos)
    {
        var nanos = (long)Math.Clamp(sinceIntendedNanos, 1, (ulong)LongestNanos);
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
public sealed record WireLoadNeeds(NanoClock Clock, LatencyRecorder Latency);
