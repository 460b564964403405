using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.SystemTests.Processes;
using static HftDelta.SystemTests.AeronTools.ToolProcess;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Streams that are not one publisher and one willing reader: two publishers at one address, a reader who stops and goes on, and
/// one who comes when the stream has long begun.
/// </summary>
[CancelAfter(120_000)]
internal sealed class StreamInteropTests
{
    private const int StreamId = 1001;
    private const int Length = 1_000;

    // Several times what the window and the term hold.
    private const int SlowCount = 5_000;

    [Test]
    public void An_official_and_an_own_publisher_are_two_streams_of_the_official_subscriber()
    {
        const int Count = 20_000;
        using var java = JavaPeer.Receive(AnyPort, StreamId, 2 * Count, 100, "whole=true");
        var channel = java.WaitFor("READY");
        using var pub = Start("pub", "--pub", channel, "--count", $"{Count}", "--size", "100");
        using var official = JavaPeer.Publish(channel, StreamId, Count, 100);
        java.WaitFor("RECEIVED");
        official.WaitFor("SENT");
        official.End();
        Assert.That(Number(pub.Ended(), "messages"), Is.EqualTo(Count));
        java.Say("end");
        Assert.That(java.WaitFor("TOTAL"), Is.EqualTo($"{2 * Count}"));
        Assert.That(java.WaitFor("ERRORS"), Is.EqualTo("0"), java.Errors);
        InteropTable.Add("two publishers, one of each", "to official", "100", 2 * Count);
    }

    [Test]
    public void An_official_and_an_own_publisher_are_two_streams_of_our_subscriber()
    {
        const int Count = 20_000;
        _ = OfficialPeerClasses.PathOrSkip();
        using var sink = Start("sink", "--sub", AnyPort, "--verify", "--count", $"{2 * Count}");
        using var official = JavaPeer.Publish(sink.Channel, StreamId, Count, 100);
        using var pub = Start("pub", "--pub", sink.Channel, "--count", $"{Count}", "--size", "100");
        var taken = sink.Ended();
        Assert.That(Number(taken, "messages"), Is.EqualTo(2 * Count));
        Assert.That(Number(taken, "streams"), Is.EqualTo(2));
        Assert.That(Number(taken, "mismatches"), Is.Zero);
        official.WaitFor("SENT");
        official.End();
        InteropTable.Add("two publishers, one of each", "to ours", "100", 2 * Count);
    }

    [TestCase("")]
    [TestCase("|term-length=64k")]
    public void A_slow_official_subscriber_holds_us_back_and_loses_nothing(string parameters)
    {
        using var java = JavaPeer.Receive(AnyPort, StreamId, SlowCount, Length, "whole=true");
        using var ours = new OurSide(lossPerMille: 0);
        var channel = ours.WaitFor(java, "READY");
        java.Say("stall");
        using var publication = ours.Driver.AddPublication(channel + parameters, StreamId);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        var message = new byte[Length];
        var number = 0;
        var takenAt = Stopwatch.GetTimestamp();
        ours.WaitUntil(java, IsHeldBack, "held back");
        Assert.That(publication.Offer(message), Is.EqualTo(Publication.BackPressured), "it is there, and does not read");

        // The window of the reader, half a term of what waits here, and the message that began before the limit.
        Assert.That(publication.Position, Is.AtMost(131_072 + (publication.TermLengthBytes / 2) + (2 * Length)));
        java.Say("go");
        ours.Publish(java, publication, Length, number, SlowCount - number);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{SlowCount}"));
        ours.End(java);
        InteropTable.Add($"slow subscriber {parameters}", "ours to official", $"{Length}", SlowCount);

        bool IsHeldBack()
        {
            while (number < SlowCount && TryNext())
            {
                takenAt = Stopwatch.GetTimestamp();
            }

            Assert.That(number, Is.LessThan(SlowCount), "nobody reads, and all was taken");
            return Stopwatch.GetElapsedTime(takenAt) > TimeSpan.FromSeconds(1);
        }

        bool TryNext()
        {
            NumberedMessages.Fill(message, number);
            if (publication.Offer(message) <= 0)
            {
                return false;
            }

            number++;
            return true;
        }
    }

    [TestCase("|term-length=1m")]
    [TestCase("|term-length=64k")]
    public void When_we_are_slow_the_official_publisher_is_held_back_and_we_lose_nothing(string parameters)
    {
        using var ours = new OurSide(lossPerMille: 0);
        using var subscription = ours.Driver.AddSubscription(AnyPort, StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel + parameters, StreamId, SlowCount, Length);
        var stalledAt = long.Parse(ours.WaitFor(java, "STALLED"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(stalledAt, Is.LessThan(SlowCount * (Length + 32L)));
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        ours.WaitUntil(java, () => PollAndCount() >= SlowCount, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        ours.End(java);
        Assert.That(PollAndCount(), Is.EqualTo(SlowCount), "nothing came twice");
        InteropTable.Add($"slow subscriber {parameters}", "official to ours", $"{Length}", SlowCount);

        int PollAndCount()
        {
            subscription.Poll(ref assembler, 50);
            return assembler.Handler.Count;
        }
    }

    [Test]
    public void A_second_subscription_of_ours_joins_an_official_stream_where_it_is()
    {
        using var ours = new OurSide(lossPerMille: 0);
        var channel = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var first = ours.Driver.AddSubscription(channel, StreamId);
        using var java = JavaPeer.Publish(channel, StreamId, 0, 100);
        var all = new FragmentAssembler<NumberedMessages>(new NumberedMessages(100));
        var late = new FragmentAssembler<LateMessages>(new LateMessages(100));
        ours.WaitUntil(java, () => first.Poll(ref all, 50) >= 0 && all.Handler.Count > 1_000, "the stream begun");
        using var second = ours.Driver.AddSubscription(channel, StreamId);
        ours.WaitUntil(
            java,
            () => first.Poll(ref all, 50) >= 0 && second.Poll(ref late, 50) >= 0 && late.Handler.Count > 5_000,
            "the second one reads");
        Assert.That(second.Images[0].JoinPosition, Is.Positive);
        Assert.That(late.Handler.First, Is.GreaterThan(1_000));
        Assert.That(late.Handler.Wrong ?? all.Handler.Wrong, Is.Null);
        ours.End(java);
        InteropTable.Add("late join, second subscription", "official to ours", "100", late.Handler.Count);
    }
}
