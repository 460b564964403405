using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>Several datagrams by one call, by sockets of both kinds: the same datagrams as by one call each.</summary>
[TestFixture(false)]
[TestFixture(true)]
[CancelAfter(20_000)]
internal sealed unsafe class SocketBatchTests(bool portable)
{
    private const int WaitMillis = 10_000;

    private readonly MachineSocketFactory _factory = new(portable);

    [Test]
    public void A_batch_arrives_as_the_same_datagrams_in_order([Values] bool connected)
    {
        using var receiver = Open();
        using var sender = connected
            ? _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint })
            : Open();
        int[] lengths = [64, 1_408, 1_408, 1_408, 96, 32, 1_408, 1];
        var bytes = Pattern(lengths.Sum());

        Assert.That(sender.TrySendBatch(bytes, lengths, receiver.LocalEndpoint), Is.EqualTo(lengths.Length));

        using var batch = new DatagramBatch(5);
        var datagrams = Receive(receiver, batch, lengths.Length, sender.LocalEndpoint);
        Assert.That(datagrams.Select(datagram => datagram.Length), Is.EqualTo(lengths));
        Assert.That(datagrams.SelectMany(datagram => datagram), Is.EqualTo(bytes));
    }

    [Test]
    public void Receiving_stops_at_the_limit_and_at_what_waits()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        using var batch = new DatagramBatch(4, 2_048);
        Assert.That(receiver.TryReceiveBatch(batch, 4), Is.Zero);
        sender.TrySendBatch(Pattern(300), [100, 50, 150], default);
        Assert.That(receiver.TryReceiveBatch(batch, 2), Is.EqualTo(2));
        Assert.That(batch[0].LengthBytes, Is.EqualTo(100));
        Assert.That(batch[1].LengthBytes, Is.EqualTo(50));
        Assert.That(receiver.TryReceiveBatch(batch, 4), Is.EqualTo(1));
        Assert.That(batch[0].LengthBytes, Is.EqualTo(150));
    }

    [Test]
    public void A_datagram_longer_than_its_slot_is_told_and_costs_no_other()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        using var batch = new DatagramBatch(4, 128);
        sender.TrySendBatch(Pattern(257), [64, 129, 64], default);
        Assert.That(receiver.TryReceiveBatch(batch, 4), Is.EqualTo(3));
        Assert.That(batch[0].LengthBytes, Is.EqualTo(64));
        Assert.That(batch[1].LengthBytes, Is.EqualTo(DatagramResult.Truncated));
        Assert.That(batch[2].LengthBytes, Is.EqualTo(64));
    }

    [Test]
    public void A_batch_to_nobody_tells_the_failure()
    {
        using var socket = Open();
        Assert.That(socket.TrySendBatch(Pattern(64), [32, 32], default), Is.EqualTo(DatagramResult.Failed));
    }

    [Test]
    public void Batches_allocate_nothing()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        using var batch = new DatagramBatch(8);
        var bytes = Pattern(640);
        int[] lengths = [128, 128, 128, 128, 128];
        Exchange(20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var received = Exchange(200);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(received, Is.EqualTo(200 * 640));

        int Exchange(int count)
        {
            var sum = 0;
            for (var index = 0; index < count; index++)
            {
                sender.TrySendBatch(bytes, lengths, default);
                for (var left = bytes.Length; left > 0;)
                {
                    var slots = receiver.TryReceiveBatch(batch, 8);
                    for (var slot = 0; slot < slots; slot++)
                    {
                        sum += batch[slot].LengthBytes;
                        left -= batch[slot].LengthBytes;
                    }
                }
            }

            return sum;
        }
    }

    private static List<byte[]> Receive(DatagramSocket socket, DatagramBatch batch, int count, SocketEndpoint from)
    {
        var datagrams = new List<byte[]>();
        var deadline = Environment.TickCount64 + WaitMillis;
        while (datagrams.Count < count && Environment.TickCount64 < deadline)
        {
            var slots = socket.TryReceiveBatch(batch, batch.Capacity);
            for (var index = 0; index < slots; index++)
            {
                var slot = batch[index];
                Assert.That(slot.From, Is.EqualTo(from));
                var bytes = new ReadOnlySpan<byte>(batch.AddressOf(index), slot.LengthBytes);
                for (; bytes.Length > 0; bytes = bytes[Math.Min(slot.SegmentLengthBytes, bytes.Length)..])
                {
                    datagrams.Add(bytes[..Math.Min(slot.SegmentLengthBytes, bytes.Length)].ToArray());
                }
            }
        }

        return datagrams;
    }

    private DatagramSocket Open() => _factory.Open(new DatagramSocketOptions { Local = SocketEndpoint.Loopback() });

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];
}
