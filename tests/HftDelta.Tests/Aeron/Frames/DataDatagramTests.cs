using System.Buffers.Binary;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Frames;

/// <summary>The strict rules for DATA datagrams, each broken by itself.</summary>
[CancelAfter(20_000)]
internal sealed class DataDatagramTests
{
    private const int TermLengthBytes = 65_536;

    [Test]
    public void Several_frames_cover_the_term_one_behind_the_other()
    {
        var bytes = Datagram(640, 43, 32, 100);
        Assert.That(DataDatagram.TryRead(bytes, TermLengthBytes, out var read), Is.EqualTo(FrameFault.None));
        Assert.That(read.FrameCount, Is.EqualTo(3));
        Assert.That(read.ExtentBytes, Is.EqualTo(64 + 32 + 128));
        Assert.That(read.First.TermOffset, Is.EqualTo(640));
        Assert.That(read.IsHeartbeat, Is.False);
    }

    [Test]
    public void A_datagram_may_fill_the_term_to_its_last_byte()
    {
        Assert.That(Fault(Datagram(TermLengthBytes - 64, 64)), Is.EqualTo(FrameFault.None));
        Assert.That(Fault(Datagram(TermLengthBytes - 64, 65)), Is.EqualTo(FrameFault.OutsideTerm));
        Assert.That(Fault(Datagram(TermLengthBytes - 64, 32, 33)), Is.EqualTo(FrameFault.OutsideTerm));
        Assert.That(Fault(Datagram(TermLengthBytes, 32)), Is.EqualTo(FrameFault.OutsideTerm));
        Assert.That(Fault(Datagram(-32, 32)), Is.EqualTo(FrameFault.OutsideTerm));
    }

    [Test]
    public void Padding_covers_more_than_it_sends_and_comes_last()
    {
        var alone = Datagram(64_608, 928)[..32];
        AsPadding(alone, 0);
        Assert.That(DataDatagram.TryRead(alone, TermLengthBytes, out var read), Is.EqualTo(FrameFault.None));
        Assert.That(read.ExtentBytes, Is.EqualTo(928));
        Assert.That(read.First.IsPadding, Is.True);

        var behindData = Datagram(64_544, 64, 928)[..96];
        AsPadding(behindData, 64);
        Assert.That(DataDatagram.TryRead(behindData, TermLengthBytes, out read), Is.EqualTo(FrameFault.None));
        Assert.That((read.FrameCount, read.ExtentBytes), Is.EqualTo((2, 64 + 928)));

        var beforeData = Datagram(0, 32, 32);
        AsPadding(beforeData, 0);
        Assert.That(Fault(beforeData), Is.EqualTo(FrameFault.PaddingNotLast));

        SetInt(alone, 0, 929);
        Assert.That(Fault(alone), Is.EqualTo(FrameFault.OutsideTerm), "it ends past the term");
    }

    [Test]
    public void A_heartbeat_has_no_length_and_an_empty_message_has_32()
    {
        var empty = Datagram(96, 32);
        Assert.That(DataDatagram.TryRead(empty, TermLengthBytes, out var read), Is.EqualTo(FrameFault.None));
        Assert.That((read.IsHeartbeat, read.ExtentBytes), Is.EqualTo((false, 32)));

        var heartbeat = new byte[32];
        DataHeader.Heartbeat(1, 2, 7, 96).Write(heartbeat);
        Assert.That(DataDatagram.TryRead(heartbeat, TermLengthBytes, out read), Is.EqualTo(FrameFault.None));
        Assert.That((read.IsHeartbeat, read.ExtentBytes), Is.EqualTo((true, 0)));

        var longer = new byte[64];
        heartbeat.CopyTo(longer, 0);
        Assert.That(Fault(longer), Is.EqualTo(FrameFault.WrongLength), "a heartbeat is alone");
        AsPadding(heartbeat, 0);
        Assert.That(Fault(heartbeat), Is.EqualTo(FrameFault.WrongLength), "padding has a length");
    }

    [TestCase(8, 640, FrameFault.NotContiguous)]
    [TestCase(12, 3, FrameFault.NotContiguous)]
    [TestCase(16, 3, FrameFault.NotContiguous)]
    [TestCase(20, 8, FrameFault.NotContiguous)]
    [TestCase(0, 31, FrameFault.WrongLength)]
    [TestCase(0, 0, FrameFault.WrongLength)]
    [TestCase(0, -64, FrameFault.WrongLength)]
    [TestCase(0, 65, FrameFault.WrongLength)]
    [TestCase(0, int.MaxValue, FrameFault.OutsideTerm)]
    [TestCase(4, 0x0005_C000, FrameFault.UnexpectedType)]
    [TestCase(4, 0x0001_C001, FrameFault.UnknownVersion)]
    public void The_second_frame_continues_the_first(int offset, int value, FrameFault fault)
    {
        var bytes = Datagram(320, 64, 64);
        Assert.That(Fault(bytes), Is.EqualTo(FrameFault.None));
        SetInt(bytes, 64 + offset, value);
        Assert.That(Fault(bytes), Is.EqualTo(fault));
    }

    [Test]
    public void A_datagram_is_a_multiple_of_32_and_begins_at_one()
    {
        var bytes = Datagram(320, 50);
        Assert.That(Fault(bytes[..50]), Is.EqualTo(FrameFault.NotAligned));
        Assert.That(Fault(bytes[..32]), Is.EqualTo(FrameFault.WrongLength), "the payload is missing");
        Assert.That(Fault(bytes[..31]), Is.EqualTo(FrameFault.TooShort));
        SetInt(bytes, 8, 328);
        Assert.That(Fault(bytes), Is.EqualTo(FrameFault.NotAligned));
    }

    [Test]
    public void Reading_and_writing_headers_allocates_nothing()
    {
        var bytes = Datagram(320, 64, 64);
        var status = new byte[StatusMessageFrame.LengthWithGroupTagBytes];
        Work(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Work(1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(sum, Is.EqualTo(1_000 * (128 + 100)));
        Assert.That(allocated, Is.Zero);

        long Work(int count)
        {
            var total = 0L;
            for (var trial = 0; trial < count; trial++)
            {
                _ = DataDatagram.TryRead(bytes, TermLengthBytes, out var read);
                total += read.ExtentBytes;
                new StatusMessageFrame(0, 1, 2, 7, 64, 100, 5, 9).Write(status);
                _ = StatusMessageFrame.TryRead(status, out var again);
                total += again.ReceiverWindow;
                read.First.Write(bytes);
            }

            return total;
        }
    }

    private static FrameFault Fault(byte[] bytes) => DataDatagram.TryRead(bytes, TermLengthBytes, out _);

    private static void AsPadding(byte[] bytes, int frame) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(frame + 6), (ushort)FrameType.Pad);

    private static void SetInt(byte[] bytes, int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);

    private static byte[] Datagram(int termOffset, params int[] frameLengths)
    {
        var bytes = new byte[frameLengths.Sum(TermArithmetic.Align)];
        var index = 0;
        foreach (var length in frameLengths)
        {
            new DataHeader(length, FrameFlags.DataUnfragmented, FrameType.Data, termOffset + index, 1, 2, 7)
                .Write(bytes.AsSpan(index));
            index += TermArithmetic.Align(length);
        }

        return bytes;
    }
}
