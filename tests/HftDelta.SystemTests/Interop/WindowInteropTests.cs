using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Datagrams, terms and windows of odd sizes, chosen by either side: what one side announces, the other keeps to. The smallest
/// datagrams and the longest, windows of one datagram and windows that no number of datagrams fills, terms of 64 KiB many
/// times over.
/// </summary>
[CancelAfter(120_000)]
internal sealed class WindowInteropTests
{
    private const int StreamId = 1001;

    private static readonly TestCaseData[] Pairs =
    [
        Pair("mtu=64|term-length=64k", "rcv-wnd=32k", 500, 1_000),
        Pair("mtu=96|term-length=64k", "rcv-wnd=4k", 31, 5_000),
        Pair("mtu=1376|term-length=128k", "rcv-wnd=5000", 1_345, 1_000),
        Pair("mtu=9024|term-length=256k", "rcv-wnd=9024", 32_768, 200),
        Pair("mtu=65504|term-length=1m", "rcv-wnd=128k", 131_072, 50),
        Pair("mtu=1408|term-length=64k|pub-wnd=2k", "rcv-wnd=128k", 1_000, 1_000),
        Pair("mtu=1408|term-length=64k", "rcv-wnd=128k", 8_192, 1_000),
    ];

    [TestCaseSource(nameof(Pairs))]
    public void Ours_to_official(string sender, string receiver, int length, int count)
    {
        using var java = JavaPeer.Receive($"aeron:udp?endpoint=127.0.0.1:0|{receiver}", StreamId, count, length, "whole=true");
        using var ours = new OurSide(lossPerMille: 0);
        var endpoint = ours.WaitFor(java, "READY").Split('|').First(part => part.Contains("endpoint=", StringComparison.Ordinal));
        var channel = endpoint.StartsWith("aeron", StringComparison.Ordinal) ? endpoint : $"aeron:udp?{endpoint}";
        using var publication = ours.Driver.AddPublication($"{channel}|{sender}", StreamId);
        ours.Publish(java, publication, length, 0, count);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{count}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(java, "GONE"), Does.StartWith("true "));
        ours.End(java);
        InteropTable.Add($"sizes: {sender} to {receiver}", "ours to official", $"{length}", count);
    }

    [TestCaseSource(nameof(Pairs))]
    public void Official_to_ours(string sender, string receiver, int length, int count)
    {
        using var ours = new OurSide(lossPerMille: 0);
        using var subscription = ours.Driver.AddSubscription($"aeron:udp?endpoint=127.0.0.1:0|{receiver}", StreamId);
        using var java = JavaPeer.Publish($"{subscription.ResolvedChannel}|{sender}", StreamId, count, length);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(length));
        ours.WaitUntil(java, () => PollAndCount() >= count, "all messages");
        java.Say("close");
        ours.WaitUntil(java, () => PollAndCount() == count && !subscription.IsConnected, "the end of the stream");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        ours.End(java);
        Assert.That(ours.Count("hftdelta_aeron_invalid_datagrams_total"), Is.Zero);
        InteropTable.Add($"sizes: {sender} to {receiver}", "official to ours", $"{length}", count);

        int PollAndCount()
        {
            subscription.Poll(ref assembler, 50);
            return assembler.Handler.Count;
        }
    }

    private static TestCaseData Pair(string sender, string receiver, int length, int count) =>
        new(sender, receiver, length, count);
}
