using System.Globalization;
using HftDelta.Perf.Pipeline;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Network;

/// <summary>
/// Wire to wire: a venue that listens on UDP and a client of the SDK, on loopback, at one rate; from the intended time of sending
/// until the client is told the first answer.
/// </summary>
public static class WireSuite
{
    private const double RatePerSecond = 5_000;
    private const double StageRatePerSecond = 50_000;
    internal const double WantedShare = 0.95;

    private const string Mix =
        "50 % passive orders within 32 ticks of the middle, 40 % cancels, 10 % aggressive orders (immediate or cancel), 1 to 10 "
        + "lots, one client with one account, which trades with itself, half on a perpetual and half on 8 options";

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "wire",
            string.Create(
                CultureInfo.InvariantCulture,
                $"A venue on UDP (loopback), threading {WireVenue.Threading.ToText()}, durability process, and a client of the "
                + $"SDK on a thread of its own. Open loop, {RatePerSecond:#,0} requests/s: from the intended time of sending to "
                + $"the first report told to the client. Floor: datagrams of {RawEcho.LengthBytes} bytes between two connected "
                + $"sockets at the same rate, sent back by a thread that waits as the venue's. Medians"));
        var volume = options.Quick ? WireVolume.Quick : WireVolume.Full;
        using var echo = new RawEcho();
        WarmUp(echo, volume);
        foreach (var idle in (ReadOnlySpan<IdleKind>)[IdleKind.Backoff, IdleKind.Yield])
        {
            Measure(result, echo, idle, volume);
            new WireStages(result).Run(idle, StageRatePerSecond, volume.StageSeconds, volume.WarmUpCommands);
        }

        result.Notes.Add(Mix);
        result.Notes.Add(
            "no thread is pinned; client and floor's first thread spin and then yield; nobody listens to public data");
        result.Notes.Add("backoff parks an idle thread for 50 us and more: at this rate it is the park that is measured, on both "
            + "sides; venue and floor in turns");
        result.Notes.Add("yield: the floor before the venue is opened and after it is closed, which would take it a core");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void WarmUp(RawEcho echo, WireVolume volume)
    {
        var ignored = LatencyTurns.NewHistogram();
        for (var round = 0; round < 10; round++)
        {
            echo.Run(IdleKind.Backoff, 10 * RatePerSecond, volume.WarmUpCommands / 10, ignored);
            echo.Run(IdleKind.Yield, 10 * RatePerSecond, volume.WarmUpCommands / 10, ignored);
        }
    }

    private static void Measure(SuiteResult result, RawEcho echo, IdleKind idle, WireVolume volume)
    {
        var count = (int)(RatePerSecond * volume.TurnSeconds);
        var sockets = LatencyTurns.NewHistogram();
        Func<double> floor = () => LatencyTurns.MedianOf(sockets, turn => echo.Run(idle, RatePerSecond, count, turn));
        Func<WireTurns> open = () => new WireTurns(
            new WirePlan(idle), RatePerSecond, count, volume.WarmUpCommands, result.Counters);
        var runs = idle == IdleKind.Backoff
            ? InTurns(volume.Pairs, floor, open, out var venue)
            : Apart(volume.Pairs, floor, open, out venue);
        var label = string.Create(CultureInfo.InvariantCulture, $"{RatePerSecond / 1_000:0}k/s {idle.ToText()}");
        result.Rows.Add(new SuiteRow($"latency p50, {label}: sockets", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"latency p50, {label}: wire to wire", "us", 1_000));
        result.Rows.Add(new SuiteRow($"allocated by all threads, {label}", "bytes/request", venue.BytesPerRequest));
        result.Histograms.Add(new NamedHistogram($"{label} sockets", sockets, IsFloor: true));
        result.Histograms.Add(new NamedHistogram($"{label} wire to wire", venue.Histogram));
        result.Notes.Add($"{label}: {venue.Describe()}");
        if (venue.Reached < RatePerSecond * WantedShare)
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{label}: {venue.Reached:#,0}/s were reached, so the latencies hold a queue that grew"));
        }
    }

    private static PairedRuns InTurns(int pairs, Func<double> floor, Func<WireTurns> open, out WireTurns venue)
    {
        using var turns = venue = open();
        return PairedRuns.Measure(pairs, floor, turns.Next);
    }

    /// <summary>
    /// A venue that never parks would take a core away from the floor, which therefore has its turns before the venue is
    /// opened and after it is closed.
    /// </summary>
    private static PairedRuns Apart(int pairs, Func<double> floor, Func<WireTurns> open, out WireTurns venue)
    {
        var (floors, subjects) = (new double[pairs], new double[pairs]);
        var before = (pairs + 1) / 2;
        Fill(floors.AsSpan(0, before), floor);
        using (venue = open())
        {
            Fill(subjects, venue.Next);
        }

        Fill(floors.AsSpan(before), floor);
        var (floorMedian, subjectMedian) = (PairedRuns.Median(floors), PairedRuns.Median(subjects));
        return new PairedRuns(floorMedian, subjectMedian, subjectMedian / floorMedian);
    }

    private static void Fill(Span<double> figures, Func<double> measure)
    {
        foreach (ref var figure in figures)
        {
            figure = measure();
        }
    }
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUpCommands">Before anything is measured, for each venue.</param>
/// <param name="Pairs">Turns of floor and venue, odd.</param>
/// <param name="TurnSeconds">Length of one turn.</param>
/// <param name="StageSeconds">How long stages are sampled.</param>
internal sealed record WireVolume(int WarmUpCommands, int Pairs, double TurnSeconds, double StageSeconds)
{
    public static readonly WireVolume Quick = new(16_000, 3, 0.3, 1.0);
    public static readonly WireVolume Full = new(60_000, 9, 1.0, 7.0);
}
