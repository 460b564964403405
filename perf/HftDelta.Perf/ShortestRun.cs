namespace HftDelta.Perf;

/// <summary>
/// For work of nanoseconds without waiting: many short runs, of which the shortest counts. The others hold what
/// neighbours on the machine took away, which says nothing about the work.
/// </summary>
public static class ShortestRun
{
    /// <param name="runs">How many, at least 1; each well below a time slice.</param>
    /// <param name="measure">Measures once; returns a time.</param>
    /// <param name="counters">Stand around all runs together; null: nothing is counted.</param>
    public static double Of(int runs, Func<double> measure, PhaseCounters? counters = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        ArgumentNullException.ThrowIfNull(measure);
        var shortest = double.MaxValue;
        counters?.Begin();
        for (var run = 0; run < runs; run++)
        {
            shortest = Math.Min(shortest, measure());
        }

        counters?.End();
        return shortest;
    }
}
