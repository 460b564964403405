using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.LogBuffers;

/// <summary>Every state that a claimant may have died in, laid out by hand.</summary>
[CancelAfter(20_000)]
internal sealed unsafe class LogUnblockerTests
{
    private const int TermLength = 64 * 1024;
    private const int InitialTermId = 7;

    private LogBuffer _log = null!;

    [SetUp]
    public void Make() => _log = LogBuffer.Create(new LogParameters
    {
        Type = LogType.Concurrent,
        CorrelationId = 1,
        SessionId = 101,
        StreamId = 1_001,
        InitialTermId = InitialTermId,
        StartTermId = InitialTermId,
        TermLengthBytes = TermLength,
        MtuLengthBytes = 1_408,
    });

    [TearDown]
    public void Free() => _log.Dispose();

    [Test]
    public void A_claim_with_its_length_becomes_padding_of_that_length()
    {
        Tail(192);
        Length(0, -100);
        Assert.That(Unblock(0), Is.True);
        Assert.That(Frame(0), Is.EqualTo((100, FrameType.Pad, 0, InitialTermId)));
        Assert.That(Unblock(0), Is.False, "what is whole is left alone");
    }

    [Test]
    public void A_claim_without_a_length_ends_where_the_next_frame_begins([Values] bool nextIsWhole)
    {
        Tail(512);
        Length(256, nextIsWhole ? 64 : -64);
        Assert.That(Unblock(64), Is.True);
        Assert.That(Frame(64), Is.EqualTo((192, FrameType.Pad, 64, InitialTermId)));
    }

    [Test]
    public void A_claim_without_a_length_that_nothing_follows_is_left_alone()
    {
        Tail(512);
        Assert.That(Unblock(64), Is.False);
        Assert.That(*(int*)_log.At(64), Is.Zero);
    }

    [Test]
    public void A_claim_that_crossed_the_end_and_was_not_padded_is_and_the_log_moves_on()
    {
        Tail(TermLength + 500);
        Assert.That(Unblock(TermLength - 96), Is.True);
        Assert.That(Frame(TermLength - 96), Is.EqualTo((96, FrameType.Pad, TermLength - 96, InitialTermId)));
        Assert.That(_log.Metadata.ActiveTermCount, Is.EqualTo(1));
        Assert.That(RawTail.TermId(*_log.Metadata.RawTail(1)), Is.EqualTo(InitialTermId + 1));
    }

    [Test]
    public void A_rotation_that_was_owed_is_done()
    {
        Tail(TermLength + 500);
        Assert.That(Unblock(TermLength), Is.True);
        Assert.That(_log.Metadata.ActiveTermCount, Is.EqualTo(1));
        Assert.That(Unblock(TermLength), Is.False, "the next term is empty and waits for offers");
    }

    [Test]
    public void Nothing_to_send_is_nothing_to_clear()
    {
        Tail(64);
        Length(0, 64);
        Assert.That(Unblock(64), Is.False);
        Assert.That(Unblock(0), Is.False);
    }

    private bool Unblock(long position) =>
        LogUnblocker.Unblock(_log, FrameWriter.PackIds(101, 1_001), position);

    private void Tail(int offset) => *_log.Metadata.RawTail(0) = RawTail.Pack(InitialTermId, offset);

    private void Length(int offset, int length) => *(int*)_log.At(offset) = length;

    private (int Length, FrameType Type, int TermOffset, int TermId) Frame(int offset)
    {
        var header = DataHeader.Read(new ReadOnlySpan<byte>(_log.At(offset), DataHeader.LengthBytes));
        Assert.That((header.SessionId, header.StreamId), Is.EqualTo((101, 1_001)));
        return (header.FrameLength, header.Type, header.TermOffset, header.TermId);
    }
}
