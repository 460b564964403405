using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>When an offer of the invoker's own thread leaves within the call, and when it waits for the next turn.</summary>
[CancelAfter(20_000)]
internal sealed class OfferAtOnceTests
{
    private const int MtuLength = 1_408;

    [Test]
    public void A_lone_offer_has_left_when_the_call_returns([Values] bool isExclusive, [Values] bool claims)
    {
        using var world = new World(isExclusive);
        world.Send(32, claims);
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64]));

        // It is not sent a second time.
        world.Pair.StepFor(AeronPair.Millisecond);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        Assert.That(world.Received(), Is.EqualTo([32]));
    }

    [Test]
    public void Every_lone_offer_of_a_conversation_leaves_at_once()
    {
        using var world = new World();
        for (var trip = 0; trip < 50; trip++)
        {
            world.Offer(32);
            Assert.That(world.TakeDataLengths(), Is.EqualTo([64]), $"trip {trip}");
            world.Pair.Step();
        }
    }

    [Test]
    public void What_follows_in_the_same_pause_shares_datagrams()
    {
        using var world = new World();
        for (var message = 0; message < 1 + (2 * 22); message++)
        {
            world.Offer(32);
        }

        Assert.That(world.TakeDataLengths(), Is.EqualTo([64]), "the first alone");
        world.Pair.Step();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([MtuLength, MtuLength]));

        // The turn found something: it is a stream, and none of it leaves alone.
        world.Offer(32);
        world.Offer(32);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        world.Pair.Step();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([128]));
    }

    [Test]
    public void A_long_message_leaves_whole()
    {
        using var world = new World();
        world.Offer(3_000);
        Assert.That(world.TakeDataLengths(), Is.EqualTo([MtuLength, MtuLength, 288]));
    }

    [Test]
    public void Nothing_leaves_without_the_option()
    {
        using var world = new World(sendsAtOnce: false);
        world.Offer(32);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        world.Pair.Step();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64]));
    }

    [Test]
    public void Another_threads_offer_waits_for_the_turn()
    {
        using var world = new World();
        var thread = new Thread(() => world.Offer(32));
        thread.Start();
        thread.Join();
        Assert.That(world.TakeDataLengths(), Is.Empty);
        world.Pair.Step();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64]));
    }

    [Test]
    public void Agents_that_take_turns_by_themselves_send_nothing_at_once()
    {
        using var world = new World();
        world.Pair.PublisherDriver.Invoker.OnClose();
        world.Pair.PublisherDriver.Sender.DoWork();
        world.TakeDataLengths();
        world.Offer(32);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        world.Pair.PublisherDriver.Sender.DoWork();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64]));
    }

    [Test]
    public void An_offer_inside_a_turn_waits_for_the_next_one()
    {
        using var world = new World();
        world.OnError = () => world.Offer(32);
        world.Pair.Step();
        world.Subscription.Images[0].Reject("no more");
        Assert.That(world.Pair.StepUntil(() => world.Errors == 1), Is.True);
        Assert.That(world.LastOffer, Is.Positive);
        Assert.That(world.LengthsWhenTold, Is.Empty);
    }

    [Test]
    public void An_offer_in_a_poll_leaves_at_once()
    {
        using var world = new World();
        world.Offer(32);
        world.Pair.Step();
        world.TakeDataLengths();
        world.Pair.Step();
        var handler = new AnsweringHandler { World = world };
        Assert.That(world.Subscription.Poll(ref handler, 1), Is.EqualTo(1));
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64 + 32]));
    }

    [Test]
    public void The_receivers_window_holds()
    {
        // Two messages of a whole datagram each are all that the receiver takes.
        using var world = new World(windowLength: 2 * MtuLength);
        var sent = 0;
        for (var message = 0; message < 5; message++)
        {
            world.Offer(MtuLength - DataHeader.LengthBytes);
            sent += world.TakeDataLengths().Sum();

            // Only the publisher takes turns: no status message moves the window on.
            world.Pair.PublisherDriver.Invoker.DoWork();
            sent += world.TakeDataLengths().Sum();
        }

        Assert.That(sent, Is.EqualTo(2 * MtuLength));
        Assert.That(world.Pair.StepUntil(() => world.Received().Count > 0), Is.True);
    }

    [Test]
    public void What_the_system_has_no_room_for_leaves_with_a_later_turn()
    {
        using var world = new World();
        world.BlockSockets(true);
        Assert.That(world.Offer(32), Is.Positive);
        world.Offer(64);
        world.BlockSockets(false);
        Assert.That(world.TakeDataLengths(), Is.Empty);

        // Behind what waits nothing overtakes.
        world.Offer(96);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        world.Pair.StepFor(AeronPair.Millisecond);
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64 + 96 + 128]));
        Assert.That(world.Received(), Is.EqualTo([32, 64, 96]));
    }

    [Test]
    public void Behind_an_open_claim_nothing_leaves_until_it_is_committed()
    {
        using var world = new World();
        Assert.That(world.Exclusive!.TryClaim(32, out var claim), Is.Positive);
        world.Offer(64);
        Assert.That(world.TakeDataLengths(), Is.Empty);
        claim.Commit();
        Assert.That(world.TakeDataLengths(), Is.EqualTo([64 + 96]));
    }

    [Test]
    public void A_destination_that_was_added_before_the_offer_gets_it()
    {
        using var pair = new AeronPair(adjust: options => options with { OffersSendAtOnce = true });
        using var first = pair.Subscribe();
        using var publication = pair.PublisherDriver.AddExclusivePublication(
            "aeron:udp?control=10.0.0.1:24399|control-mode=manual", AeronPair.StreamId);
        publication.AddDestination(AeronPair.Channel());
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var sent = pair.Record();
        publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24332");
        publication.Offer(new byte[32]);
        pair.PublisherDriver.Invoker.DoWork();
        Assert.That(
            sent.Where(datagram => datagram.Bytes.Length == 64).Select(datagram => datagram.To.Port),
            Is.EquivalentTo([24_331, 24_332]));
    }

    private struct AnsweringHandler : IFragmentHandler
    {
        public World World;

        public readonly void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => World.Offer(64);
    }

    private struct LengthHandler : IFragmentHandler
    {
        public List<int> Lengths;

        public readonly void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => Lengths.Add(payload.Length);
    }

    /// <summary>A publisher that has been quiet for a turn, and its subscriber.</summary>
    private sealed class World : IDisposable
    {
        private readonly List<SentDatagram> _sent;
        private readonly List<SimulatedSocket> _sockets = [];
        private readonly Publication? _shared;

        public World(bool isExclusive = true, bool sendsAtOnce = true, int windowLength = 32 * 1024)
        {
            Pair = new AeronPair(adjust: options => options with
            {
                OffersSendAtOnce = sendsAtOnce,
                InitialWindowLengthBytes = windowLength,
                Sockets = new KnownSockets(options.Sockets, _sockets),
                OnPublicationError = _ => Tell(),
            });
            Subscription = Pair.Subscribe();
            if (isExclusive)
            {
                Exclusive = Pair.PublishExclusively();
            }
            else
            {
                _shared = Pair.Publish();
            }

            Assert.That(Pair.StepUntil(() => IsConnected && Subscription.IsConnected), Is.True);
            Pair.StepFor(AeronPair.Millisecond);
            _sent = Pair.Record();
        }

        public AeronPair Pair { get; }

        public Subscription Subscription { get; }

        public ExclusivePublication? Exclusive { get; }

        /// <summary>Called inside a turn of the publisher's: its receiver refuses the stream.</summary>
        public Action? OnError { get; set; }

        public int Errors { get; private set; }

        public long LastOffer { get; private set; }

        /// <summary>What had left when that call of <see cref="OnError"/> returned.</summary>
        public List<int> LengthsWhenTold { get; private set; } = [];

        private bool IsConnected => Exclusive?.IsConnected ?? _shared!.IsConnected;

        public long Offer(int length) =>
            LastOffer = Exclusive?.Offer(new byte[length]) ?? _shared!.Offer(new byte[length]);

        public void Send(int length, bool claims)
        {
            if (!claims)
            {
                Assert.That(Offer(length), Is.Positive);
                return;
            }

            BufferClaim claim;
            var position = Exclusive?.TryClaim(length, out claim) ?? _shared!.TryClaim(length, out claim);
            Assert.That(position, Is.Positive);
            Assert.That(TakeDataLengths(), Is.Empty, "not before it is committed");
            claim.Commit();
        }

        /// <summary>The datagrams of data that left since the last look.</summary>
        public List<int> TakeDataLengths()
        {
            List<int> lengths =
            [
                .. _sent.Where(datagram => datagram.From.HasAddressOf(Pair.PublisherHost.Address)
                        && DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None
                        && !DataHeader.IsHeartbeat(datagram.Bytes))
                    .Select(datagram => datagram.Bytes.Length),
            ];
            _sent.Clear();
            return lengths;
        }

        public List<int> Received()
        {
            var handler = new LengthHandler { Lengths = [] };
            while (Subscription.Poll(ref handler, 10) > 0)
            {
            }

            return handler.Lengths;
        }

        public void BlockSockets(bool isBlocked) => _sockets.ForEach(socket => socket.IsSendBlocked = isBlocked);

        public void Dispose() => Pair.Dispose();

        private void Tell()
        {
            Errors++;
            TakeDataLengths();
            OnError?.Invoke();
            LengthsWhenTold = TakeDataLengths();
        }
    }

    private sealed class KnownSockets(DatagramSocketFactory inner, List<SimulatedSocket> opened) : DatagramSocketFactory
    {
        public override DatagramSocket Open(in DatagramSocketOptions options)
        {
            var socket = inner.Open(options);
            opened.Add((SimulatedSocket)socket);
            return socket;
        }
    }
}
