using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Replay;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Demo;

/// <summary>
/// A demonstration from beginning to end: a venue, its participants, a stop, and the journal replayed from disk into a second
/// engine. The report says what was found; <see cref="DemoChecks"/> judges it. Owner: the thread that runs it.
/// </summary>
public sealed class DemoRun
{
    public const string CounterFileName = "hftdelta.counters";

    private const int ConnectionSlots = 1 << 14;
    private const int LatencySampleEvery = 8;
    private const long SegmentBytes = 16L << 20;

    /// <summary>Small enough to begin at once, large enough for everybody here.</summary>
    private static readonly EngineLimits Limits = EngineLimits.Small with { Orders = 1 << 16, OutcomesPerSession = 256 };

    private readonly DemoOptions _options;
    private readonly DemoTiming _timing;
    private readonly DemoMarket _market;

    private DemoRun(DemoOptions options)
    {
        _options = options;
        _timing = new DemoTiming(options.Seconds);
        _market = options.DataDirectory is { } folder
            ? RecordedMarket.Create(folder, _timing)
            : SeededMarket.Create(options.Seed, _timing);
    }

    /// <param name="options">What is asked for.</param>
    /// <param name="watcher">Told what happens, for people.</param>
    /// <param name="cancellation">Ends the run in order.</param>
    /// <exception cref="OperatorException">The journal's directory is at fault, or the venue refused its operator.</exception>
    /// <exception cref="BookReplay.ReplayInputException">The data are at fault.</exception>
    /// <exception cref="OperationCanceledException">The user ended it.</exception>
    public static DemoReport Run(DemoOptions options, DemoWatcher watcher, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(watcher);
        var run = new DemoRun(options);
        var folder = FolderOf(options);
        watcher.KeepInMind(options.JournalDirectory is null ? folder : null);
        try
        {
            return run.RunIn(folder, watcher, cancellation);
        }
        finally
        {
            if (options.JournalDirectory is null)
            {
                Directory.Delete(folder, recursive: true);
                watcher.KeepInMind(null);
            }
        }
    }

    /// <summary>Replays a journal that a demonstration left behind.</summary>
    public static ReplayResult Replay(MappedStorage storage) => DemoAudit.Replay(storage, Limits, out _);

    internal static string FolderOf(DemoOptions options)
    {
        if (options.JournalDirectory is not { } folder)
        {
            return Directory.CreateTempSubdirectory("hftdelta-demo-").FullName;
        }

        try
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
            }
            else if (Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new OperatorException(
                    2401,
                    ExitCode.Usage,
                    $"--journal {folder} is not empty",
                    "name an empty directory, or one that is not there yet");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                2402, ExitCode.Usage, $"--journal {folder} cannot be used: {fault.Message}", "name another directory", fault);
        }

        return folder;
    }

    private DemoReport RunIn(string folder, DemoWatcher watcher, CancellationToken cancellation)
    {
        var clock = new VirtualNanoClock(DemoTiming.Start);
        var storage = new FileStorage(folder);
        var venueOptions = VenueOptionsOf(folder, clock, watcher);
        using var venue = Venue.Open(venueOptions);
        var driver = new DemoDriver(venue, clock, _market, _timing, _options);
        watcher.Begin(_options, _market.Description, _market.Instruments.Count, venueOptions.CounterFilePath!);
        var begun = Stopwatch.GetTimestamp();
        venue.Start();
        try
        {
            driver.Run(watcher.Show, cancellation);
        }
        finally
        {
            venue.Stop();
        }

        var elapsed = Stopwatch.GetElapsedTime(begun);
        var processor = venue.Processor;
        var live = new DemoHashes(processor.LastSequence, processor.StateHash(), processor.HistoryHash);
        var ledger = DemoAudit.LedgerOf(venue, driver, _market);
        watcher.BeginReplay(live.LastSequence);
        var replay = DemoAudit.Replay(storage, Limits, out var replayError);
        watcher.End();
        return new DemoReport
        {
            Market = _market.Description,
            Seconds = _options.Seconds,
            Seed = _options.Seed,
            Threading = _options.Threading,
            Durability = _options.Durability,
            Flow = DemoAudit.FlowOf(venue, driver, _market, _timing),
            Ledger = ledger,
            Live = live,
            Replay = replay,
            ReplayConservationError = replayError,
            Journal = DemoAudit.JournalOf(storage),
            Latency = LatencyPercentiles.Of(venue.Latency),
            Elapsed = elapsed,
            LagMost = driver.LagMost,
            JournalDirectory = _options.JournalDirectory,
        };
    }

    private VenueOptions VenueOptionsOf(string folder, NanoClock clock, DemoWatcher watcher) => new()
    {
        JournalDirectory = folder,
        SegmentBytes = SegmentBytes,
        Durability = _options.Durability,
        Limits = Limits,
        Threading = _options.Threading,
        ConnectionSlots = ConnectionSlots,
        Clock = clock,
        IsLockstep = true,
        CounterFilePath = _options.CounterFilePath ?? Path.Combine(folder, CounterFileName),
        LatencySampleEvery = LatencySampleEvery,
        JournalStallMax = _options.RoomTimeout,
        OnNotice = watcher.Notice,
        OnFailure = _options.OnFailure ?? (failure => End(failure, folder, watcher)),
    };

    /// <summary>A full disk is no bug: what lies in a temporary directory then helps nobody and takes room.</summary>
    private void End(AgentFailure failure, string folder, DemoWatcher watcher)
    {
        watcher.EndLine();
        if (_options.JournalDirectory is null && NodeFailure.ExitCodeOf(failure.Exception) == ExitCode.NoSpace)
        {
            Directory.Delete(folder, recursive: true);
        }

        NodeFailure.End(failure);
    }
}
