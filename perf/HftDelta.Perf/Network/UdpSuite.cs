using System.Globalization;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>Our Aeron over UDP on loopback against bare sockets: round trips, and small messages one way.</summary>
public static class UdpSuite
{
    private const double NanosPerSecond = 1e9;
    private const double NanosPerMicro = 1e3;
    private static readonly int[] LengthsBytes = [32, 96];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "udp",
            "Two threads of one process on loopback, each the driver of its own Aeron end (invoker mode), both spin and then "
            + "yield. Floor: two connected UDP sockets by system calls in the same loops, same messages. Round trip: closed "
            + "loop, one message under way. One way: closed loop, 128 KiB under way, messages packed into datagrams of up to "
            + $"1,408 bytes, by Aeron with a header of 32 bytes each, by the floor with none; "
            + $"the median chunk of {ChunkClock.Chunk:#,0} "
            + "messages. In turns; medians");
        var volume = options.Quick ? UdpVolume.Quick : UdpVolume.Full;
        var threads = new TwoThreads();
        var (rawNear, rawFar) = RawEnd.OpenPair();
        var (aeronNear, aeronFar) = AeronEnd.OpenPair();
        using (rawNear)
        using (rawFar)
        using (aeronNear)
        using (aeronFar)
        {
            var ends = new UdpEnds(rawNear, rawFar, aeronNear, aeronFar);
            WarmUp(threads, ends, volume.WarmUpRounds);
            foreach (var lengthBytes in LengthsBytes)
            {
                AddRoundTrips(result, threads, ends, lengthBytes, volume);
            }

            foreach (var lengthBytes in LengthsBytes)
            {
                AddOneWay(result, threads, ends, lengthBytes, volume);
            }

            result.Notes.Add($"{threads.Placement}; a round trip holds one reading of the clock, in the floor as well");
            result.Notes.Add("Aeron's messages are copied in and out as the floor's; its driver also reads the clock, looks at "
                + "its control socket and tells windows by status messages");
            result.Notes.Add("the floor's sender is held back by a variable in memory, which no network has");
            result.Notes.Add($"datagrams that the system dropped and Aeron sent again: {aeronNear.Naks + aeronFar.Naks}");
            result.Notes.Add(SuiteNotes.Machine());
        }

        return result;
    }

    private static void WarmUp(TwoThreads threads, UdpEnds ends, int rounds)
    {
        var ignored = LatencyTurns.NewHistogram();
        var way = new OneWay(threads, LengthsBytes[0]);
        for (var round = 0; round < rounds; round++)
        {
            RoundTrips.Run(threads, ends.RawNear, ends.RawFar, LengthsBytes[0], 200, ignored);
            RoundTrips.Run(threads, ends.AeronNear, ends.AeronFar, LengthsBytes[0], 200, ignored);
            way.NanosOfSockets(ends.RawNear, ends.RawFar, 4_000, way.MessagesPerDatagram);
            way.NanosOfAeron(ends.AeronNear, ends.AeronFar, 4_000);

            // Many short calls spread over time: the compiler's last tier comes only after a quiet moment.
            Thread.Sleep(25);
        }
    }

    private static void AddRoundTrips(
        SuiteResult result, TwoThreads threads, UdpEnds ends, int lengthBytes, UdpVolume volume)
    {
        var floor = LatencyTurns.NewHistogram();
        var subject = LatencyTurns.NewHistogram();
        var runs = PairedRuns.Measure(
            volume.RoundTripPairs,
            () => LatencyTurns.MedianOf(floor, turn => RoundTrips.Run(
                threads, ends.RawNear, ends.RawFar, lengthBytes, volume.Trips, turn)),
            () => LatencyTurns.MedianOf(subject, turn => RoundTrips.Run(
                threads, ends.AeronNear, ends.AeronFar, lengthBytes, volume.Trips, turn)));
        var label = string.Create(CultureInfo.InvariantCulture, $"round trip p50, {lengthBytes} bytes");
        result.Rows.Add(new SuiteRow($"{label}: sockets", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"{label}: Aeron", "us", 1_000));
        result.Histograms.Add(new NamedHistogram($"round trip {lengthBytes} bytes sockets", floor));
        result.Histograms.Add(new NamedHistogram($"round trip {lengthBytes} bytes Aeron", subject));
    }

    private static void AddOneWay(SuiteResult result, TwoThreads threads, UdpEnds ends, int lengthBytes, UdpVolume volume)
    {
        var way = new OneWay(threads, lengthBytes);
        var count = volume.Messages;
        Func<double> floor = () => way.NanosOfSockets(ends.RawNear, ends.RawFar, count, way.MessagesPerDatagram);
        var datagramsBefore = ends.AeronNear.DatagramsSent;
        var runs = PairedRuns.Measure(
            volume.OneWayPairs, floor, () => way.NanosOfAeron(ends.AeronNear, ends.AeronFar, count));
        var datagrams = ends.AeronNear.DatagramsSent - datagramsBefore;
        var label = string.Create(CultureInfo.InvariantCulture, $"one way, {lengthBytes} bytes");
        var packed = $"{label}: sockets, {way.MessagesPerDatagram} in a datagram";
        result.Rows.Add(new SuiteRow(packed, "messages/s", NanosPerSecond / runs.FloorMedian));
        result.Rows.Add(new SuiteRow(packed, "MB/s", lengthBytes * NanosPerMicro / runs.FloorMedian));
        AddRates(result, $"{label}: Aeron", runs, lengthBytes);

        // So slow that fewer are enough.
        var single = PairedRuns.Measure(3, floor, () => way.NanosOfSockets(ends.RawNear, ends.RawFar, count / 16, 1));
        AddRates(result, $"{label}: sockets, one in a datagram", single, lengthBytes);
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: Aeron put {(double)count * volume.OneWayPairs / datagrams:0.0} messages into a datagram"));
    }

    private static void AddRates(SuiteResult result, string label, PairedRuns nanos, int lengthBytes)
    {
        result.Rows.Add(nanos.RateRow(label, "messages/s", NanosPerSecond));
        result.Rows.Add(nanos.RateRow(label, "MB/s", lengthBytes * NanosPerMicro));
    }
}

/// <summary>Both ways there are between the two threads.</summary>
internal sealed record UdpEnds(RawEnd RawNear, RawEnd RawFar, AeronEnd AeronNear, AeronEnd AeronFar);

/// <summary>How much is measured; pairs are odd.</summary>
internal sealed record UdpVolume(int WarmUpRounds, int RoundTripPairs, int Trips, int OneWayPairs, int Messages)
{
    public static readonly UdpVolume Quick = new(20, 5, 1_000, 5, 100_000);
    public static readonly UdpVolume Full = new(60, 15, 8_000, 9, 400_000);
}
