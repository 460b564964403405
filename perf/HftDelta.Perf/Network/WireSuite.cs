using System.Globalization;
using HdrHistogram;
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
    private const double WantedShare = 0.95;
    private const long LongestNanos = 60_000_000_000;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "wire",
            string.Create(CultureInfo.InvariantCulture, $"A venue on UDP (loopback), threading {WireVenue.Threading.ToText()}, ")
            + string.Create(CultureInfo.InvariantCulture, $"durability {WireVenue.Durability.ToString().ToLowerInvariant()}, and a ")
            + string.Create(CultureInfo.InvariantCulture, $"client of the SDK on a thread of its own. Open loop, {RatePerSecond:#,0} ")
            + "requests/s: from the intended time of sending to the first report told to the client. Floor: datagrams of 96 bytes "
            + "between two connected sockets at the same rate, sent back by a thread that waits as the venue's. In turns; medians");
        var volume = options.Quick ? WireVolume.Quick : WireVolume.Full;
        using var echo = new RawEcho();
        WarmUp(echo, volume);
        foreach (var idle in options.Quick ? [IdleKind.Backoff] : new[] { IdleKind.Backoff, IdleKind.Yield })
        {
            Measure(result, echo, idle, volume);
        }

        result.Notes.Add(Mix);
        result.Notes.Add("no thread is pinned; client and floor's first thread spin and then yield; nobody listens to public data");
        result.Notes.Add("backoff parks an idle thread for 50 us and more: at low rates it is the park that is measured, on both sides");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private const string Mix =
        "50 % passive orders within 32 ticks of the middle, 40 % cancels, 10 % aggressive orders (immediate or cancel), 1 to 10 "
        + "lots, one client with one account, which trades with itself, half on a perpetual and half on 8 options";

    private static void WarmUp(RawEcho echo, WireVolume volume)
    {
        var ignored = NewHistogram();
        for (var round = 0; round < 10; round++)
        {
            echo.Run(IdleKind.Backoff, 10 * RatePerSecond, volume.WarmUpCommands / 10, ignored);
            echo.Run(IdleKind.Yield, 10 * RatePerSecond, volume.WarmUpCommands / 10, ignored);
        }
    }

    private static void Measure(SuiteResult result, RawEcho echo, IdleKind idle, WireVolume volume)
    {
        var count = (int)(RatePerSecond * volume.TurnSeconds);
        var floor = NewHistogram();
        var subject = NewHistogram();
        using var venue = new WireVenue(idle, 4 * RatePerSecond, volume.WarmUpCommands);
        var client = venue.Client;
        var (sent, fills, refused, resent) = (client.Sent, client.Fills, client.Refused, client.Resent);
        var (seconds, allocated) = (0.0, 0L);
        var runs = PairedRuns.Measure(
            volume.Pairs,
            () => MedianOf(floor, turn => echo.Run(idle, RatePerSecond, count, turn)),
            () => MedianOf(subject, turn =>
            {
                var before = GC.GetTotalAllocatedBytes(precise: true);
                seconds += client.RunOpen(RatePerSecond, count, turn);
                allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
            }));
        var label = string.Create(CultureInfo.InvariantCulture, $"{RatePerSecond / 1_000:0}k/s {idle.ToText()}");
        result.Rows.Add(new SuiteRow($"latency p50, {label}: sockets", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"latency p50, {label}: wire to wire", "us", 1_000));
        result.Rows.Add(new SuiteRow(
            $"allocated by all threads, {label}", "bytes/request", allocated / ((double)count * volume.Pairs)));
        result.Histograms.Add(new NamedHistogram($"{label} sockets", floor));
        result.Histograms.Add(new NamedHistogram($"{label} wire to wire", subject));
        sent = client.Sent - sent;
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: {sent:#,0} requests, {client.Fills - fills:#,0} fills, {(client.Refused - refused) / (double)sent:P2} refused ")
            + string.Create(CultureInfo.InvariantCulture, $"(cancels that came after a fill), {client.Resent - resent:#,0} asked ")
            + $"again after 100 ms; journal on {venue.FileSystem}, deleted after the run");
        var reached = sent / seconds;
        if (reached < RatePerSecond * WantedShare)
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{label}: {reached:#,0}/s were reached, so the latencies hold a queue that grew"));
        }
    }

    private static double MedianOf(LongHistogram total, Action<LongHistogram> run)
    {
        var turn = NewHistogram();
        run(turn);
        total.Add(turn);
        return turn.GetValueAtPercentile(50);
    }

    private static LongHistogram NewHistogram() => new(LongestNanos, 3);
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUpCommands">Before anything is measured, for each venue.</param>
/// <param name="Pairs">Turns of floor and venue, odd.</param>
/// <param name="TurnSeconds">Length of one turn.</param>
internal sealed record WireVolume(int WarmUpCommands, int Pairs, double TurnSeconds)
{
    public static readonly WireVolume Quick = new(16_000, 3, 0.3);
    public static readonly WireVolume Full = new(60_000, 11, 1.0);
}
