using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Scripts;

/// <summary>The measuring program as <c>run-perf.sh</c> starts it.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class BenchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [TestCase("--nope")]
    [TestCase("--suite", "nope")]
    [TestCase("--suite", "kernel", "--out", "/dev/null/results")]
    [TestCase("--quick", "--full")]
    [TestCase("--compare", "/dev/null/results")]
    [TestCase("--with", "/dev/null/results")]
    [TestCase("--compare", "/", "--threshold", "0")]
    [TestCase("--live", "nowhere")]
    [TestCase("--live", "127.0.0.1:40123", "--compare", "/")]
    [TestCase("--live", "127.0.0.1:40123", "--rate", "0")]
    [TestCase("--live", "127.0.0.1:40123", "--market", "/dev/null/market.json")]
    public void What_the_user_can_mend_ends_with_two_and_no_trace(params string[] arguments)
    {
        var ended = Run(arguments);
        Assert.That(ended.ExitCode, Is.EqualTo(2), ended.Error);
        Assert.That(ended.Error, Does.Match(@"^error HD\d{4}: .+\.?\n  next: .+\.\n$"));
        Assert.That(ended.Output, Is.Empty);
    }

    [Test]
    public void Every_ratio_stands_beside_its_own_floor_in_figures_that_are_rounded()
    {
        using var folder = new TemporaryFolder();
        var ended = Run("--quick", "--suite", "state-hash", "--out", folder.Root);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        Assert.That(ended.Output, Does.Contain("its own floor"));
        var summary = Directory.GetFiles(folder.Root, "summary.json", SearchOption.AllDirectories).Single();
        using var json = JsonDocument.Parse(File.ReadAllText(summary));
        var rows = json.RootElement.GetProperty("suites")[0].GetProperty("rows").EnumerateArray().ToArray();
        Assert.That(rows.Count(row => row.GetProperty("ratioToFloor").ValueKind == JsonValueKind.Number), Is.GreaterThan(1));
        foreach (var row in rows)
        {
            Assert.That(row.GetProperty("floor").ValueKind, Is.EqualTo(row.GetProperty("ratioToFloor").ValueKind));
            Assert.That(row.GetProperty("value").GetRawText().Replace(".", "", StringComparison.Ordinal).Trim('0').Length,
                Is.LessThanOrEqualTo(5));
        }
    }

    /// <summary>A run compared with itself is no worse; with ratios that were far smaller it is.</summary>
    [Test]
    public void A_run_leaves_its_report_and_is_compared_by_ratios()
    {
        using var folder = new TemporaryFolder();
        var ended = Run("--quick", "--suite", "kernel", "--out", folder.Root);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        var run = Directory.GetDirectories(folder.Root).Single();
        string[] left = ["report.html", "report.md", "summary.json"];
        Assert.That(Directory.GetFiles(run).Select(Path.GetFileName), Is.SupersetOf(left));

        var same = Run("--compare", folder.Root, "--with", run);
        Assert.That(same.ExitCode, Is.Zero, same.Error);
        Assert.That(same.Output, Does.Contain("1.00").And.Not.Contain("WORSE"));

        using var other = new TemporaryFolder();
        var ratio = new Regex("\"ratioToFloor\": [0-9.]+");
        File.WriteAllText(
            Path.Combine(other.Root, "summary.json"),
            ratio.Replace(File.ReadAllText(Path.Combine(run, "summary.json")), "\"ratioToFloor\": 0.001"));
        var worse = Run("--compare", other.Root, "--with", run);
        Assert.That(worse.ExitCode, Is.EqualTo(40), worse.Error);
        Assert.That(worse.Output, Does.Contain("WORSE"));
    }

    [TestCase("aeron", "Aeron", 2)]
    [TestCase("wire", "wire to wire", 2)]
    public void What_goes_over_a_network_is_told_beside_bare_sockets_that_carried_as_much(
        string suite, string subject, int latencies)
    {
        using var folder = new TemporaryFolder();
        var ended = Run("--quick", "--suite", suite, "--out", folder.Root);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        var summary = Directory.GetFiles(folder.Root, "summary.json", SearchOption.AllDirectories).Single();
        using var json = JsonDocument.Parse(File.ReadAllText(summary));
        var result = json.RootElement.GetProperty("suites")[0];
        var histograms = result.GetProperty("histograms").EnumerateArray().ToDictionary(
            histogram => histogram.GetProperty("name").GetString()!, histogram => histogram);
        Assert.That(histograms, Has.Count.EqualTo(2 * latencies));
        foreach (var (name, floor) in histograms.Where(pair => pair.Key.EndsWith("sockets", StringComparison.Ordinal)))
        {
            var ours = histograms[name.Replace("sockets", subject, StringComparison.Ordinal)];
            Assert.That(ours.GetProperty("count").GetInt64(), Is.EqualTo(floor.GetProperty("count").GetInt64()).And.Positive);
            Assert.That(ours.GetProperty("p9999").GetInt64(), Is.GreaterThanOrEqualTo(ours.GetProperty("p50").GetInt64()));
        }

        var rows = result.GetProperty("rows").EnumerateArray().ToArray();
        var compared = rows.Where(row => row.GetProperty("ratioToFloor").ValueKind == JsonValueKind.Number).ToArray();
        Assert.That(compared, Has.Length.GreaterThanOrEqualTo(latencies));
        Assert.That(compared.Select(row => row.GetProperty("ratioToFloor").GetDouble()), Is.All.Positive);
        Assert.That(result.GetProperty("notes").EnumerateArray().Select(note => note.GetString()),
            Has.Some.Contains("load average"));
    }

    private static ProcessResult Run(params string[] arguments)
    {
        var binary = BinaryOrSkip();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [binary, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill();
            Assert.Fail("it did not end in time");
        }

        return new ProcessResult(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Built with the solution, in the same configuration as these tests.</summary>
    private static string BinaryOrSkip()
    {
        var path = BuildOutput.Of("perf/HftDelta.Perf", "hftdelta-bench.dll", BuildOutput.IsDebug);
        if (!File.Exists(path))
        {
            Assert.Ignore($"{path} is not built");
        }

        return path;
    }
}
