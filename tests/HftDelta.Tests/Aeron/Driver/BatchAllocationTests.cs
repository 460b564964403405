using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;
using HftDelta.Tests.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Two whole drivers on one thread over the machine's sockets, in bursts of many datagrams: after warm-up nothing is allocated
/// on the way from an offer to the handler, whichever way the sockets move batches.
/// </summary>
[CancelAfter(60_000)]
internal sealed class BatchAllocationTests
{
    private const int StreamId = 7;
    private const int MessageLength = 32;
    private const int BurstMessages = 500;
    private const int WarmUpBursts = 300;
    private const int Bursts = 100;

    [Test]
    public void Bursts_allocate_nothing_once_they_are_warm([Values] SocketKind kind, [Values] bool sendsAtOnce)
    {
        var sockets = new CountedSockets(SocketKinds.FactoryOrSkip(kind));
        using var near = Driver(sockets, sendsAtOnce);
        using var far = Driver(sockets, sendsAtOnce);
        using var subscription = far.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", StreamId);
        using var publication = near.AddExclusivePublication(subscription.ResolvedChannel, StreamId);
        var handler = default(CheckingHandler);
        Exchange(near.Invoker, far.Invoker, publication, subscription, ref handler, WarmUpBursts);
        sockets.Forget();

        var before = AllocatedBytes();
        Exchange(near.Invoker, far.Invoker, publication, subscription, ref handler, Bursts);
        var allocated = AllocatedBytes() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(handler.Count, Is.EqualTo((WarmUpBursts + Bursts) * BurstMessages));
        Assert.That(handler.Disorders, Is.Zero);

        // It was batches that were measured, both ways.
        Assert.That(sockets.LongestSent, Is.GreaterThan(8));
        Assert.That(sockets.LongestReceived, Is.GreaterThan(1));
    }

    private static AeronDriver Driver(DatagramSocketFactory sockets, bool sendsAtOnce) => new(new AeronOptions
    {
        Clock = new SystemNanoClock(),
        Sockets = sockets,
        OffersSendAtOnce = sendsAtOnce,
        SocketSendBufferLengthBytes = 1024 * 1024,
    });

    private static void Exchange(
        IAgent near,
        IAgent far,
        ExclusivePublication publication,
        Subscription subscription,
        ref CheckingHandler handler,
        int bursts)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        for (var burst = 0; burst < bursts; burst++)
        {
            var first = handler.Count;
            for (var offered = 0; offered < BurstMessages || handler.Count < first + BurstMessages;)
            {
                while (offered < BurstMessages)
                {
                    BitConverter.TryWriteBytes(message, (long)(first + offered));
                    if (publication.Offer(message) <= 0)
                    {
                        break;
                    }

                    offered++;
                }

                near.DoWork();
                far.DoWork();
                subscription.Poll(ref handler, BurstMessages);
            }
        }
    }

    // Twice, because the very first call leaves 24 bytes of its own.
    private static long AllocatedBytes() =>
        Math.Max(GC.GetAllocatedBytesForCurrentThread(), GC.GetAllocatedBytesForCurrentThread());

    private struct CheckingHandler : IFragmentHandler
    {
        public int Count;
        public int Disorders;

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            Disorders += BitConverter.ToInt64(payload) == Count ? 0 : 1;
            Count++;
        }
    }

    /// <summary>Sockets of another factory that tell how long batches were.</summary>
    private sealed class CountedSockets(DatagramSocketFactory inner) : DatagramSocketFactory
    {
        /// <summary>Datagrams of the longest batch that left.</summary>
        public int LongestSent { get; set; }

        /// <summary>The same that came, in slots or in one.</summary>
        public int LongestReceived { get; set; }

        public void Forget() => (LongestSent, LongestReceived) = (0, 0);

        public override DatagramSocket Open(in DatagramSocketOptions options) => new Counted(inner.Open(options), this);
    }

    private sealed class Counted(DatagramSocket inner, CountedSockets counts) : DatagramSocket
    {
        public override SocketEndpoint LocalEndpoint => inner.LocalEndpoint;

        public override SocketEndpoint RemoteEndpoint => inner.RemoteEndpoint;

        public override int ReceiveBufferBytes => inner.ReceiveBufferBytes;

        public override int SendBufferBytes => inner.SendBufferBytes;

        public override int LastErrorCode => inner.LastErrorCode;

        public override bool SegmentsBatches => inner.SegmentsBatches;

        public override bool CoalescesBatches => inner.CoalescesBatches;

        public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to) => inner.TrySend(datagram, to);

        public override int TryReceive(Span<byte> buffer, out SocketEndpoint from) => inner.TryReceive(buffer, out from);

        public override int TrySendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengthsBytes, in SocketEndpoint to)
        {
            var sent = inner.TrySendBatch(datagrams, lengthsBytes, to);
            counts.LongestSent = Math.Max(counts.LongestSent, sent);
            return sent;
        }

        public override int TryReceiveBatch(DatagramBatch batch, int slotsMax)
        {
            var slots = inner.TryReceiveBatch(batch, slotsMax);
            var datagrams = 0;
            for (var index = 0; index < slots; index++)
            {
                ref var slot = ref batch[index];
                datagrams += slot.LengthBytes > 0
                    ? (slot.LengthBytes + slot.SegmentLengthBytes - 1) / slot.SegmentLengthBytes
                    : 0;
            }

            counts.LongestReceived = Math.Max(counts.LongestReceived, datagrams);
            return slots;
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
