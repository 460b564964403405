namespace HftDelta.Perf.Rings;

/// <summary>
/// Other implementations in the same run, ours in turns with them: time of ours over time of the peer. A peer that is not
/// installed leaves its rows out and a note why.
/// </summary>
internal static class RingPeerRows
{
    private const int TrialRounds = 5;

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

        result.Notes.Add("the floor of what stands beside LMAX is its Disruptor under Java, in a process of its own which stands "
            + "still while ours has its turn: batch event processors, the quickest of three ways to wait (next: the "
            + "yielding strategy, room left to the library; look: room asked for; pause: both ends pause between looks, as "
            + "ours do). Equal payload: two words, which are all of our slot and all that an event there holds");
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
        ring.Nanos(threads, batch, count);
        var mode = BestMode(peer, shape, batch, count, volume);
        var runs = PairedRuns.Measure(
            volume.Pairs, () => peer.Nanos(shape, batch, count, mode), () => ring.Nanos(threads, batch, count));
        var label = $"{shape.Label}, {how}: ring beside {peer.Name}";
        var rates = runs.RateRow(peer.Modes.Count > 1 ? $"{label} ({mode})" : label, "million/s", count * 1e3);
        result.Rows.Add(rates);
        result.Rows.Add(new SuiteRow(label, "x its rate", 1 / runs.RatioMedian));
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, RingPeer peer, RingVolume volume)
    {
        for (var round = 0; round < volume.WarmUpRounds; round++)
        {
            peer.Trips(volume.Trips);
        }

        var runs = PairedRuns.Measure(
            volume.Pairs, () => peer.Trips(volume.Trips), () => PingPong.Nanos(threads, volume.Trips));
        result.Rows.Add(runs.Row($"round trip: two rings beside {peer.Name}", "ns"));
    }

    // After a warm-up of each: the least of some, because what disturbs a round only ever makes it longer.
    private static string BestMode(RingPeer peer, RingShape shape, int batch, long count, RingVolume volume)
    {
        var best = peer.Modes[0];
        var bestNanos = double.MaxValue;
        foreach (var mode in peer.Modes)
        {
            for (var round = 0; round < volume.WarmUpRounds / 4; round++)
            {
                peer.Nanos(shape, batch, count, mode);
            }

            for (var round = 0; round < TrialRounds; round++)
            {
                var nanos = peer.Nanos(shape, batch, count, mode);
                if (nanos < bestNanos)
                {
                    bestNanos = nanos;
                    best = mode;
                }
            }
        }

        return best;
    }
}
