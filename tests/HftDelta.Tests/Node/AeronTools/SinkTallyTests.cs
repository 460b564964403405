using HftDelta.Node.AeronTools;
using NUnit.Framework;

namespace HftDelta.Tests.Node.AeronTools;

/// <summary>What the sink calls a mismatch, and what it does not.</summary>
[CancelAfter(20_000)]
internal sealed class SinkTallyTests
{
    private readonly object _stream = new();

    [Test]
    public void Messages_in_order_are_counted_and_nothing_is_wrong()
    {
        var tally = new SinkTally(isVerifying: true);
        for (var number = 0; number < 600; number++)
        {
            Take(tally, _stream, number, 8 + number * 17);
        }

        Assert.That(tally.Messages, Is.EqualTo(600));
        Assert.That(tally.Bytes, Is.EqualTo(600 * 8 + 17 * (599 * 600 / 2)));
        Assert.That(tally.Mismatches, Is.Zero, tally.FirstMismatch);
    }

    [TestCase(2L, "message 2 instead of 1", TestName = "A lost message is a mismatch")]
    [TestCase(0L, "message 0 instead of 1", TestName = "A doubled message is a mismatch")]
    public void A_wrong_number_is_one_mismatch(long second, string words)
    {
        var tally = new SinkTally(isVerifying: true);
        Take(tally, _stream, 0, 32);
        Take(tally, _stream, second, 32);
        Take(tally, _stream, second + 1, 32);
        Assert.That(tally.Mismatches, Is.EqualTo(1));
        Assert.That(tally.FirstMismatch, Does.StartWith(words));
    }

    [Test]
    public void A_wrong_byte_is_a_mismatch_and_the_stream_goes_on()
    {
        var tally = new SinkTally(isVerifying: true);
        var message = MessagePatternTests.Formula(5, 64);
        message[63]++;
        tally.Take(message, _stream, 96);
        Take(tally, _stream, 6, 64);
        Assert.That(tally.Mismatches, Is.EqualTo(1));
        Assert.That(tally.FirstMismatch, Is.EqualTo("message 5 of 64 bytes at 96 holds other bytes"));
    }

    [Test]
    public void A_message_that_is_too_short_for_a_number_is_a_mismatch()
    {
        var tally = new SinkTally(isVerifying: true);
        tally.Take(new byte[7], _stream, 64);
        Assert.That(tally.Mismatches, Is.EqualTo(1));
    }

    [Test]
    public void Each_stream_has_numbers_of_its_own_and_begins_where_it_begins()
    {
        var tally = new SinkTally(isVerifying: true);
        var other = new object();
        for (var step = 0; step < 10; step++)
        {
            Take(tally, _stream, step, 32);
            Take(tally, other, 700 + step, 40);
        }

        Assert.That(tally.Mismatches, Is.Zero, tally.FirstMismatch);
    }

    [Test]
    public void Without_verify_anything_counts()
    {
        var tally = new SinkTally(isVerifying: false);
        tally.Take(new byte[3], _stream, 64);
        Take(tally, _stream, 9, 32);
        Take(tally, _stream, 4, 32);
        Assert.That(tally.Messages, Is.EqualTo(3));
        Assert.That(tally.Mismatches, Is.Zero);
    }

    private static void Take(SinkTally tally, object stream, long number, int length) =>
        tally.Take(MessagePatternTests.Formula(number, length), stream, number);
}
