using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Network;

/// <summary><c>hftdelta bench</c> as an operator uses it against a venue that runs.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed partial class LoadBenchTests
{
    private const int PerSecond = 400;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>One venue for all of it: what costs time is to start one.</summary>
    [Test]
    public void A_running_venue_is_measured_and_nothing_is_left_resting()
    {
        using var folder = new TemporaryFolder();
        using var venue = VenueProcess.Start(
            "start", "--development", "--journal", folder.Of("journal"), "--listen", "127.0.0.1:0", "--output", "json");
        var endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;

        var unpriced = VenueProcess.Run(Deadline, "bench", "--venue", endpoint, "--connect-timeout", "1");
        Assert.That(unpriced.ExitCode, Is.EqualTo(5), unpriced.Error);
        Assert.That(unpriced.Error, Does.Contain("HD1064").And.Contain("BTC-PERP").And.Contain("no oracle price"));
        Assert.That(unpriced.Output, Is.Empty);

        var stranger = VenueProcess.Run(Deadline, "bench", "--venue", endpoint, "--key", "999");
        Assert.That(stranger.ExitCode, Is.EqualTo(20), stranger.Error);
        Assert.That(stranger.Error, Does.Contain("HD1063").And.Contain("999"));

        using var oracle = VenueProcess.Start("client", "sample-oracle", "--venue", endpoint, "--seconds", "0");
        venue.WaitForEvent("listed", Deadline);
        string[] bench =
        [
            "bench", "--venue", endpoint, "--rate", PerSecond.ToString(CultureInfo.InvariantCulture), "--output", "json",
            "--market", Path.Combine(folder.Of("journal"), "market.json"),
        ];
        MeasuresToItsEnd(bench, folder.Of("results"));
        EndsWithTheFiguresSoFar(bench);

        var journal = folder.Of("journal");
        Assert.That(VenueProcess.Run(Deadline, "control", "halt", "--venue", "--journal", journal).ExitCode, Is.Zero);
        var halted = VenueProcess.Run(Deadline, [.. bench, "--seconds", "0.2", "--warm-up", "0"]);
        Assert.That(halted.ExitCode, Is.EqualTo(5), halted.Error);
        Assert.That(halted.Error, Does.Contain("HD1068").And.Contain("NotInThisState"));
    }

    private static void MeasuresToItsEnd(string[] bench, string results)
    {
        using var process = VenueProcess.Start([.. bench, "--seconds", "1", "--warm-up", "0.3", "--out", results]);
        var ended = process.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        Assert.That(ended.Error, Does.Contain("WARNING: this trades.").And.Contain("account 16 "));
        var summary = process.Find("summary")!.Value;
        var sent = AddedUp(summary);
        Assert.That(sent + summary.GetProperty("notSent").GetInt64(), Is.EqualTo(PerSecond), "a second of it");
        Assert.That(summary.GetProperty("isInterrupted").GetBoolean(), Is.False);
        var latency = summary.GetProperty("latencyNanos");
        Assert.That(latency.GetProperty("p50").GetInt64(), Is.Positive.And.LessThanOrEqualTo(Number(latency, "p9999")));
        Assert.That(Number(latency, "max"), Is.GreaterThanOrEqualTo(Number(latency, "p9999")));
        Assert.That(Number(summary.GetProperty("hiccupNanos"), "samples"), Is.Positive);

        var path = summary.GetProperty("files").GetString();
        var total = TotalCount().Match(File.ReadAllText($"{path}.hgrm")).Groups[1].Value;
        Assert.That(total, Is.EqualTo(sent.ToString(CultureInfo.InvariantCulture)));
        Assert.That(File.ReadAllText($"{path}.hlog"), Does.StartWith("#[Histogram log").And.Contain("Tag=hiccups,"));
    }

    private static void EndsWithTheFiguresSoFar(string[] bench)
    {
        using var process = VenueProcess.Start([.. bench, "--seconds", "600", "--warm-up", "0"]);
        process.WaitUntil(() => process.Error.Contains("bench 0 % ", StringComparison.Ordinal), Deadline, "progress");
        process.Send(VenueProcess.SignalInterrupt);
        var ended = process.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(130), ended.Error);
        var summary = process.Find("summary")!.Value;
        Assert.That(AddedUp(summary), Is.Positive);
        Assert.That(summary.GetProperty("isInterrupted").GetBoolean(), Is.True);
    }

    /// <returns>How many were sent.</returns>
    private static long AddedUp(JsonElement summary)
    {
        var sent = Number(summary, "sent");
        Assert.That(
            Number(summary, "acknowledged") + Number(summary, "rejected") + Number(summary, "withoutOutcome"), Is.EqualTo(sent));
        Assert.That(
            summary.GetProperty("rejects").EnumerateObject().Sum(reject => reject.Value.GetInt64()),
            Is.EqualTo(Number(summary, "rejected")));
        Assert.That(Number(summary.GetProperty("latencyNanos"), "samples"), Is.EqualTo(sent));
        Assert.That(Number(summary, "leftResting"), Is.Zero);
        Assert.That(summary.GetProperty("positionLots").EnumerateObject(), Is.Empty, "it had nobody else to trade with");
        return sent;
    }

    private static long Number(JsonElement from, string name) => from.GetProperty(name).GetInt64();

    [GeneratedRegex(@"Total count\s*=\s*(\d+)")]
    private static partial Regex TotalCount();
}
