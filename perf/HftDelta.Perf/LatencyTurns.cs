using HdrHistogram;

namespace HftDelta.Perf;

/// <summary>Latency measured turn by turn: the median of each turn is compared, all of them together are shown.</summary>
internal static class LatencyTurns
{
    public static LongHistogram NewHistogram() => WireClient.NewHistogram();

    /// <summary>The median of one turn in nanoseconds; everything of it goes into <paramref name="total"/> as well.</summary>
    public static double MedianOf(LongHistogram total, Action<LongHistogram> run)
    {
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(run);
        var turn = NewHistogram();
        run(turn);
        total.Add(turn);
        return turn.GetValueAtPercentile(50);
    }
}
