using System.Globalization;
using HdrHistogram;

namespace HftDelta.Perf.Network;

/// <summary>
/// A venue on UDP and what its client saw, turn by turn. Its numbers stay when it is closed. Owner: one thread.
/// </summary>
internal sealed class WireTurns : IDisposable
{
    private const double WarmUpHaste = 4;

    private readonly WireVenue _venue;
    private readonly double _ratePerSecond;
    private readonly int _count;
    private readonly long _fillsBefore;
    private readonly long _refusedBefore;
    private readonly long _resentBefore;
    private readonly string _fileSystem;
    private readonly PhaseCounters _counters;
    private int _turns;
    private double _seconds;
    private long _ownBytes;

    /// <param name="plan">What kind of venue.</param>
    /// <param name="ratePerSecond">Requests per second.</param>
    /// <param name="count">Requests of one turn.</param>
    /// <param name="warmUpCount">Requests before anything is measured.</param>
    /// <param name="counters">Of the suite.</param>
    public WireTurns(WirePlan plan, double ratePerSecond, int count, int warmUpCount, PhaseCounters counters)
    {
        _counters = counters;
        _venue = new WireVenue(plan, WarmUpHaste * ratePerSecond, warmUpCount);
        counters.Files = _venue.FileBytes;
        _ratePerSecond = ratePerSecond;
        _count = count;
        _fileSystem = _venue.FileSystem;
        var client = _venue.Client;
        (_fillsBefore, _refusedBefore, _resentBefore) = (client.Fills, client.Refused, client.Resent);
    }

    public LongHistogram Histogram { get; } = LatencyTurns.NewHistogram();

    /// <summary>Requests per second that were really answered.</summary>
    public double Reached => Requests / _seconds;

    public double BytesPerRequest => _ownBytes / (double)Requests;

    private long Requests => (long)_turns * _count;

    /// <summary>One turn.</summary>
    /// <returns>Its median in nanoseconds.</returns>
    public double Next()
    {
        _turns++;
        return LatencyTurns.MedianOf(Histogram, turn =>
        {
            _counters.Begin();
            _seconds += _venue.Client.RunOpen(_ratePerSecond, _count, turn);
            _ownBytes += _counters.End();
        });
    }

    /// <summary>What became of the requests, for the notes.</summary>
    public string Describe()
    {
        var client = _venue.Client;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests:#,0} requests, {client.Fills - _fillsBefore:#,0} fills, "
            + $"{(client.Refused - _refusedBefore) / (double)Requests:P2} refused (cancels that came after a fill), "
            + $"{client.Resent - _resentBefore:#,0} asked again after 100 ms; journal on {_fileSystem}, deleted after the run");
    }

    public void Dispose() => _venue.Dispose();
}
