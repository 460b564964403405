using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.AeronTools;

/// <summary>
/// The transport's tools as processes against each other, over loopback: whole messages, in every mode, across the death of
/// either side, and ended as an operator ends them.
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
        using var pub = Start(
            "pub", "--pub", ChannelOf(sink), "--size", $"{size}", "--count", $"{count}", "--mode", mode, "--term-length", "64k");
        Assert.That(Number(Ended(pub), "messages"), Is.EqualTo(count));
        var taken = Ended(sink);
        Assert.That(Number(taken, "messages"), Is.EqualTo(count));
        Assert.That(Number(taken, "bytes"), Is.EqualTo((long)count * size));
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        Assert.That(taken.GetProperty("verified").GetBoolean(), Is.True);
        Assert.That(sink.FindAll("stream"), Has.Count.EqualTo(1));
    }

    [TestCase("invoker", "--mtu", "8k")]
    [TestCase("shared", "--rcv-wnd", "64k")]
    [TestCase("dedicated", "--term-length", "4m")]
    public void A_ping_gets_every_answer_and_writes_a_distribution_of_each_size(string mode, string option, string value)
    {
        using var folder = new TemporaryFolder();
        var back = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var echo = Start("echo", "--sub", AnyPort, "--pub", back, "--mode", mode, option, value);
        using var ping = Start(
            "ping", "--pub", ChannelOf(echo), "--sub", back, "--sizes", "8,33,65536", "--count", "300", "--window", "4",
            "--mode", mode, option, value, "--hgrm", folder.Of("trip.hgrm"));
        var sizes = Ended(ping).GetProperty("sizes").EnumerateArray().ToList();
        Assert.That(sizes.Select(size => Number(size, "lengthBytes")), Is.EqualTo([8, 33, 65_536]));
        Assert.That(sizes.Select(size => Number(size, "answered")), Is.EqualTo([300, 300, 300]));
        Assert.That(
            sizes.Select(size => Number(size.GetProperty("roundTripNanos"), "samples")), Is.EqualTo([300, 300, 300]));
        foreach (var size in sizes)
        {
            var lines = File.ReadAllLines(folder.Of($"trip-{Number(size, "lengthBytes")}.hgrm"));
            Assert.That(lines, Has.Some.Contains("Total count    =          300"));
        }

        // Warm-up and measurement: 600 of each size.
        echo.Send(VenueProcess.SignalTerminate);
        var echoed = Ended(echo);
        Assert.That(Number(echoed, "messages"), Is.EqualTo(1_800));
        Assert.That(Number(echoed, "bytes"), Is.EqualTo(600 * (8 + 33 + 65_536)));
    }

    [Test]
    public void A_sink_goes_on_with_the_publisher_that_replaces_a_killed_one()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify");
        var channel = ChannelOf(sink);
        using (var killed = Start("pub", "--pub", channel, "--count", "0"))
        {
            sink.WaitForEvent("stream", Deadline);
            killed.LetRun(TimeSpan.FromMilliseconds(300));
            killed.Kill();
        }

        using var next = Start("pub", "--pub", channel, "--count", "100000");
        Assert.That(Number(Ended(next), "messages"), Is.EqualTo(100_000));
        sink.Send(VenueProcess.SignalTerminate);
        var taken = Ended(sink);
        Assert.That(Number(taken, "streams"), Is.EqualTo(2));
        Assert.That(Number(taken, "messages"), Is.GreaterThan(100_000));
        Assert.That(Number(taken, "mismatches"), Is.Zero, $"{taken}");
    }

    [Test]
    public void A_publisher_goes_on_with_the_sink_that_replaces_a_killed_one()
    {
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var pub = Start("pub", "--pub", channel, "--count", "0");
        using (var killed = Start("sink", "--sub", channel))
        {
            killed.WaitForEvent("stream", Deadline);
            killed.LetRun(TimeSpan.FromMilliseconds(300));
            killed.Kill();
        }

        using var next = Start("sink", "--sub", channel, "--verify", "--count", "100000");
        var taken = Ended(next);
        Assert.That(Number(taken, "messages"), Is.AtLeast(100_000));
        Assert.That(Number(taken, "mismatches"), Is.Zero, $"{taken}");
        Assert.That(
            Number(next.Find("stream")!.Value, "joinPosition"), Is.Positive, "it came late, and takes numbers as they come");
        pub.Send(VenueProcess.SignalInterrupt);
        Assert.That(pub.WaitForEnd(Deadline).ExitCode, Is.EqualTo(130), pub.Error);
    }

    [Test]
    public void Two_publishers_on_a_stream_are_two_streams_of_a_sink()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", "400000");
        var channel = ChannelOf(sink);
        using var first = Start("pub", "--pub", channel, "--count", "200000");
        using var second = Start("pub", "--pub", channel, "--count", "200000", "--size", "100");
        var taken = Ended(sink);
        Assert.That(Number(taken, "messages"), Is.EqualTo(400_000));
        Assert.That(Number(taken, "streams"), Is.EqualTo(2));
        Assert.That(Number(taken, "mismatches"), Is.Zero, $"{taken}");
    }

    [Test]
    public void Ctrl_C_ends_a_sink_with_its_summary_and_130()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--count", "5");
        ChannelOf(sink);
        sink.Send(VenueProcess.SignalInterrupt);
        var ended = sink.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(130), ended.Error);
        Assert.That(Number(sink.Find("summary")!.Value, "messages"), Is.Zero);
    }

    [Test]
    public void Messages_that_are_not_of_the_pattern_end_a_sink_with_one()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", "10");
        using var ours = new RawPublisher(ChannelOf(sink), 1001);
        ours.Send([.. Enumerable.Repeat((byte)7, 32)], 10);
        var ended = sink.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(1), ended.Error);
        Assert.That(ended.Error, Does.Contain("error HD2801: 10 messages"));
    }

    private static string ChannelOf(VenueProcess tool) =>
        tool.WaitForEvent("ready", Deadline).GetProperty("channel").GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static JsonElement Ended(VenueProcess tool)
    {
        var ended = tool.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        return tool.Find("summary")!.Value;
    }

    private static VenueProcess Start(string tool, params string[] arguments) =>
        VenueProcess.Start(["aeron", tool, .. arguments, "--output", "json", "--seconds", "60", "--idle", "backoff"]);
}
