using System.Globalization;

namespace HftDelta.Perf.Network;

/// <summary>The canonical load against a venue that somebody else started: latency at one rate. One thread.</summary>
internal static class LiveRun
{
    public static Suite SuiteOf(LoadRunOptions options) => new(
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

    /// <exception cref="HftDelta.Node.Cli.OperatorException">There is no session, no price, or no answer.</exception>
    private static SuiteResult Measure(LoadRunOptions options)
    {
        var result = new SuiteResult(
            "live",
            "A venue that runs already, and the canonical load of the client library on a thread of its own, as hftdelta bench "
            + "drives it. Two seconds of warm-up at the same rate. There is no floor: what lies between is not ours to measure");
        var found = new LoadRun(options)
        {
            MeasureBegins = result.Counters.Begin,
            MeasureEnds = () => result.Counters.End(),
        }.Run();
        found.ThrowIfUseless(options);
        var latency = found.Latency;
        result.Series.Add(found.Series with { Name = "latency over time" });
        result.Rows.Add(new SuiteRow("answered", "requests/s", found.AnsweredPerSecond));
        result.Rows.Add(new SuiteRow("latency p50", "us", latency.GetValueAtPercentile(50) / 1e3));
        result.Rows.Add(new SuiteRow("latency p99", "us", latency.GetValueAtPercentile(99) / 1e3));
        result.Histograms.Add(new NamedHistogram("wire to wire", latency));
        var counts = found.Counts;
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Sent:#,0} requests, {counts.Fills:#,0} fills, {counts.Rejected:#,0} refused, {counts.AskedAgain:#,0} asked "
            + $"again; what rested was cancelled at the end"));
        if (!found.Holds(options.RatePerSecond))
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{found.AnsweredPerSecond:#,0}/s were reached, so the latencies hold a queue that grew"));
        }

        return result;
    }
}
