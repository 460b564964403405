using System.Globalization;

namespace HftDelta.Perf.Network;

/// <summary>One kind of venue: its maximum, its latency by load, and half of the load over time. One thread.</summary>
internal sealed class LoadMeasurement(WirePlan plan, LoadVolume volume, RawEcho echo, SuiteResult result)
{
    private const double WarmUpPerSecond = 20_000;
    private const double HalfLoad = 0.5;
    private const double WantedShare = 0.95;

    /// <summary>Above what any machine takes: everything is due at once, and the window alone holds it back.</summary>
    private const double AtOncePerSecond = 1e9;

    private const int ClosedTurnsOfWindow = 20;

    public void Run(IReadOnlyList<double> shares)
    {
        var venue = new WireVenue(plan, WarmUpPerSecond, volume.WarmUpCommands);
        using (venue)
        {
            result.Counters.Files = venue.FileBytes;
            var maximum = Maximum(venue.Client, volume.Pairs, volume.TurnSeconds);
            result.Rows.Add(new SuiteRow($"maximum, {plan.Label}", "requests/s", maximum));
            var points = shares.Select(share => AtShare(venue.Client, share, maximum * share)).ToArray();
            result.Curves.Add(new LoadCurve($"wire to wire, {plan.Label}", points));
            if (volume.SeriesSeconds > 0)
            {
                OverTime(venue.Client, maximum * HalfLoad);
            }

            Describe(venue);
        }

        if (venue.ReplicaWords is { } words)
        {
            result.Notes.Add($"{plan.Label}: the replica reached every state that the venue reached: {words}");
        }
    }

    /// <summary>Requests a second of the median turn; turns have the same length in time, once the first told the rate.</summary>
    public static double Maximum(WireClient client, int turns, double turnSeconds)
    {
        var count = ClosedTurnsOfWindow * WireClient.Window;
        var rate = count / client.RunOpen(AtOncePerSecond, count, null);
        var turn = Math.Max(WireClient.Window, (int)(rate * turnSeconds));
        var rates = new double[turns];
        for (var index = 0; index < rates.Length; index++)
        {
            rates[index] = turn / client.RunOpen(AtOncePerSecond, turn, null);
        }

        return PairedRuns.Median(rates);
    }

    private LoadPoint AtShare(WireClient client, double share, double rate)
    {
        var count = Math.Max(1, (int)(rate * volume.TurnSeconds));
        var label = string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} % of maximum, {plan.Label}");
        var (floor, subject) = (LatencyTurns.NewHistogram(), LatencyTurns.NewHistogram());
        var seconds = 0.0;
        var runs = PairedRuns.Measure(
            volume.Pairs,
            () => LatencyTurns.MedianOf(floor, turn => echo.Run(plan.Idle, rate, count, turn)),
            () => LatencyTurns.MedianOf(subject, turn =>
            {
                result.Counters.Begin();
                seconds += client.RunOpen(rate, count, turn);
                result.Counters.End();
            }));
        result.Rows.Add(runs.Row($"latency p50 at {label}", "us", 1_000));
        result.Histograms.Add(new NamedHistogram($"{label}: sockets", floor, IsFloor: true));
        result.Histograms.Add(new NamedHistogram($"{label}: wire to wire", subject));
        var reached = volume.Pairs * (double)count / seconds;
        if (reached < rate * WantedShare)
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{label}: {reached:#,0}/s were reached, so the latencies hold a queue that grew"));
        }

        return new LoadPoint(
            string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %"),
            rate,
            reached,
            subject.GetValueAtPercentile(50),
            subject.GetValueAtPercentile(99),
            subject.GetValueAtPercentile(99.9));
    }

    private void OverTime(WireClient client, double rate)
    {
        const int IntervalsWanted = 100;
        using var recorder = new IntervalRecorder(
            Math.Max(0.05, volume.SeriesSeconds / IntervalsWanted), volume.SeriesSeconds);
        client.Intervals = recorder;
        client.RunOpen(rate, (int)(rate * volume.SeriesSeconds), null);
        client.Intervals = null;
        result.Series.Add(recorder.End($"half load over time, {plan.Label}"));
    }

    private void Describe(WireVenue venue)
    {
        var client = venue.Client;
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Label}: {client.Sent:#,0} requests, {client.Fills:#,0} fills, "
            + $"{client.Refused / (double)client.Sent:P2} refused (cancels that came after a fill), "
            + $"{client.Resent:#,0} asked again after 100 ms; journal on {venue.FileSystem}, deleted after the run"));
    }
}
