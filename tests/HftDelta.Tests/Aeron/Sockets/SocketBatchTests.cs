using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>
/// Several datagrams by one call: the same datagrams as by one call each, whichever way a socket moves them.
/// </summary>
[TestFixture(SocketKind.Plain)]
[TestFixture(SocketKind.Segmenting)]
[TestFixture(SocketKind.SegmentingRefused)]
[TestFixture(SocketKind.Coalescing)]
[TestFixture(SocketKind.SegmentingAndCoalescing)]
[TestFixture(SocketKind.Portable)]
[CancelAfter(20_000)]
internal sealed unsafe class SocketBatchTests(SocketKind kind)
{
    private const int WaitMillis = 3_000;

    private readonly DatagramSocketFactory _factory = SocketKinds.FactoryOrSkip(kind);

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

        var batch = new DatagramBatch(5);
        var datagrams = Receive(receiver, batch, lengths.Length, sender.LocalEndpoint);
        Assert.That(datagrams.Select(datagram => datagram.Length), Is.EqualTo(lengths));
        Assert.That(datagrams.SelectMany(datagram => datagram), Is.EqualTo(bytes));
    }

    [TestCase(1, 100)]
    [TestCase(63, 100)]
    [TestCase(64, 1_000)]
    [TestCase(65, 1_000)]
    [TestCase(46, 1_408)]
    [TestCase(47, 1_408)]
    [TestCase(130, 1_408)]
    [TestCase(16, 8_192)]
    [TestCase(3, 65_504)]
    public void Any_number_of_datagrams_of_one_length_arrives(int count, int length)
    {
        using var receiver = Open(2 * 1024 * 1024);
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        int[] lengths = [.. Enumerable.Repeat(length, count), length - 32];
        var bytes = Pattern(lengths.Sum());

        // A full buffer on the way out holds some back.
        var batch = new DatagramBatch(16);
        var datagrams = new List<byte[]>();
        for (var sent = 0; sent < lengths.Length;)
        {
            var left = sender.TrySendBatch(bytes.AsSpan(sent * length), lengths.AsSpan(sent), default);
            Assert.That(left, Is.AtLeast(0));
            sent += left;
            datagrams.AddRange(Receive(receiver, batch, left, sender.LocalEndpoint));
        }

        Assert.That(datagrams.Select(datagram => datagram.Length), Is.EqualTo(lengths));
        Assert.That(datagrams.SelectMany(datagram => datagram), Is.EqualTo(bytes));
    }

    [Test]
    public void A_refusal_to_cut_is_remembered_and_costs_no_datagram()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        var asked = kind is SocketKind.Segmenting or SocketKind.SegmentingRefused or SocketKind.SegmentingAndCoalescing;
        Assert.That(sender.SegmentsBatches, Is.EqualTo(asked));
        Assert.That(sender.TrySendBatch(Pattern(300), [100, 100, 100], default), Is.EqualTo(3));
        Assert.That(sender.SegmentsBatches, Is.EqualTo(asked && kind != SocketKind.SegmentingRefused));
        Assert.That(Receive(receiver, new DatagramBatch(4), 3, sender.LocalEndpoint), Has.Count.EqualTo(3));
    }

    [Test]
    public void Single_calls_read_what_was_sent_as_a_batch_one_by_one()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        sender.TrySendBatch(Pattern(340), [100, 100, 100, 40], default);
        var buffer = new byte[100];
        Assert.That(receiver.TryReceive(buffer, out var from), Is.EqualTo(100));
        Assert.That(from, Is.EqualTo(sender.LocalEndpoint));
        Assert.That(receiver.TryReceive(buffer.AsSpan(0, 99), out _), Is.EqualTo(DatagramResult.Truncated));
        var rest = Receive(receiver, new DatagramBatch(4), 2, sender.LocalEndpoint);
        Assert.That(rest.SelectMany(datagram => datagram), Is.EqualTo(Pattern(340)[200..]));
        Assert.That(receiver.TryReceive(buffer, out _), Is.EqualTo(DatagramResult.WouldBlock));
    }

    [Test]
    public void Receiving_stops_at_the_limit_and_at_what_waits()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        var batch = new DatagramBatch(4, 2_048);
        Assert.That(receiver.TryReceiveBatch(batch, 4), Is.Zero);
        sender.TrySendBatch(Pattern(300), [100, 50, 150], default);
        Assert.That(Lengths(receiver, batch, limit: 2, slots: 3), Is.EqualTo((int[])[100, 50, 150]));
        Assert.That(receiver.TryReceiveBatch(batch, 4), Is.Zero);
    }

    [Test]
    public void A_datagram_longer_than_its_slot_is_told_and_costs_no_other()
    {
        using var receiver = Open();
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        var batch = new DatagramBatch(4, 128);
        sender.TrySendBatch(Pattern(257), [64, 129, 64], default);
        Assert.That(
            Lengths(receiver, batch, limit: 4, slots: 3), Is.EqualTo((int[])[64, DatagramResult.Truncated, 64]));
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
        var batch = new DatagramBatch(8);
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
                var deadline = Environment.TickCount64 + WaitMillis;
                for (var left = bytes.Length; left > 0 && Environment.TickCount64 < deadline;)
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

    private static List<int> Lengths(DatagramSocket socket, DatagramBatch batch, int limit, int slots)
    {
        var lengths = new List<int>();
        var deadline = Environment.TickCount64 + WaitMillis;
        while (lengths.Count < slots && Environment.TickCount64 < deadline)
        {
            var count = socket.TryReceiveBatch(batch, limit);
            Assert.That(count, Is.InRange(0, limit));
            for (var index = 0; index < count; index++)
            {
                lengths.Add(batch[index].LengthBytes);
            }
        }

        return lengths;
    }

    private DatagramSocket Open(int receiveBufferBytes = 0) => _factory.Open(
        new DatagramSocketOptions { Local = SocketEndpoint.Loopback(), ReceiveBufferBytes = receiveBufferBytes });

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];
}
