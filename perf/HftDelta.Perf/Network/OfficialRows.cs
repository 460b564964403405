using System.Globalization;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>
/// The official implementation in the same run, our ends in turns with it: time of ours over time of the official one. Only
/// when AERON_JAR names its jar.
/// </summary>
internal static class OfficialRows
{
    private const double NanosPerSecond = 1e9;
    private const int TrialRounds = 5;
    private static readonly string[] Modes = [OfficialAeron.InvokerMode, OfficialAeron.SharedMode];
    private static readonly int[] TripLengthsBytes = [32, 288];

    public static void Add(SuiteResult result, TwoThreads threads, AeronVolume volume)
    {
        var jar = Environment.GetEnvironmentVariable(OfficialAeron.JarVariable);
        if (string.IsNullOrEmpty(jar))
        {
            result.Notes.Add(
                $"the official implementation was not measured: {OfficialAeron.JarVariable} does not name its jar");
            return;
        }

        using var java = OfficialAeron.Start(jar);
        AddRoundTrips(result, threads, java, volume);
        foreach (var way in AeronWay.All)
        {
            AddOneWay(result, threads, java, way, volume);
        }

        result.Notes.Add("the floor of what stands beside Java is official Java, in a process of its own which stands still "
            + "while ours has its turn: the same loops and terms, the same cores, the quicker of its modes "
            + "invoker and shared");
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, OfficialAeron java, AeronVolume volume)
    {
        using var ends = AeronEnds.Open(AeronWay.Usual);
        var mode = OpenBest(
            java, threads, AeronWay.Usual.MtuLengthBytes, () => java.Trips(TripLengthsBytes[0], volume.Trips), volume);
        foreach (var lengthBytes in TripLengthsBytes)
        {
            var all = LatencyTurns.NewHistogram();
            var runs = PairedRuns.Measure(
                volume.RoundTripPairs,
                () => java.Trips(lengthBytes, volume.Trips),
                () => LatencyTurns.MedianOf(all, turn => RoundTrips.Run(
                    threads, ends.AeronNear, ends.AeronFar, lengthBytes, volume.Trips, turn)));
            var label = string.Create(CultureInfo.InvariantCulture, $"round trip p50, {lengthBytes} bytes");
            result.Rows.Add(runs.Row($"{label}: Aeron beside Java ({mode})", "us", 1_000));
        }
    }

    private static void AddOneWay(
        SuiteResult result, TwoThreads threads, OfficialAeron java, AeronWay how, AeronVolume volume)
    {
        using var ends = AeronEnds.Open(how);
        var way = new OneWay(threads, how.MtuLengthBytes);
        var mode = OpenBest(java, threads, how.MtuLengthBytes, () => java.OneWay(volume.Messages), volume);
        for (var round = 0; round < volume.WarmUpRounds / 4; round++)
        {
            way.NanosOfAeron(ends.AeronNear, ends.AeronFar, volume.Messages / 16);
        }

        var runs = PairedRuns.Measure(
            volume.OneWayPairs,
            () => java.OneWay(volume.Messages),
            () => way.NanosOfAeron(ends.AeronNear, ends.AeronFar, volume.Messages));
        var label = $"one way: Aeron beside Java ({mode}), {how}";
        result.Rows.Add(runs.RateRow(label, "messages/s", NanosPerSecond));
        result.Rows.Add(new SuiteRow(label, "x Java's rate", 1 / runs.RatioMedian));
    }

    // After a warm-up of each.
    private static string OpenBest(
        OfficialAeron java, TwoThreads threads, int mtuLengthBytes, Func<double> measure, AeronVolume volume)
    {
        var best = Modes[0];
        var bestNanos = double.MaxValue;
        foreach (var mode in Modes)
        {
            java.Open(mode, mtuLengthBytes, threads);
            for (var round = 0; round < volume.WarmUpRounds / 4; round++)
            {
                measure();
            }

            // The least of some: what disturbs a round only ever makes it longer.
            for (var round = 0; round < TrialRounds; round++)
            {
                var nanos = measure();
                if (nanos < bestNanos)
                {
                    bestNanos = nanos;
                    best = mode;
                }
            }
        }

        java.Open(best, mtuLengthBytes, threads);
        for (var round = 0; round < TrialRounds; round++)
        {
            measure();
        }

        return best;
    }
}
