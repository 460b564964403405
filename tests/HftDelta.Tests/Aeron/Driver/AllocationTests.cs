using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>After warm-up nothing is allocated between an offer, its datagrams and the handler that they reach.</summary>
[CancelAfter(30_000)]
internal sealed class AllocationTests
{
    [Test]
    public void A_warm_stream_allocates_nothing_though_every_50th_datagram_is_lost()
    {
        using var pair = new AeronPair();
        var count = 0;
        pair.Network.Wish = (in SocketEndpoint _, in SocketEndpoint _, ReadOnlySpan<byte> _) =>
            ++count % 50 == 0 ? DatagramFate.Drop : DatagramFate.AsConditionsSay;
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var handler = new FragmentAssembler<CountingHandler>(default);
        var message = new byte[5_000];
        Exchange(pair, publication, subscription, ref handler, message, 6_000);
        var countBefore = handler.Handler.Count;

        var before = AllocatedBytes();
        Exchange(pair, publication, subscription, ref handler, message, 2_000);
        var allocated = AllocatedBytes() - before;

        Assert.That(handler.Handler.Count - countBefore, Is.GreaterThan(1_900));
        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void A_warm_stream_allocates_nothing_over_the_machines_network()
    {
        using var driver = new AeronDriver(new AeronOptions { Clock = new SystemNanoClock() });
        using var subscription = driver.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", AeronPair.StreamId);
        using var publication = driver.AddExclusivePublication(subscription.ResolvedChannel, AeronPair.StreamId);
        var handler = default(CountingHandler);
        var message = new byte[200];
        Exchange(driver, publication, subscription, ref handler, message, 2_000);

        var before = AllocatedBytes();
        Exchange(driver, publication, subscription, ref handler, message, 1_000);
        var allocated = AllocatedBytes() - before;

        Assert.That(allocated, Is.Zero);
    }

    // Twice, because the very first call leaves 24 bytes of its own.
    private static long AllocatedBytes() =>
        Math.Max(GC.GetAllocatedBytesForCurrentThread(), GC.GetAllocatedBytesForCurrentThread());

    private static void Exchange(
        AeronPair pair,
        Publication publication,
        Subscription subscription,
        ref FragmentAssembler<CountingHandler> handler,
        byte[] message,
        int count)
    {
        for (var sent = 0; sent < count;)
        {
            // One short and one long message in turn.
            if (publication.Offer(sent % 2 == 0 ? message.AsSpan(0, 100) : message) > 0)
            {
                sent++;
            }

            pair.Step();
            subscription.Poll(ref handler, 10);
        }
    }

    private static void Exchange(
        AeronDriver driver,
        ExclusivePublication publication,
        Subscription subscription,
        ref CountingHandler handler,
        byte[] message,
        int count)
    {
        var end = handler.Count + count;
        while (handler.Count < end)
        {
            if (publication.TryClaim(message.Length, out var claim) > 0)
            {
                message.CopyTo(claim.Buffer);
                claim.Commit();
            }

            driver.Invoker.DoWork();
            subscription.Poll(ref handler, 10);
        }
    }

    private struct CountingHandler : IFragmentHandler
    {
        public int Count;

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => Count++;
    }
}
