using System.Text.Json;

namespace HftDelta.Perf.Micro;

/// <summary>What an operation of a work may cost: perf/budgets.json, which this program carries.</summary>
/// <param name="Work">Its name.</param>
/// <param name="AllocatedBytes">Of a run, once warm.</param>
/// <param name="RatioToFloor">Time over that of its floor: some five times what was measured.</param>
internal sealed record Budget(string Work, long AllocatedBytes, double RatioToFloor)
{
    private const string Resource = "budgets.json";
    private const int WarmUpRuns = 200;
    private const int CountedRuns = 50;
    private const int Pairs = 11;
    private const double SliceNanos = 200_000;
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyList<Budget> All
    {
        get
        {
            using var text = typeof(Budget).Assembly.GetManifestResourceStream(Resource)!;
            return JsonSerializer.Deserialize<Budget[]>(text, Names)!;
        }
    }

    /// <summary>Bytes that so many runs allocate on this thread, after as many as it takes to be warm.</summary>
    public static long AllocatedBytesOf(MicroWork work)
    {
        for (var run = 0; run < WarmUpRuns; run++)
        {
            work.Run();
            work.RunFloor();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < CountedRuns; run++)
        {
            work.Run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Median of the ratios of neighbours, in time of the thread: what others do to the machine is left out.</summary>
    public static PairedRuns Measure(MicroWork work)
    {
        var runs = RunsFor(work.Run);
        var floorRuns = RunsFor(work.RunFloor);
        return PairedRuns.Measure(Pairs, () => NanosOf(work.RunFloor, floorRuns), () => NanosOf(work.Run, runs));
    }

    private static int RunsFor(Action run) => (int)Math.Clamp(SliceNanos / NanosOf(run, 3), 3, 2_000);

    private static double NanosOf(Action run, int runs)
    {
        var began = ThreadClock.Nanos();
        for (var index = 0; index < runs; index++)
        {
            run();
        }

        return Math.Max(1.0, ThreadClock.Nanos() - began) / runs;
    }
}
