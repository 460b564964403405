using System.Globalization;
using HftDelta.Perf.Plots;

namespace HftDelta.Perf.Results;

/// <summary>What all reports say in the same words: facts as name and value, figures as text.</summary>
internal static class ReportWords
{
    public const string Rule =
        "Only ratios to a floor of the same run mean anything on a shared machine; what lies beyond p99 is about the machine.";

    public const string QuickRule = "Short rounds (--quick): shows that it works, not how fast it is; not to be quoted.";

    public static IEnumerable<(string Name, string Value)> OfRun(RunSummary run)
    {
        var machine = run.Machine;
        yield return ("begun", run.BegunAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            + Text($", took {run.Seconds:0} s"));
        yield return ("command", run.Command);
        yield return ("machine", Text(
            $"{machine.Cores} x {machine.Processor} ({machine.Architecture}), {machine.MemoryGigabytes:0.0} GB"));
        yield return ("load average", Text($"{machine.LoadAverage:0.00} at the start"));
        yield return ("system", $"{machine.OperatingSystem}; clock {machine.ClockSource}; huge pages {machine.HugePages}");
        yield return ("runtime", $"{machine.Runtime}; collector: {machine.Collector}; settings: {machine.RuntimeSettings}");
        yield return ("sources", $"HftDelta {machine.Version}, commit {machine.Commit}");
        yield return ("hiccups", $"before the first suite {Hiccups(run.Hiccups)}");
    }

    public static IEnumerable<(string Name, string Value)> OfSuite(SuiteSummary suite)
    {
        if (suite.Setting is { } setting)
        {
            yield return ("loop", setting.Loop);
            yield return ("rate", setting.Rate);
            yield return ("mix", setting.Mix);
            yield return ("durability", setting.Durability);
            yield return ("threads", setting.Threads);
            yield return ("transport", setting.Transport);
        }

        var met = suite.Conditions;
        yield return ("machine", Text(
            $"{met.Seconds:0.0} s; load average {met.LoadBefore:0.00} before, {met.LoadAfter:0.00} after; other processes had ")
            + $"{Share(met.OthersShare)} of the processors, the host took {Share(met.StealShare)} (steal)");
        yield return ("hiccups", $"before, {Hiccups(met.HiccupsBefore)}; after, {Hiccups(met.HiccupsAfter)}");
        if (suite.Counters is { } counters)
        {
            yield return ("garbage", Text(
                $"{counters.AllocatedBytes:#,0} bytes by all threads, ")
                + Text($"collections {counters.Gen0}/{counters.Gen1}/{counters.Gen2} (generations 0/1/2) ")
                + Text($"in {counters.Phases} measured phases")
                + (counters.FileBytes == 0
                    ? ""
                    : Text($"; apart from it {counters.FileBytes:#,0} bytes by the cold agent that makes the journal's files")));
        }
    }

    /// <summary>As many digits as it deserves: nobody reads hundredths of a million.</summary>
    public static string Figure(double value) => value.ToString(
        Math.Abs(value) switch { >= 1_000 => "#,0", >= 100 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);

    public static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Nanoseconds as microseconds, with as many digits as they deserve.</summary>
    public static string Micros(long nanos) => nanos switch
    {
        < 10_000 => Text($"{nanos / 1e3:0.00}"),
        < 100_000 => Text($"{nanos / 1e3:0.0}"),
        _ => Text($"{nanos / 1e3:#,0}"),
    };

    public static string Points(ScalingTable table) => string.Join(
        "; ", table.Points.Select(point => Text($"{point.Size:#,0}: ") + Figure(point.Cost)));

    public static string Promise(ScalingTable table) => table.ExponentMax is { } most
        ? Text($"under {most:0.##}: ") + (table.Holds == true ? "holds" : "does not hold")
        : "";

    /// <summary>Two digits; a flat line is not "-0.00".</summary>
    public static string Exponent(double exponent) => Text($"{Math.Round(exponent, 2) + 0.0:0.00}");

    private static string Hiccups(HiccupProfile profile) =>
        $"a busy loop lost {Share(profile.LostShare)}, longest {Axis.Duration(profile.MaxMicros * 1e3)}, "
        + Text($"{profile.Over100Micros:0} pauses/s over 100 us");

    private static string Share(double share) =>
        double.IsFinite(share) ? Text($"{share * 100:0.0} %") : "an unknown share";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
