using HftDelta.Perf;
using HftDelta.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Results;

[CancelAfter(20_000)]
internal sealed class ComparisonTests
{
    [TestCase(2.0, 2.49, ComparisonMark.Same)]
    [TestCase(2.0, 2.51, ComparisonMark.Worse)]
    [TestCase(2.0, 1.61, ComparisonMark.Same)]
    [TestCase(2.0, 1.59, ComparisonMark.Better)]
    public void A_ratio_beyond_the_threshold_is_marked(double then, double now, ComparisonMark mark)
    {
        var compared = Compare([Row("figure", then)], [Row("figure", now)]);
        var row = compared.Rows.Single(one => one.Label == "figure");
        Assert.That(row.Mark, Is.EqualTo(mark));
        Assert.That(row.Change, Is.EqualTo(now / then));
        Assert.That(compared.HasWorse, Is.EqualTo(mark == ComparisonMark.Worse));
    }

    [Test]
    public void A_machine_that_is_slower_in_everything_is_no_change()
    {
        var compared = Compare([new SuiteRow("figure", "ns", 20, 2, 10)], [new SuiteRow("figure", "ns", 80, 2, 40)]);
        Assert.That(compared.Rows.Single(one => one.Label == "figure").Mark, Is.EqualTo(ComparisonMark.Same));
    }

    [Test]
    public void Figures_without_a_floor_are_left_out_and_figures_of_one_run_alone_are_named()
    {
        var compared = Compare(
            [Row("gone", 2), new SuiteRow("bare", "ns", 5)], [Row("new", 2), new SuiteRow("bare", "ns", 50)]);
        Assert.That(compared.Rows.Select(row => row.Label), Is.EqualTo(new[] { "subject" }));
        Assert.That(compared.OnlyOld, Is.EqualTo(new[] { "sample: gone" }));
        Assert.That(compared.OnlyNew, Is.EqualTo(new[] { "sample: new" }));
        Assert.That(compared.HasWorse, Is.False);
    }

    [Test]
    public void Suites_that_were_not_run_again_are_no_loss()
    {
        var old = SampleRun.Summary();
        var now = old with { Suites = [] };
        Assert.That(Comparison.Of(old, now, Comparison.DefaultThreshold).OnlyOld, Is.Empty);
    }

    [Test]
    public void The_table_says_what_is_worse()
    {
        var output = new StringWriter();
        Compare([Row("figure", 2)], [Row("figure", 4)]).Print(output, SampleRun.Summary());
        Assert.That(output.ToString(), Does.Match(@"sample: figure +2\.00 +4\.00 +2\.00 +WORSE"));
        Assert.That(output.ToString(), Does.Match(@"sample: subject +1\.55 +1\.55 +1\.00\r?\n"));
    }

    [TestCase(2.0, 2.0, BenchExit.Done)]
    [TestCase(2.0, 4.0, BenchExit.BudgetMissed)]
    [TestCase(2.0, null, BenchExit.Usage)]
    [TestCase(null, null, BenchExit.Usage)]
    public void Runs_without_a_figure_in_common_are_refused_and_not_called_the_same(double? then, double? now, int expected)
    {
        var parent = Directory.CreateTempSubdirectory("hftdelta-comparison-");
        try
        {
            var exit = BenchCommand.Invoke(["--compare", Folder("then", then), "--with", Folder("now", now)]);

            Assert.That(exit, Is.EqualTo(expected));
        }
        finally
        {
            parent.Delete(recursive: true);
        }

        string Folder(string name, double? ratio)
        {
            var summary = SampleRun.Summary();
            var suite = summary.Suites.Single() with { Rows = ratio is { } given ? [Row("figure", given)] : [] };
            var folder = parent.CreateSubdirectory(name).FullName;
            File.WriteAllText(
                Path.Combine(folder, SummaryFile.Name), SummaryFile.ToJson(summary with { Suites = [suite] }));
            return folder;
        }
    }

    [Test]
    public void A_venue_that_runs_is_compared_with_nothing() =>
        Assert.That(
            BenchCommand.Invoke(["--live", "127.0.0.1:1", "--compare", Path.GetTempPath()]), Is.EqualTo(BenchExit.Usage));

    private static SuiteRow Row(string label, double ratio) => new(label, "ns", 10 * ratio, ratio, 10);

    private static Comparison Compare(SuiteRow[] then, SuiteRow[] now) =>
        Comparison.Of(SampleRun.Summary(then), SampleRun.Summary(now), Comparison.DefaultThreshold);
}
