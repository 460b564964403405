using HftDelta.Aeron.Cnc;
using HftDelta.Runtime.Time;
using HftDelta.SystemTests.Processes;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.AeronTools;

/// <summary>
/// The transport's tools as processes against each other, over loopback: whole messages, in every mode, across the death of
/// either side, and ended as an operator ends them.
/// </summary>
[CancelAfter(120_000)]
internal sealed class ToolProcessTests
{
    [TestCase("invoker", 32, 300_000)]
    [TestCase("shared", 5_000, 20_000)]
    [TestCase("dedicated", 288, 100_000)]
    public void A_sink_gets_and_verifies_all_that_a_publisher_sends(string mode, int size, int count)
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{count}", "--mode", mode);
        using var pub = Start(
            "pub", "--pub", sink.Channel, "--size", $"{size}", "--count", $"{count}", "--mode", mode, "--term-length", "64k");
        Assert.That(Number(pub.Ended(), "messages"), Is.EqualTo(count));
        var taken = sink.Ended();
        Assert.That(Number(taken, "messages"), Is.EqualTo(count));
        Assert.That(Number(taken, "bytes"), Is.EqualTo((long)count * size));
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        Assert.That(taken.GetProperty("verified").GetBoolean(), Is.True);
        Assert.That(sink.Streams, Is.EqualTo(1));
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
            "ping", "--pub", echo.Channel, "--sub", back, "--sizes", "8,33,65536", "--count", "300", "--window", "4",
            "--mode", mode, option, value, "--hgrm", folder.Of("trip.hgrm"));
        var sizes = ping.Ended().GetProperty("sizes").EnumerateArray().ToList();
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
        var echoed = echo.Stop();
        Assert.That(Number(echoed, "messages"), Is.EqualTo(1_800));
        Assert.That(Number(echoed, "bytes"), Is.EqualTo(600 * (8 + 33 + 65_536)));
    }

    [Test]
    public void A_sink_goes_on_with_the_publisher_that_replaces_a_killed_one()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify");
        var channel = sink.Channel;
        using (var killed = Start("pub", "--pub", channel, "--count", "0"))
        {
            sink.WaitForStreams(1);
            killed.LetRun(TimeSpan.FromMilliseconds(300));
            killed.Kill();
        }

        using var next = Start("pub", "--pub", channel, "--count", "100000");
        Assert.That(Number(next.Ended(), "messages"), Is.EqualTo(100_000));
        var taken = sink.Stop();
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
            killed.WaitForStreams(1);
            killed.LetRun(TimeSpan.FromMilliseconds(300));
            killed.Kill();
        }

        using var next = Start("sink", "--sub", channel, "--verify", "--count", "100000");
        var taken = next.Ended();
        Assert.That(Number(taken, "messages"), Is.AtLeast(100_000));
        Assert.That(Number(taken, "mismatches"), Is.Zero, $"{taken}");
        Assert.That(
            Number(next.Find("stream"), "joinPosition"), Is.Positive, "it came late, and takes numbers as they come");
        Assert.That(Number(pub.Interrupt(), "messages"), Is.GreaterThan(100_000));
    }

    [Test]
    public void Two_publishers_on_a_stream_are_two_streams_of_a_sink()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", "400000");
        var channel = sink.Channel;
        using var first = Start("pub", "--pub", channel, "--count", "200000");
        using var second = Start("pub", "--pub", channel, "--count", "200000", "--size", "100");
        var taken = sink.Ended();
        Assert.That(Number(taken, "messages"), Is.EqualTo(400_000));
        Assert.That(Number(taken, "streams"), Is.EqualTo(2));
        Assert.That(Number(taken, "mismatches"), Is.Zero, $"{taken}");
    }

    [Test]
    public void A_publisher_that_verifies_hears_that_its_stream_was_seen_to_its_end()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", "50000");
        using var pub = Start("pub", "--pub", sink.Channel, "--count", "50000", "--verify");
        var sent = pub.Ended();
        Assert.That(sent.GetProperty("verified").GetBoolean(), Is.True);
        Assert.That(sent.GetProperty("endSeen").GetBoolean(), Is.True);
        Assert.That(Number(sink.Ended(), "messages"), Is.EqualTo(50_000));
    }

    [TestCase(4, "--verify")]
    [TestCase(0)]
    public void A_publisher_whose_receiver_died_ends_with_four_when_it_verifies(int exitCode, params string[] verify)
    {
        using var folder = new TemporaryFolder();
        using var sink = Start("sink", "--sub", AnyPort, "--aeron-dir", folder.Of("sink"));
        using var pub = Start("pub", ["--pub", sink.Channel, "--count", "0", .. verify]);
        sink.WaitForStreams(1);
        using var received = CncReader.Open(folder.Of("sink"));
        sink.WaitUntil(() => Value(received, "sub-pos") > 0, "data, which only a publisher sends that knows of its receiver");
        sink.Kill();
        Assert.That(pub.StoppedWith(exitCode).GetProperty("endSeen").GetBoolean(), Is.False);
        Assert.That(pub.LastWords, exitCode == 0 ? Does.Not.Contain("error HD") : Does.Contain("error HD2815: "));
    }

    [Test]
    public void A_tool_can_be_watched_while_it_runs()
    {
        using var folder = new TemporaryFolder();
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--aeron-dir", folder.Of("sink"));
        using var pub = Start("pub", "--pub", sink.Channel, "--count", "0", "--aeron-dir", folder.Of("pub"));
        sink.WaitForStreams(1);
        using var received = CncReader.Open(folder.Of("sink"));
        using var sent = CncReader.Open(folder.Of("pub"));
        sink.WaitUntil(
            () => Value(received, "sub-pos") > 0 && Value(sent, "snd-pos") > 0 && Value(received, "Bytes received") > 0,
            "positions that move");
        Assert.That(received.StateAt(new SystemNanoClock().Now), Is.EqualTo(CncState.Alive));
        Assert.That(Directory.GetFiles(folder.Of("pub"), "*.logbuffer", SearchOption.AllDirectories), Has.Length.EqualTo(1));
        pub.Interrupt();
        Assert.That(Number(sink.Stop(), "mismatches"), Is.Zero);
    }

    [Test]
    public void Ctrl_C_ends_a_sink_with_its_summary_and_130()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--count", "5");
        Assert.That(sink.Channel, Does.Not.Contain(":0"));
        Assert.That(Number(sink.Interrupt(), "messages"), Is.Zero);
    }

    [Test]
    public void Messages_that_are_not_of_the_pattern_end_a_sink_with_one()
    {
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", "10");
        using var ours = new RawPublisher(sink.Channel, 1001);
        ours.Send([.. Enumerable.Repeat((byte)7, 32)], 10);
        Assert.That(Number(sink.EndedWith(1, null), "mismatches"), Is.EqualTo(10));
        Assert.That(sink.LastWords, Does.Contain("error HD2811: 10 messages"));
    }

    private static long Value(CncReader reader, string label) => reader.ReadCounters()
        .Where(counter => counter.Label.StartsWith(label, StringComparison.Ordinal)).Sum(counter => counter.Value);
}
