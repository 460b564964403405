using HftDelta.Aeron.Driver;
using HftDelta.Runtime.Memory;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// The folder that a driver shows itself in: <c>cnc.dat</c>, the loss report, and the logs of its streams. One driver at a time:
/// see <see cref="DirectoryClaim"/>. After the end it stays for whoever wants to look, with a heartbeat that says so. Writer of
/// what changes here: the conductor.
/// </summary>
internal sealed class AeronDirectory : IDisposable
{
    private const long ClientLivenessTimeoutNanos = 10_000_000_000;
    private const long NanosPerMilli = 1_000_000;

    private readonly CncFile _cnc;
    private readonly MappedFile _lossFile;
    private readonly IDisposable _lock;
    private readonly AeronOptions _options;
    private readonly SystemCounters _system;
    private bool _isDisposed;

    private unsafe AeronDirectory(CncFile cnc, MappedFile lossFile, IDisposable held, AeronOptions options)
    {
        _cnc = cnc;
        _lossFile = lossFile;
        _lock = held;
        _options = options;
        Errors = new DistinctErrorLog(cnc.ErrorLog, cnc.Sections.ErrorLogLengthBytes, cnc.Memory);
        Counters = new CncCounters(cnc, options.Clock, Tell);
        Losses = new LossReport(lossFile);
        _system = new SystemCounters(Counters);
    }

    public CncCounters Counters { get; }

    public DistinctErrorLog Errors { get; }

    public LossReport Losses { get; }

    private long NowMillis => (long)_options.Clock.Now.Value / NanosPerMilli;

    /// <summary>Takes the folder for this driver and lays out its files.</summary>
    /// <exception cref="AeronException">A driver is alive in it, it is something else, or it cannot be written.</exception>
    public static AeronDirectory Open(string path, AeronOptions options)
    {
        var nowMillis = (long)options.Clock.Now.Value / NanosPerMilli;
        IDisposable? held = null;
        try
        {
            held = DirectoryClaim.Take(path, nowMillis);
            var cnc = CncFile.Create(
                Path.Combine(path, CncLayout.FileName),
                options.CounterValuesLengthBytes,
                ClientLivenessTimeoutNanos,
                nowMillis);
            var losses = MappedFile.Create(Path.Combine(path, LossReport.FileName), LossReport.LengthBytes);
            return new AeronDirectory(cnc, losses, held, options);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new AeronException($"aeron directory '{path}' cannot be written: {refusal.Message}", refusal);
        }
    }

    /// <summary>The driver is made: shows the directory to readers.</summary>
    /// <param name="sender">What the totals are summed up from.</param>
    /// <param name="receiver">The same.</param>
    /// <param name="conductor">The same.</param>
    /// <param name="logBytes">Bytes of the logs that exist.</param>
    public void Publish(
        SenderCounters sender, ReceiverCounters receiver, ConductorCounters conductor, Func<long> logBytes)
    {
        var ownBytes = _cnc.LengthBytes + _lossFile.LengthBytes;
        _system.Bind(new SystemCounterSources(
            sender, receiver, conductor, () => Errors.Count, () => ownBytes + logBytes()));
        _cnc.SetReady();
    }

    public long NextCorrelationId() => _cnc.NextCorrelationId();

    public void Tell(string words) => Errors.Record(words, NowMillis);

    public void OnTimer(long nowNanos)
    {
        _system.Update();
        _cnc.Beat(nowNanos / NanosPerMilli);
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _system.Update();
        _cnc.Beat(CncLayout.HeartbeatEnded);
        _lock.Dispose();
    }
}
