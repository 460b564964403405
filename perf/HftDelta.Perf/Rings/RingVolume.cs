namespace HftDelta.Perf.Rings;

/// <summary>How much the ring suite measures.</summary>
/// <param name="Pairs">Of runs of a ring; odd.</param>
/// <param name="PeerPairs">Of runs of a ring beside another implementation; odd.</param>
/// <param name="Messages">In a run of two threads.</param>
/// <param name="CrowdedMessages">In a run of more threads.</param>
/// <param name="Trips">Round trips in a slice.</param>
/// <param name="WarmUpRounds">Before anything counts.</param>
internal sealed record RingVolume(int Pairs, int PeerPairs, long Messages, long CrowdedMessages, int Trips, int WarmUpRounds)
{
    public long WarmUpMessages => Messages / 10;

    public static RingVolume Of(SuiteOptions options) =>
        options.Quick ? new(5, 5, 300_000, 60_000, 1_000, 10) : new(15, 51, 1_000_000, 300_000, 4_000, 20);
}
