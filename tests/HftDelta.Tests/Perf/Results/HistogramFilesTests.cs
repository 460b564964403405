using System.Globalization;
using HdrHistogram;
using HftDelta.Node.Load;
using HftDelta.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Results;

/// <summary>Files that tools of others read.</summary>
[CancelAfter(20_000)]
internal sealed class HistogramFilesTests
{
    [Test]
    public void An_interval_log_is_read_back_interval_by_interval()
    {
        var text = Log(SampleRun.Result().Series[0]);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        using var reader = new HistogramLogReader(stream);
        var read = reader.ReadHistograms().ToArray();
        Assert.That(read.Select(one => one.TotalCount), Is.EqualTo(new long[] { 100, 10, 0, 10, 5_000, 0 }));
        Assert.That(read.Select(one => one.Tag ?? ""), Is.EqualTo(new[] { "", "hiccups", "", "hiccups", "", "hiccups" }));
        var begun = SampleRun.BegunAt.ToUnixTimeMilliseconds();
        Assert.That(read[4].StartTimeStamp, Is.EqualTo(begun + 1_000));
        Assert.That(read[4].EndTimeStamp, Is.EqualTo(begun + 1_500));
        Assert.That(read[4].GetValueAtPercentile(50), Is.EqualTo(2_500).Within(0.1).Percent);
    }

    /// <summary>The columns that HistogramLogAnalyzer and HistogramLogProcessor split by commas.</summary>
    [Test]
    public void An_interval_log_has_the_lines_of_the_format()
    {
        var text = Log(SampleRun.Result().Series[0]);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(text[0], Is.EqualTo('#'), "no mark of an encoding");
        Assert.That(lines[0], Does.StartWith("#[Histogram log format version 1."));
        Assert.That(lines, Has.Some.StartsWith("#[StartTime: 1772600767"));
        var begin = Array.FindIndex(lines, line => line.StartsWith("\"StartTimestamp\"", StringComparison.Ordinal)) + 1;
        Assert.That(begin, Is.Positive);
        var untagged = lines[begin].Split(',');
        Assert.That(untagged, Has.Length.EqualTo(4));
        Assert.That(double.Parse(untagged[1], CultureInfo.InvariantCulture), Is.EqualTo(0.5));
        Assert.That(untagged[3], Does.StartWith("HISTF"), "compressed, of version 2, in base 64");
        Assert.That(lines[begin + 1], Does.StartWith("Tag=hiccups,"));
    }

    [Test]
    public void A_file_for_each_distribution_has_the_lines_that_a_plotter_of_them_keeps()
    {
        var folder = Directory.CreateTempSubdirectory("hftdelta-perf-");
        try
        {
            HistogramFiles.Write(folder.FullName, SampleRun.Result());
            Assert.That(
                folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal),
                Is.EqualTo(new[] { "sample-bare.hgrm", "sample-ours.hgrm", "sample-wire-over-time.hlog" }));
            var rows = File.ReadLines(Path.Combine(folder.FullName, "sample-ours.hgrm"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 4 && words[0] != "Value" && words[0][0] != '#').ToArray();
            var median = rows.Single(words => words[3] == "2.00");
            Assert.That(double.Parse(median[0], CultureInfo.InvariantCulture), Is.EqualTo(10_000).Within(0.1).Percent);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Log(TimeSeries series)
    {
        using var stream = new MemoryStream();
        LatencyFiles.WriteLog(stream, series);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
