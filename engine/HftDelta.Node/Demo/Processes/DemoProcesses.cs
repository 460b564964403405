using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HftDelta.Node.Cli;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// The processes of a demonstration: starts them, watches that none ends unasked, and ends them in order: clients, oracle, venue,
/// replica. Each is ended by its own standard input or its id, whatever happened. Owner: the thread of the run.
/// </summary>
internal sealed class DemoProcesses(DemoOptions options, DemoWatcher watcher, CancellationToken cancellation) : IDisposable
{
    private const int EndedError = 2405;
    private const int LateError = 2406;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _clients = [];
    private readonly HashSet<ChildProcess> _mayEnd = [];

    public ChildProcess? Venue { get; private set; }

    public ChildProcess? Replica { get; private set; }

    public ChildProcess? Oracle { get; private set; }

    public IReadOnlyList<ChildProcess> Clients => _clients;

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    private IEnumerable<ChildProcess> All =>
        _clients.Append(Oracle).Append(Venue).Append(Replica).OfType<ChildProcess>();

    /// <summary>Venue and replica; returns when clients can connect.</summary>
    /// <returns>Where.</returns>
    public string StartVenue(string marketPath, string journal, string commitments, string counters, double epochSeconds)
    {
        Venue = Start(
            "venue", "start", "--market", marketPath, "--journal", journal, "--listen", "127.0.0.1:0",
            "--threading", DemoWatcher.Name(options.Threading), "--durability", DemoWatcher.Name(options.Durability),
            "--counters", counters, "--epoch-seconds", Text(epochSeconds),
            "--room-timeout", Text(options.RoomTimeout.TotalSeconds), "--warm-up-seconds", "0");
        Replica = Start(
            "replica", "replica", "--journal", journal, "--out", commitments, "--market", marketPath, "--development-key");
        var ready = WaitFor(Venue, "ready");
        WaitFor(Replica, "ready");
        return ready.GetProperty("endpoint").GetString()!;
    }

    /// <summary>The oracle's sources; returns when the venue has listed its instruments.</summary>
    public void StartOracle(string venue, double seconds)
    {
        Oracle = Start("oracle", [.. ClientArguments("sample-oracle", venue, seconds), .. DataArguments()]);
        WaitFor(Venue!, "listed");
    }

    public ChildProcess StartClient(string name, string verb, string venue, ulong[] keys, double seconds, string marketPath)
    {
        string[] arguments =
        [
            .. ClientArguments(verb, venue, seconds), "--market", marketPath,
            .. keys.SelectMany(key => new[] { "--key", key.ToString(CultureInfo.InvariantCulture) }),
        ];
        if (verb == "sample-flow")
        {
            arguments = [.. arguments, .. DataArguments()];
        }

        var client = Start(name, arguments);
        _clients.Add(client);
        return client;
    }

    /// <summary>Ends a client as a crash would, to show what becomes of its orders.</summary>
    public void Lose(ChildProcess client)
    {
        _mayEnd.Add(client);
        client.Kill();
    }

    /// <summary>Waits for an event, as long as everybody runs.</summary>
    public JsonElement WaitFor(ChildProcess child, string name)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            if (child.Find(name) is { } found)
            {
                return found;
            }

            Watch();
            if (Stopwatch.GetElapsedTime(begun) > StartTime)
            {
                throw new OperatorException(
                    LateError, ExitCode.Timeout,
                    $"{child.Name} said nothing of '{name}' within {StartTime.TotalSeconds:0} s", Words(child));
            }

            child.WaitShortly();
        }
    }

    /// <summary>Passes on warnings, and fails when somebody ended who was not asked to.</summary>
    /// <exception cref="OperatorException">A process ended.</exception>
    /// <exception cref="OperationCanceledException">The user ended the run.</exception>
    public void Watch()
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var child in All)
        {
            foreach (var words in child.TakeNewWords().Where(words => words.StartsWith("warning", StringComparison.Ordinal)))
            {
                watcher.Notice($"  {child.Name}: {words}");
            }

            if (child.HasEnded && !_mayEnd.Contains(child))
            {
                throw Ended(child, "by itself");
            }
        }
    }

    /// <summary>Waits for the clients, which know when their time is over, then ends the rest one after the other.</summary>
    public void EndInOrder()
    {
        foreach (var client in _clients.Where(client => !_mayEnd.Contains(client)))
        {
            AskToEnd(client);
        }

        foreach (var client in _clients.Where(client => client.WasAsked))
        {
            Join(client);
        }

        foreach (var child in new[] { Oracle, Venue, Replica }.OfType<ChildProcess>())
        {
            AskToEnd(child);
            Join(child);
        }
    }

    /// <summary>Asks whoever still runs to end, in order, and ends by its id who does not.</summary>
    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.AskToEnd();
        }

        foreach (var child in All)
        {
            child.AskToEnd();
            child.WaitForEnd(EndTime);
            child.Dispose();
        }
    }

    private void AskToEnd(ChildProcess child)
    {
        _mayEnd.Add(child);
        child.AskToEnd();
    }

    private static void Join(ChildProcess child)
    {
        if (!child.WaitForEnd(EndTime))
        {
            throw new OperatorException(
                LateError, ExitCode.Timeout,
                $"{child.Name} did not end within {EndTime.TotalSeconds:0} s and was ended by its id", Words(child));
        }

        if (child.ExitCode != 0)
        {
            throw Ended(child, "when it was asked to");
        }
    }

    private static OperatorException Ended(ChildProcess child, string how)
    {
        var code = Enum.IsDefined((ExitCode)child.ExitCode) && child.ExitCode != 0 ? (ExitCode)child.ExitCode : ExitCode.Bug;
        return new OperatorException(
            EndedError, code, $"{child.Name} ended {how} with exit code {child.ExitCode}; the others were ended in order",
            Words(child));
    }

    private static string Words(ChildProcess child) => child.Tail.Count == 0
        ? "it said nothing; hftdelta demo --in-process needs no other process"
        : $"read what it said last{string.Concat(child.Tail.Select(line => $"{Environment.NewLine}    {line}"))}";

    private string[] ClientArguments(string verb, string venue, double seconds) =>
    [
        "client", verb, "--venue", venue, "--seconds", Text(seconds), "--pace", Text(options.Pace),
        "--seed", options.Seed.ToString(CultureInfo.InvariantCulture), "--connect-timeout", Text(StartTime.TotalSeconds),
    ];

    private string[] DataArguments() => options.DataDirectory is { } folder ? ["--data", folder] : [];

    private ChildProcess Start(string name, params string[] arguments)
    {
        Count++;
        return ChildProcess.Start(name, arguments);
    }

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
