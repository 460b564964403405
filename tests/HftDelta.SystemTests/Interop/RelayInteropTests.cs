using HftDelta.Tests;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Publisher and subscriber as processes with a bad network between them, one of the two official: everything arrives, once and
/// in order. The long run sends 200,000 messages of each size in each direction.
/// </summary>
[CancelAfter(600_000)]
internal sealed class RelayInteropTests
{
    private const ulong Seed = 20_261_123;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(LongSuite.IsAsked ? 280 : 60);

    private static readonly TestCaseData[] Sizes = [new(32, 20_000), new(288, 10_000), new(5_000, 2_000)];

    [TestCaseSource(nameof(Sizes))]
    public void Official_messages_reach_our_sink_through_a_bad_network(int length, int volume)
    {
        var count = LongSuite.Volume(volume, 200_000);
        _ = OfficialPeerClasses.PathOrSkip();
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{count}");
        using var relay = new LossyRelay(sink.Channel, LongSuite.Seed(Seed));
        using var java = JavaPeer.Publish(relay.Channel, 1001, count, length);
        java.WaitFor("SENT", null, Deadline);
        var taken = sink.Ended(Deadline);
        Assert.That(Number(taken, "messages"), Is.EqualTo(count));
        Assert.That(Number(taken, "bytes"), Is.EqualTo((long)count * length));
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        Assert.That(sink.Streams, Is.EqualTo(1));
        Assert.That(Number(sink.Find("stream"), "joinPosition"), Is.Zero, "it was there from the first message on");
        Assert.That(relay.Lost, Is.Positive);
        java.End();
        InteropTable.Add("bad network", "official to ours", $"{length}", count, $"{relay}");
    }

    [TestCaseSource(nameof(Sizes))]
    public void Our_messages_reach_the_official_side_through_a_bad_network(int length, int volume)
    {
        var count = LongSuite.Volume(volume, 200_000);
        using var java = JavaPeer.Receive(AnyPort, 1001, count, length, "whole=true");
        using var relay = new LossyRelay(java.WaitFor("READY"), LongSuite.Seed(Seed));
        using var pub = Start("pub", "--pub", relay.Channel, "--size", $"{length}", "--count", $"{count}", "--verify");
        Assert.That(java.WaitFor("RECEIVED", null, Deadline), Is.EqualTo($"{count}"));
        Assert.That(java.WaitFor("GONE"), Does.StartWith("true "));
        Assert.That(Number(pub.Ended(), "messages"), Is.EqualTo(count));
        Assert.That(relay.Lost, Is.Positive);
        java.End();
        InteropTable.Add("bad network", "ours to official", $"{length}", count, $"{relay}");
    }
}
