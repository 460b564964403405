using System.Globalization;
using HftDelta.Gateway.Connections;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What a command costs by how many listen to public data: the flow of the pipeline through a venue that runs by turns with its
/// client on one thread, in time of that thread. Egress copies each public record to each that listens; what those take to read
/// is taken off. One venue: in each turn listeners come until there are as many as the size says, and leave at its end. One
/// thread.
/// </summary>
internal sealed class SubscriberScaling(SuiteResult result) : IDisposable
{
    private const string Name = "subscribers";
    private const int Least = 1;
    private const int Most = 64;
    private const int WarmUpCommands = 40_000;
    private const ulong Seed = 61;

    private readonly List<InProcessConnection> _listeners = new(Most);
    private OrderFlow? _flow;
    private VenueRun? _venue;
    private long _readNanos;
    private long _records;

    public void Run(SuiteOptions options)
    {
        var sizes = Sizes(options.Quick).ToArray();
        var (turns, commands) = options.Quick ? (3, 2_048) : (options.Full ? 21 : 9, 8_192);
        var now = DateTime.UtcNow - DateTime.UnixEpoch;
        _flow = FlowMaker.Make(
            WarmUpCommands + ((turns + 1) * sizes.Length * commands), Seed,
            new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
        _venue = new VenueRun(_flow, ThreadingMode.Compact, IdleKind.Backoff, WarmUpCommands, byHand: StepsByHand.All);
        result.Counters.Files = _venue.FileBytes;
        var step = _venue.Client.Step!;
        _venue.Client.Step = () => step() + Read();

        // The first turn warms up: egress has not delivered to many before.
        Turn(_venue, sizes, commands, new double[sizes.Length], counters: null);
        var costs = Enumerable.Range(0, turns).Select(_ => new double[sizes.Length]).ToArray();
        foreach (var turn in costs)
        {
            Turn(_venue, sizes, commands, turn, result.Counters);
        }

        var points = sizes.Select((size, index) => new ScalingPoint(size, PairedRuns.Median([.. costs.Select(of => of[index])])))
            .ToArray();
        Add(points);
    }

    public void Dispose()
    {
        _venue?.Dispose();
        _flow?.Dispose();
    }

    private void Add(ScalingPoint[] points)
    {
        var (least, most) = (points[0], points[^1]);
        result.Scalings.Add(new ScalingTable("a command ring to ring", Name, "ns/command", points));
        result.Rows.Add(new SuiteRow(
            FormattableString.Invariant($"a command with {most.Size:#,0} {Name}; floor: with {least.Size:#,0}"),
            "ns/command", most.Cost, most.Cost / least.Cost, least.Cost));
        result.Rows.Add(new SuiteRow(
            "each further subscriber", "ns/command", (most.Cost - least.Cost) / (most.Size - least.Size)));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"subscribers: within the process, each with a ring of its own and all public data, {_records:#,0} records in all; "
            + $"the whole way of a command with its client on one thread, in time of that thread, without the "
            + $"subscribers' reading"));
    }

    private void Turn(VenueRun venue, int[] sizes, int commands, double[] nanosPerCommand, PhaseCounters? counters)
    {
        for (var index = 0; index < sizes.Length; index++)
        {
            while (_listeners.Count < sizes[index])
            {
                _listeners.Add(venue.Listen());
            }

            // Egress takes in who came before it is measured.
            venue.Client.Step!();
            _readNanos = 0;
            counters?.Begin();
            var before = ThreadClock.Nanos();
            venue.Client.RunClosed(commands);
            var nanos = ThreadClock.Nanos() - before - _readNanos;
            counters?.End();
            nanosPerCommand[index] = nanos / (double)commands;
            foreach (var listener in _listeners)
            {
                Check.That(!listener.IsCut);
            }
        }

        foreach (var listener in _listeners)
        {
            venue.Leave(listener);
        }

        _listeners.Clear();
    }

    /// <summary>All that came for those that listen.</summary>
    private int Read()
    {
        var began = ThreadClock.Nanos();
        var count = 0;
        foreach (var listener in _listeners)
        {
            while (listener.TryPeek(out _))
            {
                listener.Advance();
                count++;
            }

            listener.Release();
        }

        _records += count;
        _readNanos += ThreadClock.Nanos() - began;
        return count;
    }

    /// <summary>Every doubling, or every third.</summary>
    private static IEnumerable<int> Sizes(bool isQuick)
    {
        for (var size = Least; size <= Most; size *= isQuick ? 8 : 2)
        {
            yield return size;
        }
    }
}
