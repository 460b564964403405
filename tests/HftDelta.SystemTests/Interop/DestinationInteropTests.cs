using HftDelta.SystemTests.AeronTools;
using HftDelta.SystemTests.Processes;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.Interop;

/// <summary>One stream to several receivers: by their announcing themselves, and by being named.</summary>
[CancelAfter(120_000)]
internal sealed class DestinationInteropTests
{
    private const int StreamId = 1001;
    private const int Length = 200;
    private const int Part = 2_000;

    [TestCase("|fc=min")]
    [TestCase("|fc=max")]
    [TestCase("|fc=min|term-length=64k|mtu=4k")]
    public void Official_subscribers_join_our_stream_by_announcing_themselves(string parameters)
    {
        var control = $"control=127.0.0.1:{FreePort.Take()}|control-mode=dynamic";
        using var first = JavaPeer.Receive($"aeron:udp?endpoint=127.0.0.1:0|{control}", StreamId, 2 * Part, Length, "whole=true");
        using var ours = new OurSide(lossPerMille: 0);
        using var publication = ours.Driver.AddPublication($"aeron:udp?{control}{parameters}", StreamId);
        ours.WaitFor(first, "READY");
        ours.WaitUntil(first, () => publication.IsConnected, "connected");
        ours.Publish(first, publication, Length, 0, Part);

        using var second = JavaPeer.Receive($"aeron:udp?endpoint=127.0.0.1:0|{control}", StreamId, Part, Length);
        Assert.That(ours.WaitFor(second, "IMAGE").Split(' ')[1], Is.Not.EqualTo("0"), "it came late");
        ours.Publish(first, publication, Length, Part, Part);
        Assert.That(ours.WaitFor(first, "RECEIVED"), Is.EqualTo($"{2 * Part}"));
        Assert.That(ours.WaitFor(second, "RECEIVED"), Is.EqualTo($"{Part}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(first, "GONE"), Does.StartWith("true "));
        Assert.That(ours.WaitFor(second, "GONE"), Does.StartWith("true "));
        ours.End(first);
        ours.End(second);
        InteropTable.Add($"dynamic destinations, late join {parameters}", "ours to 2 official", $"{Length}", 3 * Part);
    }

    [TestCase("|fc=min")]
    [TestCase("|fc=max")]
    public void We_join_an_official_stream_by_announcing_ourselves(string parameters)
    {
        _ = OfficialPeerClasses.PathOrSkip();
        var control = $"control=127.0.0.1:{FreePort.Take()}|control-mode=dynamic";
        using var java = JavaPeer.Publish($"aeron:udp?{control}{parameters}|linger=0", StreamId, 0, Length);
        using var first = Start("sink", "--sub", $"aeron:udp?endpoint=127.0.0.1:0|{control}", "--verify", "--count", "5000");
        first.WaitForStreams(1);
        using var second = Start("sink", "--sub", $"aeron:udp?endpoint=127.0.0.1:0|{control}", "--verify", "--count", "1000");
        var late = second.Ended();
        Assert.That(Number(late, "mismatches"), Is.Zero);
        var all = first.Ended();
        Assert.That(Number(all, "mismatches"), Is.Zero);
        java.End();
        InteropTable.Add(
            $"dynamic destinations {parameters}", "official to 2 of ours", $"{Length}",
            Number(all, "messages") + Number(late, "messages"));
    }

    [Test]
    public void We_send_to_official_subscribers_that_are_named_and_no_longer_to_one_that_is_taken_away()
    {
        using var first = JavaPeer.Receive(AnyPort, StreamId, 2 * Part, Length, "whole=true");
        using var second = JavaPeer.Receive(AnyPort, StreamId, Part, Length, "whole=true", "patient=0");
        using var ours = new OurSide(lossPerMille: 0);
        using var publication = ours.Driver.AddPublication("aeron:udp?control-mode=manual|fc=min", StreamId);
        publication.AddDestination(ours.WaitFor(first, "READY"));
        var channel = ours.WaitFor(second, "READY");
        publication.AddDestination(channel);
        ours.WaitFor(first, "IMAGE");
        ours.WaitFor(second, "IMAGE");
        ours.Publish(first, publication, Length, 0, Part);
        Assert.That(ours.WaitFor(second, "RECEIVED"), Is.EqualTo($"{Part}"));
        publication.RemoveDestination(channel);
        second.Say("end");
        Assert.That(ours.WaitFor(second, "TOTAL"), Is.EqualTo($"{Part}"));
        Assert.That(ours.WaitFor(second, "ERRORS"), Is.EqualTo("0"), second.Errors);
        ours.Publish(first, publication, Length, Part, Part);
        Assert.That(ours.WaitFor(first, "RECEIVED"), Is.EqualTo($"{2 * Part}"));
        ours.End(first);
        InteropTable.Add("manual destinations, one taken away", "ours to 2 official", $"{Length}", 3 * Part);
    }

    [Test]
    public void We_are_named_by_an_official_publisher()
    {
        _ = OfficialPeerClasses.PathOrSkip();
        using var first = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{Part}");
        using var second = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{Part}");
        using var java = JavaPeer.Publish(
            "aeron:udp?control-mode=manual|fc=min", StreamId, 0, Length, $"destinations={first.Channel},{second.Channel}");
        foreach (var sink in (ToolProcess[])[first, second])
        {
            var taken = sink.Ended();
            Assert.That(Number(taken, "messages"), Is.AtLeast(Part));
            Assert.That(Number(taken, "mismatches"), Is.Zero);
        }

        java.End();
        InteropTable.Add("manual destinations", "official to 2 of ours", $"{Length}", 2 * Part);
    }
}
