namespace HftDelta.Perf.Rings;

/// <summary>
/// Other implementations in the same run, ours in turns with them: time of ours over time of the peer. A peer that is not
/// installed leaves its rows out and a note why.
/// </summary>
internal static class RingPeerRows
{
    private const int TrialRounds = 9;

    public static void AddLmax(SuiteResult result, TwoThreads threads, RingVolume volume, int batch)
    {
        foreach (var shape in RingShape.Crowded.Prepend(RingShape.OneToOne))
        {
            using var lmax = RingPeer.TryStartLmax(shape == RingShape.OneToOne, threads, out var missing);
            if (lmax is null)
            {
                result.Notes.Add($"the LMAX Disruptor was not measured: {missing}");
                return;
            }

            AddShape(result, threads, lmax, shape, volume, batch);
            if (shape == RingShape.OneToOne)
            {
                AddRoundTrips(result, threads, lmax, volume);
            }
        }

        result.Notes.Add("the floor of what stands beside LMAX is its Disruptor under Java, in a process of its own which "
            + "stands still while ours has its turn: batch event processors. Equal payload: two words, which are all of our slot "
            + "and all that an event there holds");
        AddNoteOfWays(result);
    }

    public static void AddPackage(SuiteResult result, TwoThreads threads, RingVolume volume, int batch)
    {
        using var package = RingPeer.TryStartPackage(out var missing);
        if (package is null)
        {
            result.Notes.Add($"the package Disruptor was not measured: {missing}");
            return;
        }

        foreach (var shape in RingShape.Crowded.Prepend(RingShape.OneToOne))
        {
            AddShape(result, threads, package, shape, volume, batch);
        }

        AddRoundTrips(result, threads, package, volume);
        result.Notes.Add(
            "the floor of what stands beside the package is this very program, built with it, in a process of its own");
        AddNoteOfWays(result);
    }

    private static void AddNoteOfWays(SuiteResult result)
    {
        const string Note = "beside a peer each side waits in the one of four ways in which it is quickest, ours named first "
            + "(next: room is left to the library, the other end looks and then yields; look: the producer asks for room and "
            + "does the same; pause, long: both ends pause between looks, 16 and 64 times)";
        if (!result.Notes.Contains(Note))
        {
            result.Notes.Add(Note);
        }
    }

    private static void AddShape(
        SuiteResult result, TwoThreads threads, RingPeer peer, RingShape shape, RingVolume volume, int batch)
    {
        AddRate(result, threads, peer, shape, volume, 1, "one by one");
        if (shape == RingShape.OneToOne)
        {
            AddRate(result, threads, peer, shape, volume, batch, $"batches of {batch}");
        }
    }

    private static void AddRate(
        SuiteResult result, TwoThreads threads, RingPeer peer, RingShape shape, RingVolume volume, int batch, string how)
    {
        using var ring = new MeasuredRing(shape, RingSuite.RingSize, Message.PackedBytes);
        var count = shape == RingShape.OneToOne ? volume.Messages : volume.CrowdedMessages;
        var (peerWay, way) = BestWays(
            way => peer.Nanos(shape, batch, count, way), way => ring.Nanos(threads, batch, count, way), volume);
        var runs = PairedRuns.Measure(
            volume.PeerPairs,
            () => peer.Nanos(shape, batch, count, peerWay),
            () => ring.Nanos(threads, batch, count, way));
        var label = $"{shape.Label}, {how}: ring beside {peer.Name}";
        result.Rows.Add(runs.RateRow($"{label} ({way.Name} beside {peerWay.Name})", "million/s", count * 1e3));
        result.Rows.Add(new SuiteRow(label, "x its rate", 1 / runs.RatioMedian));
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, RingPeer peer, RingVolume volume)
    {
        for (var round = 0; round < volume.WarmUpRounds; round++)
        {
            peer.Trips(volume.Trips);
        }

        var runs = PairedRuns.Measure(
            volume.PeerPairs, () => peer.Trips(volume.Trips), () => PingPong.Nanos(threads, volume.Trips));
        result.Rows.Add(runs.Row($"round trip: two rings beside {peer.Name}", "ns"));
    }

    // All ways of both sides in turns, after a warm-up of each: each side gets the one whose lower quartile is the least. What
    // disturbs a round makes it longer, and the very least may come from the moment in which two cores were near each other.
    private static (RingWait Peer, RingWait Ours) BestWays(
        Func<RingWait, double> peer, Func<RingWait, double> ours, RingVolume volume)
    {
        var ways = RingWait.All;
        var peerNanos = ways.Select(_ => new double[TrialRounds]).ToArray();
        var nanos = ways.Select(_ => new double[TrialRounds]).ToArray();
        var warmUp = volume.WarmUpRounds / 4;
        for (var round = -warmUp; round < TrialRounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var (theirs, our) = (peer(ways[way]), ours(ways[way]));
                if (round >= 0)
                {
                    (peerNanos[way][round], nanos[way][round]) = (theirs, our);
                }
            }
        }

        return (Best(peerNanos), Best(nanos));

        RingWait Best(double[][] nanosOfWays) =>
            ways.Zip(nanosOfWays).MinBy(static way => way.Second.Order().ElementAt(TrialRounds / 4)).First;
    }
}
