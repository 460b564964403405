using HftDelta.SystemTests.Processes;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Either side is killed in the middle of a stream and started again at the same address: the other one goes on with the new
/// one and needs no help. All timeouts are the official defaults.
/// </summary>
[CancelAfter(120_000)]
internal sealed class RestartInteropTests
{
    private const string Defaults = "patient=0";
    private const int Count = 5_000;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    [Test]
    public void Our_publisher_goes_on_when_the_official_subscriber_is_replaced()
    {
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        _ = OfficialPeerClasses.PathOrSkip();
        using var pub = Start("pub", "--pub", channel, "--count", "0", "--size", "100");
        using (var killed = JavaPeer.Receive(channel, 1001, Count, 100, Defaults))
        {
            killed.WaitFor("RECEIVED");
            killed.Kill();
        }

        using var java = JavaPeer.Receive(channel, 1001, Count, 100, Defaults);
        Assert.That(java.WaitFor("IMAGE").Split(' ')[1], Is.Not.EqualTo("0"), "it joins the stream where that is");
        Assert.That(long.Parse(java.WaitFor("RECEIVED"), System.Globalization.CultureInfo.InvariantCulture), Is.AtLeast(Count));
        Assert.That(Number(pub.Stop(), "messages"), Is.GreaterThan(2 * Count));
        Assert.That(java.WaitFor("GONE"), Does.StartWith("true "));
        java.End();
        InteropTable.Add("subscriber killed, replaced", "ours to official", "100", 2 * Count);
    }

    [Test]
    public void Our_subscriber_goes_on_when_the_official_publisher_is_replaced()
    {
        _ = OfficialPeerClasses.PathOrSkip();
        using var sink = Start("sink", "--sub", AnyPort, "--verify");
        var channel = sink.Channel;
        using (var killed = JavaPeer.Publish(channel, 1001, 0, 100, Defaults))
        {
            sink.WaitForStreams(1);
            sink.LetRun(Moment);
            killed.Kill();
        }

        using var java = JavaPeer.Publish(channel, 1001, Count, 100, Defaults);
        java.WaitFor("SENT");
        java.End();
        var taken = sink.Stop();
        Assert.That(Number(taken, "messages"), Is.GreaterThan(Count));
        Assert.That(Number(taken, "streams"), Is.EqualTo(2));
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        InteropTable.Add("publisher killed, replaced", "official to ours", "100", Number(taken, "messages"));
    }

    [Test]
    public void The_official_publisher_goes_on_when_our_subscriber_is_replaced()
    {
        _ = OfficialPeerClasses.PathOrSkip();
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var java = JavaPeer.Publish(channel, 1001, 0, 100, Defaults);
        using (var killed = Start("sink", "--sub", channel, "--verify"))
        {
            killed.WaitForStreams(1);
            killed.LetRun(Moment);
            killed.Kill();
        }

        using var sink = Start("sink", "--sub", channel, "--verify", "--count", $"{Count}");
        var taken = sink.Ended();
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        Assert.That(Number(sink.Find("stream"), "joinPosition"), Is.Positive, "it joins the stream where that is");
        java.End();
        InteropTable.Add("subscriber killed, replaced", "official to ours", "100", Number(taken, "messages"));
    }

    [Test]
    public void The_official_subscriber_goes_on_when_our_publisher_is_replaced()
    {
        using var java = JavaPeer.Receive(AnyPort, 1001, 0, 100, Defaults);
        var channel = java.WaitFor("READY");
        using (var killed = Start("pub", "--pub", channel, "--count", "0", "--size", "100"))
        {
            java.WaitFor("IMAGE");
            killed.LetRun(Moment);
            killed.Kill();
        }

        using var pub = Start("pub", "--pub", channel, "--count", $"{Count}", "--size", "100");
        Assert.That(java.WaitFor("IMAGE"), Does.EndWith(" 0"), "a new stream, from its begin on");
        Assert.That(Number(pub.Ended(), "messages"), Is.EqualTo(Count));
        java.Say("end");
        Assert.That(
            long.Parse(java.WaitFor("TOTAL"), System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(Count));
        Assert.That(java.WaitFor("ERRORS"), Is.EqualTo("0"), java.Errors);
        InteropTable.Add("publisher killed, replaced", "ours to official", "100", Count);
    }
}
