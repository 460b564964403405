using System.Globalization;
using HftDelta.Perf.Network;
using HftDelta.Perf.Pipeline;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Soak;

/// <summary>
/// A venue under half load for long, with all that runs beside it in production: an oracle that reports, a replica that
/// recomputes and writes snapshots. Whether memory stays flat, money is conserved, hashes are equal and every request was
/// answered once.
/// </summary>
public static class SoakSuite
{
    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "soak",
            Method());
        using var interruption = new Interruption();
        new SoakRun(SoakVolume.Of(options), result, interruption.Token).Run();
        result.Notes.Add("no thread is pinned by the measurement; nobody listens to public data; client, oracle, readings and "
            + "hiccup meter are threads of the venue's process, whose memory holds theirs");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static string Method() => string.Create(
        CultureInfo.InvariantCulture,
        $"A venue on UDP (loopback), threading {WireVenue.Threading.ToText()}, durability process; a client of the SDK; "
        + $"an oracle that moves the price by 0.2 % at {SoakRun.OraclePerSecond} Hz; a replica as a process of its own that "
        + $"writes snapshots. First the maximum: closed loop, {WireClient.Window:#,0} requests unanswered, all of this "
        + $"running. Then one open loop at half of it. Memory is flat when the pages of a process that belong to no file rise "
        + $"by at most {Flatness.RiseMaxBytes / 1_048_576:0} MiB over the last {100 - (Flatness.SkippedShare * 100):0} % of the "
        + $"time, by the median of the slopes between all pairs of readings. There is no floor: beside the latencies stand the "
        + $"hiccups of a thread that only sleeps, in the same intervals");
}

/// <summary>How long.</summary>
/// <param name="Seconds">Of the open loop.</param>
/// <param name="WarmUpCommands">Before anything is measured.</param>
/// <param name="Turns">Of the maximum, odd.</param>
/// <param name="TurnSeconds">Length of one.</param>
internal sealed record SoakVolume(double Seconds, int WarmUpCommands, int Turns, double TurnSeconds)
{
    /// <summary>Fewer readings say nothing about flatness.</summary>
    public const double SecondsMin = 4;

    /// <summary>An hour later the flow's market would take its oracle for stale.</summary>
    public const double SecondsMax = 3_000;

    private const double BaseSeconds = 600;
    private const double QuickSeconds = 20;
    private const int IntervalsMin = 40;
    private const long SnapshotCommandsPerSecond = 2_000;
    private const long SnapshotCommandsMax = 1_000_000;

    /// <summary>From one reading, and one interval of latencies, to the next.</summary>
    public double IntervalSeconds => Math.Min(1, Seconds / IntervalsMin);

    /// <summary>Commands between two snapshots: as a replica writes them by default, more often in a short run.</summary>
    public long SnapshotInterval => Math.Min(SnapshotCommandsMax, (long)(Seconds * SnapshotCommandsPerSecond));

    public static SoakVolume Of(SuiteOptions options) => options.Quick
        ? new SoakVolume(options.Seconds ?? QuickSeconds, 20_000, 3, 0.3)
        : new SoakVolume(options.Seconds ?? BaseSeconds, 80_000, 7, 1);
}
