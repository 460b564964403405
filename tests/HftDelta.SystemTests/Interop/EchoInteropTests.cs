using HftDelta.SystemTests.Processes;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.Interop;

/// <summary>Whole messages there and back, from eight bytes to an eighth of a term, with either side as who asks.</summary>
[CancelAfter(120_000)]
internal sealed class EchoInteropTests
{
    // Around one frame, around two, 64 KiB and the longest of a term of 1 MiB.
    private const string Sizes = "8,32,1375,1376,1377,2752,2753,65536,131072";
    private const int Count = 40;

    [TestCase("invoker", "")]
    [TestCase("shared", "|mtu=8k")]
    [TestCase("dedicated", "|mtu=65504")]
    public void The_official_side_echoes_our_ping(string mode, string parameters)
    {
        var back = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var java = JavaPeer.Echo(AnyPort, $"{back}|term-length=1m{parameters}");
        using var ping = Start(
            "ping", "--pub", java.WaitFor("READY") + parameters, "--sub", back, "--sizes", Sizes, "--count", $"{Count}",
            "--warmup", "0", "--window", "3", "--mode", mode);
        var answered = ping.Ended().GetProperty("sizes").EnumerateArray().Select(size => Number(size, "answered"));
        Assert.That(answered, Is.All.EqualTo(Count).And.Exactly(9).Items);
        java.End();
        InteropTable.Add($"echo {parameters}", $"ours ({mode}) asks", Sizes, 9 * Count);
    }

    [TestCase("invoker", "")]
    [TestCase("shared", "|mtu=8k")]
    [TestCase("dedicated", "|mtu=65504")]
    public void We_echo_the_official_ping(string mode, string parameters)
    {
        _ = OfficialPeerClasses.PathOrSkip();
        var back = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var echo = Start("echo", "--sub", AnyPort, "--pub", back + parameters, "--mode", mode);
        using var java = JavaPeer.Ping($"{echo.Channel}|term-length=1m{parameters}", back, Sizes, Count);
        foreach (var size in Sizes.Split(','))
        {
            Assert.That(java.WaitFor("ANSWERED"), Is.EqualTo($"{size} {Count}"));
        }

        java.End();
        Assert.That(Number(echo.Stop(), "messages"), Is.EqualTo(9 * Count));
        InteropTable.Add($"echo {parameters}", $"official asks, ours ({mode}) answers", Sizes, 9 * Count);
    }
}
