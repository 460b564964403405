using System.Globalization;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>
/// Our Aeron over UDP on loopback against bare sockets: round trips, and small messages one way. Where a jar of the official
/// implementation is named, against that as well, in turns with it.
/// </summary>
public static class AeronSuite
{
    private const double NanosPerSecond = 1e9;
    private static readonly int[] TripLengthsBytes = [32, 288];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "aeron",
            "Two threads of one process on loopback, each the driver of its own Aeron end (invoker mode), both spin and then "
            + "yield. Floor: two connected UDP sockets by system calls in the same loops, same messages. Round trip: closed "
            + $"loop, one message under way. One way: closed loop, 128 KiB under way, messages of {OneWay.LengthBytes} bytes "
            + "packed into datagrams, by Aeron with a header of 32 bytes each, by the floor with none; the median chunk of "
            + $"{ChunkClock.Chunk:#,0} messages. In turns; medians");
        var volume = options.Quick ? AeronVolume.Quick : AeronVolume.Full;
        var threads = new TwoThreads();
        var tally = new AeronTally();
        AddRoundTrips(result, threads, volume, tally);
        foreach (var how in AeronWay.All)
        {
            AddOneWay(result, threads, how, volume, tally);
        }

        OfficialRows.Add(result, threads, volume);
        result.Rows.Add(new SuiteRow("allocated by Aeron's threads after warm-up, all turns", "bytes", tally.AllocatedBytes));
        result.Notes.Add($"{threads.Placement}; a round trip holds one reading of the clock, in the floor as well");
        result.Notes.Add("Aeron's messages are copied in and out as the floor's; its driver also reads the clock, looks at "
            + "its control socket and tells windows by status messages");
        result.Notes.Add("the floor's sender is held back by a variable in memory, which no network has");
        result.Notes.Add($"datagrams that the system dropped and Aeron sent again: {tally.Naks}");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, AeronVolume volume, AeronTally tally)
    {
        using var ends = AeronEnds.Open(AeronWay.Usual);
        WarmUp(threads, ends, AeronWay.Usual, volume.WarmUpRounds);
        foreach (var lengthBytes in TripLengthsBytes)
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
            result.Histograms.Add(new NamedHistogram($"round trip {lengthBytes} bytes sockets", floor, IsFloor: true));
            result.Histograms.Add(new NamedHistogram($"round trip {lengthBytes} bytes Aeron", subject));
        }

        tally.Add(ends);
    }

    private static void AddOneWay(
        SuiteResult result, TwoThreads threads, AeronWay how, AeronVolume volume, AeronTally tally)
    {
        using var ends = AeronEnds.Open(how);
        WarmUp(threads, ends, how, volume.WarmUpRounds / 2);
        var way = new OneWay(threads, how.MtuLengthBytes);
        Func<double> floor = () => way.NanosOfSockets(ends.RawNear, ends.RawFar, volume.Messages, way.MessagesPerDatagram);
        var label = "one way: sockets";
        if (how == AeronWay.Usual)
        {
            // So slow that fewer are enough.
            var single = PairedRuns.Measure(
                3, floor, () => way.NanosOfSockets(ends.RawNear, ends.RawFar, volume.Messages / 16, 1));
            result.Rows.Add(single.RateRow($"{label}, one in a datagram", "messages/s", NanosPerSecond));
        }

        var datagramsBefore = ends.AeronNear.DatagramsSent;
        var runs = PairedRuns.Measure(
            volume.OneWayPairs, floor, () => way.NanosOfAeron(ends.AeronNear, ends.AeronFar, volume.Messages));
        var datagrams = ends.AeronNear.DatagramsSent - datagramsBefore;
        result.Rows.Add(runs.RateRow($"one way: Aeron, {how}", "messages/s", NanosPerSecond));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"one way, {how}: Aeron put {(double)volume.Messages * volume.OneWayPairs / datagrams:0.0} messages into a "
            + $"datagram, the floor {way.MessagesPerDatagram}"));
        tally.Add(ends);
    }

    private static void WarmUp(TwoThreads threads, AeronEnds ends, AeronWay how, int rounds)
    {
        var ignored = LatencyTurns.NewHistogram();
        var way = new OneWay(threads, how.MtuLengthBytes);
        for (var round = 0; round < rounds; round++)
        {
            RoundTrips.Run(threads, ends.RawNear, ends.RawFar, OneWay.LengthBytes, 200, ignored);
            RoundTrips.Run(threads, ends.AeronNear, ends.AeronFar, OneWay.LengthBytes, 200, ignored);
            way.NanosOfSockets(ends.RawNear, ends.RawFar, 4_000, way.MessagesPerDatagram);
            way.NanosOfAeron(ends.AeronNear, ends.AeronFar, 4_000);

            // Many short calls spread over time: the compiler's last tier comes only after a quiet moment.
            Thread.Sleep(25);
        }

        ends.AeronNear.ForgetAllocations();
        ends.AeronFar.ForgetAllocations();
    }

    /// <summary>What is told of all ends together.</summary>
    private sealed class AeronTally
    {
        public long AllocatedBytes { get; private set; }

        public long Naks { get; private set; }

        public void Add(AeronEnds ends)
        {
            AllocatedBytes += ends.AeronNear.AllocatedBytes + ends.AeronFar.AllocatedBytes;
            Naks += ends.AeronNear.Naks + ends.AeronFar.Naks;
        }
    }
}

/// <summary>How much is measured; pairs are odd.</summary>
internal sealed record AeronVolume(int WarmUpRounds, int RoundTripPairs, int Trips, int OneWayPairs, int Messages)
{
    public static readonly AeronVolume Quick = new(20, 5, 1_000, 5, 100_000);
    public static readonly AeronVolume Full = new(60, 15, 8_000, 15, 400_000);
}
