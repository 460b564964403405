using System.Text.Json;
using HftDelta.Perf;
using HftDelta.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Results;

[CancelAfter(20_000)]
internal sealed class SummaryFileTests
{
    [Test]
    public void What_is_read_back_is_what_was_written()
    {
        var json = SummaryFile.ToJson(SampleRun.Summary());
        var back = SummaryFile.Parse(json, "summary.json");
        Assert.That(SummaryFile.ToJson(back), Is.EqualTo(json));
        Assert.That(back.BegunAt, Is.EqualTo(SampleRun.BegunAt));
        Assert.That(back.Machine.LoadAverage, Is.NaN);
        var suite = back.Suites.Single();
        Assert.That(suite.Rows.Select(row => row.RatioToFloor), Is.EqualTo(new double?[] { null, 1.55 }));
        Assert.That(suite.Series.Single().P99[1], Is.Null);
        Assert.That(suite.Scalings.Single().Holds, Is.True);
        Assert.That(suite.Counters!.Phases, Is.EqualTo(1));
        Assert.That(suite.Conditions.StealShare, Is.EqualTo(0.01));
    }

    [Test]
    public void Fields_have_the_names_that_the_page_of_the_format_gives_them()
    {
        using var json = JsonDocument.Parse(SummaryFile.ToJson(SampleRun.Summary()));
        Assert.That(json.RootElement.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.perf/1"));
        Assert.That(json.RootElement.GetProperty("volume").GetString(), Is.EqualTo("base"));
        var page = File.ReadAllText(Path.Combine(Architecture.SourceTree.Instance.Root, "docs", "performance-results.md"));
        Assert.That(NamesIn(json.RootElement).Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("""{"machine":{}}""", "older program")]
    [TestCase("""{"schema":"hftdelta.perf/99"}""", "hftdelta.perf/99")]
    [TestCase("""{"schema":"hftdelta.perf/1"}""", "no summary")]
    [TestCase("[]", "older program")]
    [TestCase("not json", "no summary")]
    public void What_is_no_summary_is_refused_in_words(string json, string words) =>
        Assert.That(
            () => SummaryFile.Parse(json, "summary.json"),
            Throws.TypeOf<UnreadableResultsException>().With.Message.Contains(words));

    [Test]
    public void The_newest_run_of_a_folder_of_runs_counts()
    {
        var folder = Directory.CreateTempSubdirectory("hftdelta-perf-");
        try
        {
            Assert.That(() => SummaryFile.Read(folder), Throws.TypeOf<UnreadableResultsException>());
            (string, string)[] runs = [("20260102T000000Z", "newer"), ("20260101T000000Z", "older")];
            foreach (var (name, label) in runs)
            {
                SummaryFile.Write(folder.CreateSubdirectory(name).FullName, SampleRun.Summary(new SuiteRow(label, "ns", 1)));
            }

            folder.CreateSubdirectory("20260103T000000Z");
            Assert.That(SummaryFile.Read(folder).Suites[0].Rows[^1].Label, Is.EqualTo("newer"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Percentiles_are_those_of_the_histogram_and_its_curve_ends_at_the_last_sample()
    {
        var one = HistogramSummary.Of("s", new NamedHistogram("n", SampleRun.Uniform(100_000)));
        Assert.That(one.Count, Is.EqualTo(100_000));
        Assert.That(one.P50, Is.EqualTo(50_000).Within(0.1).Percent);
        Assert.That(one.P9999, Is.EqualTo(99_990).Within(0.1).Percent);
        Assert.That(one.Curve[0].Inverse, Is.EqualTo(1));
        Assert.That(one.Curve[^1], Is.EqualTo(new CurvePoint(100_000, one.Max)));
        Assert.That(one.Curve.Select(point => point.Inverse), Is.Ordered);
        var median = one.Curve.Single(point => Math.Abs(point.Inverse - 2) < 1e-9);
        Assert.That(median.Nanos, Is.EqualTo(50_000).Within(0.1).Percent);
    }

    private static IEnumerable<string> NamesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => NamesIn(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(NamesIn),
        _ => [],
    };
}
