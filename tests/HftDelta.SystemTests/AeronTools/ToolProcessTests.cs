using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.AeronTools;

/// <summary>
/// The transport's tools as processes against each other, over loopback and ports that the system chose: whole messages, in
/// every mode, across the death of either side, and ended as an operator ends them.
/// </summary>
[CancelAfter(120_000)]
internal sealed class ToolProcessTests
{
    private const string AnyPort = "aeron:udp?endpoint=127.0.0.1:0";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestCase("invoker", 32, 300_000)]
    [TestCase("shared", 5_000, 20_000)]
    [TestCase("dedicated", 288, 100_000)]
    public void A_sink_gets_and_verifies_all_that_a_publisher_sends(string mode, int size, int count)
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{count}", "--mode", mode);
        var ended = Run(
            "pub", "--pub", ChannelOf(sink), "--size", $"{size}", "--count", $"{count}", "--mode", mode, "--term-length", "64k");
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        var taken = sink.WaitForEnd(Deadline);
        Assert.That(taken.ExitCode, Is.Zero, taken.Error);
        var summary = sink.WaitForSummary();
        Assert.That(Number(summary, "messages"), Is.EqualTo(count));
        Assert.That(Number(summary, "bytes"), Is.EqualTo((long)count * size));
        Assert.That(Number(summary, "mismatches"), Is.Zero);
        Assert.That(summary.GetProperty("verified").GetBoolean(), Is.True);
        Assert.That(sink.FindAll("stream"), Has.Count.EqualTo(1));
    }

    [TestCase("invoker", "--mtu", "8k")]
    [TestCase("shared", "--rcv-wnd", "64k")]
    [TestCase("dedicated", "--term-length", "4m")]
    public void A_ping_gets_every_answer_and_writes_a_distribution_for_each_size(string mode, string option, string value)
    {
        using var folder = new TemporaryFolder();
        using var back = new Relay();
        using var echo = Start(
            "echo", "--sub", AnyPort, "--pub", back.Channel, "--mode", mode, option, value);
        back.Begin();
        var ended = Run(
            "ping", "--pub", ChannelOf(echo), "--sub", back.Target, "--sizes", "8,32,65536", "--count", "300", "--window", "4",
            "--mode", mode, option, value, "--hgrm", folder.Of("rtt.hgrm"));
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
    }

    private static string ChannelOf(VenueProcess tool) =>
        tool.WaitForEvent("ready", Deadline).GetProperty("channel").GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static VenueProcess Start(string tool, params string[] arguments) =>
        VenueProcess.Start(["aeron", tool, .. arguments, "--output", "json", "--seconds", "60"]);

    private static ProcessResult Run(string tool, params string[] arguments)
    {
        using var process = Start(tool, arguments);
        return process.WaitForEnd(Deadline);
    }
}
