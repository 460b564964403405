using System.Diagnostics;
using System.Globalization;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo;

/// <summary>
/// Says what happens, for people, on stderr: on a terminal one line that is written over, elsewhere a line every five seconds.
/// Owner: the thread of the run; notices come from any thread.
/// </summary>
public sealed class DemoWatcher(TextWriter error, bool isTerminal)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepaintEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private long _shown;
    private int _paintedColumns;
    private bool _isRateKnown;
    private volatile string? _temporaryFolder;

    /// <summary>What a report to a client promises, in a few words.</summary>
    public static string MeaningOf(DurabilityMode durability) => durability == DurabilityMode.Process
        ? "what was acknowledged survives a killed process, not a power cut"
        : "what was acknowledged survives a killed process and a power cut";

    internal void Begin(DemoOptions options, string market, int instruments, string counterFilePath)
    {
        var invariant = CultureInfo.InvariantCulture;
        error.WriteLine(string.Create(invariant, $"hftdelta demo: {options.Seconds} s, {market}, seed {options.Seed}"));
        error.WriteLine(string.Create(
            invariant,
            $"  {instruments} instruments; threading {Name(options.Threading)}; durability {Name(options.Durability)}: "
            + $"{MeaningOf(options.Durability)}"));
        error.WriteLine($"  counters while it runs: hftdelta stat {counterFilePath}");
        _shown = Stopwatch.GetTimestamp();
    }

    internal void Show(DemoProgress progress)
    {
        var isLast = progress.VirtualSeconds >= progress.Seconds;
        if (!isLast && Stopwatch.GetElapsedTime(_shown) < (isTerminal ? RepaintEvery : LineEvery))
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        var invariant = CultureInfo.InvariantCulture;
        var text = string.Create(
            invariant,
            $"  {progress.VirtualSeconds:0.0}/{progress.Seconds} s  {progress.Commands:N0} commands  "
            + $"{progress.Trades:N0} trades  {progress.SettlementTicks:N0} settlement ticks");
        if (isTerminal)
        {
            lock (_lock)
            {
                error.Write('\r' + text.PadRight(_paintedColumns));
                _paintedColumns = text.Length;
            }
        }
        else
        {
            // The rate of the first moment says nothing.
            var rate = _isRateKnown || isLast ? string.Create(invariant, $"  {RateOf(progress):N0} commands/s") : "";
            _isRateKnown = true;
            error.WriteLine(string.Create(invariant, $"{text}  {progress.Orders:N0} order requests{rate}"));
        }
    }

    internal void BeginReplay(CommandSequence last)
    {
        EndLine();
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  stopped; replaying {last.Value:N0} commands from the journal"));
    }

    internal void End() => error.Flush();

    /// <summary>What is deleted at an end in order; null: nothing any more.</summary>
    internal void KeepInMind(string? temporaryFolder) => _temporaryFolder = temporaryFolder;

    /// <summary>The user did not wait for the end in order. Any thread, without the lock: nothing may hold the end up.</summary>
    internal void EndAtOnce()
    {
        if (_temporaryFolder is { } folder)
        {
            error.WriteLine($"\nended at once; what was written stays in {folder}");
        }
    }

    /// <summary>The line that is written over is left as it is.</summary>
    internal void EndLine()
    {
        lock (_lock)
        {
            if (_paintedColumns > 0)
            {
                error.WriteLine();
                _paintedColumns = 0;
            }
        }
    }

    /// <summary>What the venue says while it runs, on a line of its own.</summary>
    internal void Notice(string words)
    {
        lock (_lock)
        {
            EndLine();
            error.WriteLine(words);
        }
    }

    internal static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static double RateOf(in DemoProgress progress) =>
        progress.Commands / Math.Max(progress.Elapsed.TotalSeconds, 0.001);
}
