using System.Text;
using HftDelta.Aeron;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>What polls hand on, and what the handler's answers do.</summary>
[CancelAfter(20_000)]
internal sealed class PollTests
{
    [Test]
    public void Abort_brings_the_same_fragment_again()
    {
        using var stream = new OpenStream("a", "b", "c");
        var handler = new Scripted(ControlledAction.Continue, ControlledAction.Abort);

        Assert.That(stream.Subscription.ControlledPoll(ref handler, 10), Is.EqualTo(1));
        Assert.That(stream.Subscription.Images[0].Position, Is.EqualTo(64));
        Assert.That(stream.Subscription.ControlledPoll(ref handler, 10), Is.EqualTo(2));
        Assert.That(handler.Seen, Is.EqualTo(["a", "b", "b", "c"]));
    }

    [Test]
    public void Break_ends_the_poll_behind_the_fragment()
    {
        using var stream = new OpenStream("a", "b", "c");
        var handler = new Scripted(ControlledAction.Continue, ControlledAction.Break);

        Assert.That(stream.Subscription.ControlledPoll(ref handler, 10), Is.EqualTo(2));
        Assert.That(stream.Subscription.Images[0].Position, Is.EqualTo(128));
        Assert.That(stream.Subscription.ControlledPoll(ref handler, 10), Is.EqualTo(1));
        Assert.That(handler.Seen, Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public void Commit_tells_the_position_at_once_and_continue_only_at_the_end()
    {
        using var stream = new OpenStream("a", "b", "c");
        var handler = new Scripted(ControlledAction.Continue, ControlledAction.Commit, ControlledAction.Continue);

        stream.Subscription.ControlledPoll(ref handler, 10);

        Assert.That(handler.PositionsBefore, Is.EqualTo([0L, 0L, 128L]));
        Assert.That(stream.Subscription.Images[0].Position, Is.EqualTo(192));
    }

    [Test]
    public void A_handler_that_throws_has_consumed_its_fragment()
    {
        using var stream = new OpenStream("a", "b");
        var throwing = new Scripted([]);

        Assert.That(() => stream.Subscription.ControlledPoll(ref throwing, 10), Throws.InvalidOperationException);

        var handler = new KeepingHandler();
        stream.Subscription.Poll(ref handler, 10);
        Assert.That(handler.Texts, Is.EqualTo(["b"]));
    }

    [Test]
    public void The_limit_of_fragments_holds()
    {
        using var stream = new OpenStream("a", "b", "c");
        var handler = new KeepingHandler();

        Assert.That(stream.Subscription.Poll(ref handler, 2), Is.EqualTo(2));
        Assert.That(stream.Subscription.Poll(ref handler, 2), Is.EqualTo(1));
        Assert.That(stream.Subscription.Poll(ref handler, 2), Is.Zero);
        Assert.That(handler.Texts, Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public void Long_messages_come_whole_and_an_aborted_one_comes_again()
    {
        var message = new string('x', 5_000) + "end";
        using var stream = new OpenStream("short", message);
        var handler = new ControlledFragmentAssembler<Scripted>(
            new Scripted(ControlledAction.Continue, ControlledAction.Abort, ControlledAction.Abort));

        for (var poll = 0; poll < 4; poll++)
        {
            stream.Subscription.ControlledPoll(ref handler, 10);
        }

        Assert.That(handler.Handler.Seen, Is.EqualTo(["short", message, message, message]));
        Assert.That(handler.Handler.Flags, Is.All.EqualTo(0xC0));
    }

    [Test]
    public void Each_subscription_of_a_stream_reads_for_itself_and_each_session_is_an_image()
    {
        using var pair = new AeronPair();
        using var one = pair.Subscribe("");
        using var other = pair.Subscribe("");
        using var only = pair.Subscribe("session-id=-77");
        using var first = pair.PublishExclusively("session-id=-77");
        using var second = pair.PublishExclusively("session-id=-78");
        using var elsewhere = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel("session-id=-77"), AeronPair.StreamId + 1);
        Assert.That(pair.StepUntil(() => first.IsConnected && second.IsConnected && one.Images.Length == 2), Is.True);

        Assert.That(first.Offer("from first"u8), Is.Positive);
        Assert.That(second.Offer("from second"u8), Is.Positive);
        Assert.That(elsewhere.Offer("nobody asked"u8), Is.EqualTo(Publication.NotConnected));
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(Texts(one), Is.EquivalentTo(["from first", "from second"]));
        Assert.That(Texts(other), Is.EquivalentTo(["from first", "from second"]));
        Assert.That(Texts(only), Is.EqualTo(["from first"]));
        Assert.That(pair.SubscriberHost.OpenCount, Is.EqualTo(1), "they share a socket");
    }

    [Test]
    public void A_subscription_that_comes_later_reads_a_stream_that_is_received_already_from_now_on()
    {
        using var pair = new AeronPair();
        using var one = pair.Subscribe("");
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer("before"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);

        using var other = pair.Subscribe("");
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.Offer("after"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(Texts(one), Is.EqualTo(["before", "after"]));
        Assert.That(Texts(other), Is.EqualTo(["after"]));
    }

    [Test]
    public void The_slowest_reader_of_a_stream_holds_the_sender()
    {
        using var pair = new AeronPair();
        using var fast = pair.Subscribe("");
        using var slow = pair.Subscribe("");
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var offered = 0;

        pair.StepUntil(
            () =>
            {
                offered += publication.Offer(new byte[1_000]) > 0 ? 1 : 0;
                Texts(fast);
                return false;
            },
            100 * AeronPair.Millisecond);

        // Half a term is the receiver's window, another half the publisher's own.
        Assert.That(offered * 1_056, Is.InRange(60_000, 70_000));
        Assert.That(fast.Images[0].Position, Is.InRange(31_000, 32_768));
        Assert.That(slow.Images[0].Position, Is.Zero);
    }

    private static List<string> Texts(Subscription subscription)
    {
        var handler = new KeepingHandler();
        while (subscription.Poll(ref handler, 100) > 0)
        {
        }

        return [.. handler.Texts];
    }

    /// <summary>A stream that holds these messages, unread.</summary>
    private sealed class OpenStream : IDisposable
    {
        private readonly AeronPair _pair = new();
        private readonly Publication _publication;

        public OpenStream(params string[] messages)
        {
            Subscription = _pair.Subscribe("");
            _publication = _pair.Publish(AeronPair.RecordedStream);
            Assert.That(_pair.StepUntil(() => _publication.IsConnected), Is.True);
            foreach (var message in messages)
            {
                Assert.That(_publication.Offer(Encoding.ASCII.GetBytes(message)), Is.Positive);
            }

            _pair.StepFor(AeronPair.Millisecond);
        }

        public Subscription Subscription { get; }

        public void Dispose() => _pair.Dispose();
    }

    /// <summary>Answers in the order given, then goes on; without any answers it throws.</summary>
    private readonly struct Scripted(params ControlledAction[] actions) : IControlledFragmentHandler
    {
        public List<string> Seen { get; } = [];

        public List<long> PositionsBefore { get; } = [];

        public List<byte> Flags { get; } = [];

        public ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            if (actions.Length == 0)
            {
                throw new InvalidOperationException("as the test wishes");
            }

            PositionsBefore.Add(header.Image.Position);
            Flags.Add(header.Flags);
            Seen.Add(Encoding.ASCII.GetString(payload));
            return Seen.Count <= actions.Length ? actions[Seen.Count - 1] : ControlledAction.Continue;
        }
    }
}
