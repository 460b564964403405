using System.Diagnostics;
using HdrHistogram;
using HftDelta.Node.AeronTools;
using NUnit.Framework;

namespace HftDelta.Tests.Node.AeronTools;

/// <summary>What becomes of answers: right, wrong, missing, doubled, and those of another run.</summary>
[CancelAfter(20_000)]
internal sealed class PingFlightTests
{
    [Test]
    public void The_window_fills_and_empties()
    {
        var flight = Begun(32, window: 3);
        var origin = flight.Next;
        for (var sent = 0; sent < 3; sent++)
        {
            Assert.That(flight.HasRoom, Is.True);
            flight.NoteSent(Stopwatch.GetTimestamp());
        }

        Assert.That(flight.HasRoom, Is.False);
        Answer(flight, origin, 32);
        Assert.That(flight.HasRoom, Is.True);
        Assert.That(flight.Ended, Is.EqualTo(1));
        Assert.That(flight.Sent, Is.EqualTo(3));
    }

    [Test]
    public void A_right_answer_is_measured_from_its_own_sending()
    {
        var flight = Begun(32, window: 2);
        var origin = flight.Next;
        var second = Stopwatch.Frequency;
        flight.NoteSent(Stopwatch.GetTimestamp() - (2 * second));
        flight.NoteSent(Stopwatch.GetTimestamp() - second);
        Answer(flight, origin, 32);
        Answer(flight, origin + 1, 32);
        var result = flight.End();
        Assert.That(result.Answered, Is.EqualTo(2));
        Assert.That(result.Mismatches + result.Lost, Is.Zero);
        Assert.That(result.Nanos.TotalCount, Is.EqualTo(2));
        Assert.That(result.Nanos.GetMaxValue(), Is.GreaterThanOrEqualTo(1_990_000_000L));
        Assert.That(result.Nanos.GetValueAtPercentile(50), Is.InRange(990_000_000L, 20_000_000_000L));
    }

    [Test]
    public void A_warm_up_is_not_measured()
    {
        var flight = new PingFlight(32, 1);
        flight.Begin(32, isMeasured: false);
        var origin = flight.Next;
        flight.NoteSent(Stopwatch.GetTimestamp());
        Answer(flight, origin, 32);
        Assert.That(flight.End().Nanos.TotalCount, Is.Zero);
        Assert.That(flight.End().Answered, Is.EqualTo(1));
    }

    [Test]
    public void An_answer_that_skips_one_makes_that_one_lost()
    {
        var flight = Begun(32, window: 4);
        var origin = flight.Next;
        flight.NoteSent(0);
        flight.NoteSent(0);
        Answer(flight, origin + 1, 32);
        var result = flight.End();
        Assert.That(result.Lost, Is.EqualTo(1));
        Assert.That(result.Answered, Is.EqualTo(1));
        Assert.That(flight.Ended, Is.EqualTo(2));
    }

    [Test]
    public void What_is_given_up_is_lost_and_its_late_answer_a_stray()
    {
        var flight = Begun(32, window: 4);
        var origin = flight.Next;
        flight.NoteSent(0);
        flight.NoteSent(0);
        Assert.That(flight.GiveUp(), Is.EqualTo(2));
        Answer(flight, origin, 32);
        var result = flight.End();
        Assert.That(result.Lost, Is.EqualTo(2));
        Assert.That(result.Mismatches, Is.Zero, result.FirstMismatch);
        Assert.That(flight.Strays, Is.EqualTo(1));
    }

    [Test]
    public void A_second_answer_is_a_mismatch()
    {
        var flight = Begun(32, window: 4);
        var origin = flight.Next;
        flight.NoteSent(0);
        Answer(flight, origin, 32);
        Answer(flight, origin, 32);
        Assert.That(flight.End().FirstMismatch, Does.Contain("answered twice"));
    }

    [Test]
    public void Answers_to_an_earlier_run_are_strays()
    {
        var flight = Begun(32, window: 4);
        Answer(flight, flight.Next - 1, 32);
        Answer(flight, flight.Next + 1_000, 32);
        Assert.That(flight.Strays, Is.EqualTo(2));
        Assert.That(flight.End().Mismatches, Is.Zero);
    }

    [TestCase(31)]
    [TestCase(33)]
    [TestCase(7)]
    public void An_answer_of_another_length_is_a_mismatch(int length)
    {
        var flight = Begun(32, window: 4);
        var origin = flight.Next;
        flight.NoteSent(0);
        flight.Take(MessagePatternTests.Formula(origin, Math.Max(length, 8)).AsSpan(0, length));
        Assert.That(flight.End().Mismatches, Is.EqualTo(1));
    }

    [Test]
    public void An_answer_with_a_wrong_byte_is_a_mismatch()
    {
        var flight = Begun(32, window: 4);
        var origin = flight.Next;
        flight.NoteSent(0);
        var answer = MessagePatternTests.Formula(origin, 32);
        answer[20] ^= 1;
        flight.Take(answer);
        Assert.That(flight.End().Mismatches, Is.EqualTo(1));
        Assert.That(flight.Ended, Is.EqualTo(1), "it was answered, if wrongly: nobody waits for it");
    }

    private static PingFlight Begun(int lengthBytes, int window)
    {
        var flight = new PingFlight(lengthBytes, window);
        flight.Begin(lengthBytes, isMeasured: true);
        return flight;
    }

    private static void Answer(PingFlight flight, long number, int length) =>
        flight.Take(MessagePatternTests.Formula(number, length));
}
