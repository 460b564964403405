using HdrHistogram;
using HftDelta.Node.Load;
using HftDelta.Perf;
using HftDelta.Perf.Results;

namespace HftDelta.Tests.Perf.Results;

/// <summary>A run that nobody measured, with something of every kind in it.</summary>
internal static class SampleRun
{
    public const string Suite = "sample";

    public static readonly HiccupProfile Hiccups = new(12, 3, 1, 2_500.5, 0.031);

    public static readonly DateTimeOffset BegunAt = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public static SuiteResult Result()
    {
        var result = new SuiteResult(Suite, "one thread & nothing <else>");
        result.Rows.Add(new SuiteRow("floor", "ns", 10));
        result.Rows.Add(new SuiteRow("subject", "ns", 15.5, 1.55, 10));
        result.Histograms.Add(new NamedHistogram("bare", Uniform(1_000), IsFloor: true));
        result.Histograms.Add(new NamedHistogram("ours", Uniform(20_000)));
        result.Curves.Add(new LoadCurve("wire", [
            new LoadPoint("10 %", 1_000, 1_000, 9_000, 20_000, 90_000),
            new LoadPoint("50 %", 5_000, 4_990, 11_000, 40_000, 900_000),
        ]));
        result.Scalings.Add(new ScalingTable(
            "a command", "accounts", "ns", [new ScalingPoint(1_000, 100), new ScalingPoint(8_000, 100)], 0.1));
        result.Series.Add(new TimeSeries(
            "wire over time",
            BegunAt.UtcDateTime,
            0.5,
            [Uniform(100), Empty(), Uniform(5_000)],
            [Uniform(10), Uniform(10), Empty()]));
        result.Gauges.Add(new GaugeSeries(
            "memory", "MiB", 0.5, [new GaugeLine("venue", [10, 12]), new GaugeLine("replica", [5, 5])]));
        result.Checks.Add(new SuiteCheck("money", "0", "0", Holds: true));
        result.Checks.Add(new SuiteCheck("memory", "rises by 9 MiB", "at most 8 MiB", Holds: false));
        result.Counters.Begin();
        result.Counters.End();
        result.Notes.Add("a note with \"marks\" & <signs>");
        return result;
    }

    public static RunSummary Summary(params SuiteRow[] rows)
    {
        var result = Result();
        foreach (var row in rows)
        {
            result.Rows.Add(row);
        }

        var setting = new SuiteSetting { Loop = "closed", Mix = "one kind" };
        return new RunSummary
        {
            BegunAt = BegunAt,
            Seconds = 12.25,
            Command = "./run-perf.sh --suite sample",
            Volume = Volume.Base,
            Machine = MachineFacts.Read() with { LoadAverage = double.NaN, MemoryGigabytes = 8 },
            Hiccups = Hiccups,
            Suites = [SuiteSummary.Of(result, setting, new SuiteConditions(2.5, 0.5, 1.5, 0.01, 0.25, Hiccups, Hiccups))],
        };
    }

    /// <summary>Every value from 1 to <paramref name="max"/> once.</summary>
    public static LongHistogram Uniform(int max)
    {
        var histogram = Empty();
        for (var value = 1; value <= max; value++)
        {
            histogram.RecordValue(value);
        }

        return histogram;
    }

    private static LongHistogram Empty() => new(1_000_000_000, 3);
}
