using System.Globalization;
using HftDelta.Aeron;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Readers that need not have everything: of unreliable streams, whose gaps are left out, and untethered ones that are let go
/// when they fall behind.
/// </summary>
[CancelAfter(120_000)]
internal sealed class LeavingOutInteropTests
{
    private const int StreamId = 1001;
    private const int Length = 500;
    private const int Count = 5_000;
    private const int LossPerMille = 20;
    private const string AnyPort = "aeron:udp?endpoint=127.0.0.1:0";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    [Test]
    public void The_official_unreliable_subscriber_leaves_out_what_we_lose()
    {
        using var java = JavaPeer.Receive($"{AnyPort}|reliable=false", StreamId, Count, Length, "complete=false");
        using var ours = new OurSide(LossPerMille);
        var channel = ours.WaitFor(java, "READY").Split("|reliable=")[0];
        using var publication = ours.Driver.AddPublication(channel, StreamId);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        ours.Publish(java, publication, Length, 0, 2 * Count);
        var received = ours.WaitFor(java, "RECEIVED").Split(' ').Select(word => long.Parse(word, Invariant)).ToArray();
        Assert.That(received[0], Is.AtLeast(Count));
        Assert.That(received[1], Is.Positive, "something was left out");
        Assert.That(ours.Count("hftdelta_aeron_retransmits_total"), Is.Zero);
        ours.End(java);
        InteropTable.Add("reliable=false", "ours to official", $"{Length}", Count, $"{received[1]} left out");
    }

    [Test]
    public void We_leave_out_what_is_lost_of_an_official_stream_where_we_are_unreliable()
    {
        using var ours = new OurSide(LossPerMille);
        using var subscription = ours.Driver.AddSubscription($"{AnyPort}|reliable=false", StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel, StreamId, 0, Length);
        var handler = new SomeMessages(Length);
        ours.WaitUntil(java, () => subscription.Poll(ref handler, 50) >= 0 && handler.Count >= Count, "messages");
        Assert.That(handler.Wrong, Is.Null);
        Assert.That(handler.Missed, Is.Positive);
        Assert.That(ours.Count("hftdelta_aeron_naks_total", "direction=sent"), Is.Zero);
        java.Say("close");
        ours.WaitUntil(java, () => subscription.Poll(ref handler, 50) >= 0 && !subscription.IsConnected, "the end of the stream");
        ours.End(java);
        InteropTable.Add("reliable=false", "official to ours", $"{Length}", Count, $"{handler.Missed} left out");
    }

    [Test]
    public void An_official_untethered_subscriber_that_does_not_read_is_let_go_and_holds_nobody_back()
    {
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var java = JavaPeer.Receive(
            channel, StreamId, Count, Length, "whole=true",
            $"unread={channel}|tether=false|untethered-window-limit-timeout=200ms|untethered-linger-timeout=100ms");
        using var ours = new OurSide(lossPerMille: 0);
        ours.WaitFor(java, "READY");
        using var publication = ours.Driver.AddPublication(channel, StreamId);
        ours.WaitFor(java, "JOINED");
        ours.Publish(java, publication, Length, 0, Count);
        ours.WaitFor(java, "LEFT");
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{Count}"));
        ours.End(java);
        InteropTable.Add("tether=false, not read", "ours to official", $"{Length}", Count, "let go, the other has all");
    }

    [Test]
    public void Our_untethered_subscriber_is_let_go_by_an_official_stream_and_joins_again()
    {
        using var ours = new OurSide(lossPerMille: 0);
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var reader = ours.Driver.AddSubscription(channel, StreamId);
        using var unread = ours.Driver.AddSubscription(
            $"{channel}|tether=false|untethered-window-limit-timeout=200ms|untethered-linger-timeout=100ms"
            + "|untethered-resting-timeout=300ms",
            StreamId);
        using var java = JavaPeer.Publish(channel, StreamId, 0, Length);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        ours.WaitUntil(java, () => Read() && unread.IsConnected, "both have the stream");
        Assert.That(unread.Images[0].JoinPosition, Is.Zero);
        ours.WaitUntil(java, () => Read() && !unread.IsConnected, "let go");
        ours.WaitUntil(java, () => Read() && unread.IsConnected, "taken in again");
        Assert.That(unread.Images[0].JoinPosition, Is.GreaterThan(reader.Images[0].JoinPosition), "where the stream is by then");
        ours.WaitUntil(java, () => Read() && assembler.Handler.Count > Count, "the other reads on");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        ours.End(java);
        InteropTable.Add(
            "tether=false, not read", "official to ours", $"{Length}", assembler.Handler.Count, "let go, joined again");

        bool Read() => reader.Poll(ref assembler, 50) >= 0;
    }
}
