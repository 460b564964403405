using System.Diagnostics;
using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Demo.Markets;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// The demonstration as it is meant: venue, replica, oracle, makers and takers as processes of their own over UDP loopback. One
/// maker is lost on the way as a crash would lose it. Afterwards the journal is replayed, and everything that the processes
/// said is compared with it. Owner: the thread that runs it.
/// </summary>
internal sealed class ProcessDemo
{
    /// <summary>The maker that is killed on the way.</summary>
    public const string LostClient = "maker 3";

    private const ulong OracleMaxAgeNanos = 2 * DemoTiming.NanosPerSecond;
    private const double LoseAt = 0.6;
    private const int CountersError = 2407;
    private const double SourceSecondsMore = 60;

    /// <summary>Clients start after the listing that expiries count from.</summary>
    private const ulong ClientStartNanos = 700_000_000;

    /// <summary>Rates of the first moment say nothing.</summary>
    private static readonly TimeSpan ShowAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(20);

    private readonly DemoOptions _options;
    private readonly DemoWatcher _watcher;
    private readonly double _machineSeconds;
    private readonly DemoTiming _timing;
    private readonly DemoMarket _market;

    private ProcessDemo(DemoOptions options, DemoWatcher watcher)
    {
        _options = options;
        _watcher = watcher;
        _machineSeconds = options.Seconds / options.Pace;
        _timing = new DemoTiming(Math.Max(1, (int)Math.Round(_machineSeconds)));
        _market = options.DataDirectory is { } folder
            ? RecordedMarket.Create(folder, _timing)
            : SeededMarket.Create(options.Seed, _timing);
    }

    /// <param name="options">What is asked for; its pace is above 0.</param>
    /// <param name="watcher">Told what happens, for people.</param>
    /// <param name="cancellation">Ends the run in order.</param>
    /// <exception cref="OperatorException">A directory is at fault, or a process ended that should not have.</exception>
    /// <exception cref="BookReplay.ReplayInputException">The data are at fault.</exception>
    /// <exception cref="OperationCanceledException">The user ended it.</exception>
    public static DemoReport Run(DemoOptions options, DemoWatcher watcher, CancellationToken cancellation)
    {
        ProveCounters(options.CounterFilePath);
        var demo = new ProcessDemo(options, watcher);
        var work = Directory.CreateTempSubdirectory("hftdelta-demo-").FullName;
        watcher.KeepInMind(work);
        try
        {
            var journal = options.JournalDirectory is null ? Path.Combine(work, "journal") : DemoRun.FolderOf(options);
            Directory.CreateDirectory(journal);
            return demo.RunIn(work, journal, cancellation);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
            watcher.KeepInMind(null);
        }
    }

    private DemoReport RunIn(string work, string journal, CancellationToken cancellation)
    {
        var wanted = Path.Combine(work, "wanted.json");
        Settings().Write(wanted);
        var counters = _options.CounterFilePath ?? Path.Combine(journal, DemoRun.CounterFileName);
        var commitments = Path.Combine(_options.JournalDirectory is null ? work : journal, "commitments");
        _watcher.Begin(_options, _market.Description, _market.Instruments.Count, counters);
        using var processes = new DemoProcesses(_options, _watcher, cancellation);
        var venue = processes.StartVenue(wanted, journal, commitments, counters, Math.Clamp(_machineSeconds / 4, 0.1, 2));
        processes.StartOracle(venue, _machineSeconds + SourceSecondsMore);
        StartClients(processes, venue, Path.Combine(journal, MarketSettings.FileName));
        var begun = Stopwatch.GetTimestamp();
        Trade(processes, begun);
        processes.EndInOrder();
        var elapsed = Stopwatch.GetElapsedTime(begun);
        return new ProcessReport(_options, _market, _timing, _watcher, processes).Gather(journal, elapsed);
    }

    /// <summary>Said before anything is started, and not by the venue.</summary>
    private static void ProveCounters(string? path)
    {
        if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new OperatorException(
                CountersError, ExitCode.Usage, $"--counters {path}: there is no directory {folder}", "name another file");
        }
    }

    private MarketSettings Settings()
    {
        var settings = _market.ToSettings(OracleMaxAgeNanos);
        var first = _timing.FirstExpiry.Value - DemoTiming.Start.Value;
        return settings with
        {
            Instruments =
            [
                .. settings.Instruments.Select(instrument => instrument.ExpiresAfterNanos == first
                    ? instrument with { ExpiresAfterNanos = first + ClientStartNanos }
                    : instrument),
            ],
        };
    }

    private void StartClients(DemoProcesses processes, string venue, string market)
    {
        processes.StartClient("maker 1", "sample-maker", venue, [16], 0, market);
        processes.StartClient("maker 2", "sample-maker", venue, [17], 0, market);
        processes.StartClient(LostClient, "sample-maker", venue, [18], 0, market);
        processes.StartClient("taker 1", "sample-taker", venue, [19], 0, market);
        processes.StartClient("taker 2", "sample-taker", venue, [20], 0, market);
        if (_market.FlowInstrument is not null)
        {
            processes.StartClient("flow", "sample-flow", venue, [30, 31], _machineSeconds + SourceSecondsMore, market);
        }

        foreach (var client in processes.Clients)
        {
            processes.WaitFor(client, "connected");
        }
    }

    private void Trade(DemoProcesses processes, long begun)
    {
        var isLost = false;
        while (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed.TotalSeconds < _machineSeconds)
        {
            if (!isLost && elapsed.TotalSeconds >= _machineSeconds * LoseAt)
            {
                isLost = true;
                processes.Lose(processes.Clients.First(client => client.Name == LostClient));
            }

            processes.Watch();
            if (elapsed >= ShowAfter)
            {
                Show(processes, elapsed);
            }

            processes.Venue!.WaitShortly();
            Thread.Sleep(StepTime);
        }

        Show(processes, Stopwatch.GetElapsedTime(begun));
    }

    private void Show(DemoProcesses processes, TimeSpan elapsed)
    {
        if (processes.Venue!.Find("progress") is { } progress)
        {
            _watcher.Show(new DemoProgress(
                Math.Min(elapsed.TotalSeconds * _options.Pace, _options.Seconds), _options.Seconds, Number(progress, "commands"),
                Number(progress, "clientCommands"), Number(progress, "trades"), Number(progress, "settlementTicks"), elapsed));
        }
    }

    private static long Number(JsonElement text, string name) => text.GetProperty(name).GetInt64();
}
