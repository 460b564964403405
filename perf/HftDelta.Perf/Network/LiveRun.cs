using System.Globalization;
using HftDelta.Node.Clients;

namespace HftDelta.Perf.Network;

/// <summary>What is asked of a venue that runs already.</summary>
/// <param name="Venue">HOST:PORT where it listens.</param>
/// <param name="Key">Of the session.</param>
/// <param name="MarketPath">What it lists; null: the development market.</param>
/// <param name="RatePerSecond">Of the open loop.</param>
/// <param name="Seconds">How long it is measured.</param>
internal sealed record LiveOptions(string Venue, ulong Key, string? MarketPath, double RatePerSecond, double Seconds);

/// <summary>The canonical load against a venue that somebody else started: latency at one rate. One thread.</summary>
internal static class LiveRun
{
    private const ulong Seed = 59;
    private const double WarmUpSeconds = 2;
    private const double WantedShare = 0.95;
    private const int IntervalsWanted = 100;
    private const double IntervalSecondsMin = 0.05;

    public static Suite SuiteOf(LiveOptions options) => new(
        "live",
        $"the venue at {options.Venue}: latency at one rate",
        _ => Measure(options),
        new SuiteSetting
        {
            Loop = "open, each from its intended time of sending to the first report told to the client",
            Rate = string.Create(CultureInfo.InvariantCulture, $"{options.RatePerSecond:#,0.##} requests a second"),
            Mix = "50 % passive orders within 32 half spreads of fair value, 40 % cancels, 10 % that cross, 1 to 10 lots, "
                + "half on the market's first instrument",
            Durability = "as the venue was started",
            Threads = "one client thread, not pinned; the venue's as it was started",
            Transport = $"UDP to {options.Venue}",
        });

    /// <exception cref="TimeoutException">The venue does not answer, or tells no price.</exception>
    private static SuiteResult Measure(LiveOptions options)
    {
        var result = new SuiteResult(
            "live",
            "A venue that runs already, and the canonical load of the client library on a thread of its own. Two seconds of "
            + "warm-up at the same rate. There is no floor: what lies between is not ours to measure");
        using var client = new WireClient(
            needs => LoadClients.Make(
                options.Venue, options.Key, options.MarketPath, Seed, needs.Latency, fit => WireClient.Fit(fit, needs.Clock)),
            static () => { });
        client.Connect();
        client.Listen(TimeSpan.FromSeconds(1));
        client.RunOpen(options.RatePerSecond, CountOf(options.RatePerSecond * WarmUpSeconds), null);
        var (sent, refused, fills, resent) = (client.Sent, client.Refused, client.Fills, client.Resent);
        var count = CountOf(options.RatePerSecond * options.Seconds);
        var latency = LatencyTurns.NewHistogram();
        double seconds;
        using (var recorder = new IntervalRecorder(
            Math.Max(IntervalSecondsMin, options.Seconds / IntervalsWanted), options.Seconds + 1))
        {
            client.Intervals = recorder;
            result.Counters.Begin();
            seconds = client.RunOpen(options.RatePerSecond, count, latency);
            result.Counters.End();
            result.Series.Add(recorder.End("latency over time"));
        }

        client.Close();
        var reached = count / seconds;
        result.Rows.Add(new SuiteRow("answered", "requests/s", reached));
        result.Rows.Add(new SuiteRow("latency p50", "us", latency.GetValueAtPercentile(50) / 1e3));
        result.Rows.Add(new SuiteRow("latency p99", "us", latency.GetValueAtPercentile(99) / 1e3));
        result.Histograms.Add(new NamedHistogram("wire to wire", latency));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{client.Sent - sent:#,0} requests, {client.Fills - fills:#,0} fills, {client.Refused - refused:#,0} refused, "
            + $"{client.Resent - resent:#,0} asked again; what rests is taken out when the session ends"));
        if (reached < options.RatePerSecond * WantedShare)
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{reached:#,0}/s were reached, so the latencies hold a queue that grew"));
        }

        return result;
    }

    private static long CountOf(double requests) => Math.Max(1, (long)requests);
}
