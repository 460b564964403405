using HftDelta.Aeron.Loss;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Loss;

/// <summary>When a gap is asked for: at once by one receiver, at random times by those of a group.</summary>
[CancelAfter(20_000)]
internal sealed class NakDelayTests
{
    private const long LongestNanos = 10_000_000;
    private const int GroupSize = 10;
    private const int Draws = 200_000;

    [Test]
    public void Delays_of_a_group_have_the_published_distribution([Values(1, 2, 3)] int seed)
    {
        var delay = NakDelay.ForGroup(LongestNanos, GroupSize, (ulong)seed);
        var drawn = Enumerable.Range(0, Draws).Select(_ => delay.FirstNanos()).Order().ToArray();

        Assert.That(drawn[0], Is.Not.Negative);
        Assert.That(drawn[^1], Is.LessThanOrEqualTo(LongestNanos));

        // The truncated exponential distribution of Nonnenmacher and Biersack, "Optimal multicast feedback", with its parameter
        // for this size: the share of receivers that has asked by a time is known.
        var lambda = Math.Log(GroupSize) + 1;
        foreach (var part in new[] { 0.1, 0.25, 0.5, 0.75, 0.9, 0.99 })
        {
            var expected = (Math.Exp(lambda * part) - 1) / (Math.Exp(lambda) - 1);
            var share = drawn.Count(nanos => nanos <= part * LongestNanos) / (double)Draws;
            Assert.That(share, Is.EqualTo(expected).Within(0.005), $"by {part} of the longest delay, seed {seed}");
        }
    }

    [Test]
    public void Of_ten_receivers_that_miss_the_same_about_one_or_two_ask_before_the_others_could_hear_it()
    {
        const int groups = 2_000;
        const long travelNanos = LongestNanos / 10;
        var delays = Enumerable.Range(0, GroupSize).Select(index => NakDelay.ForGroup(LongestNanos, GroupSize, (ulong)index));
        var receivers = delays.ToArray();
        var asked = 0;
        for (var group = 0; group < groups; group++)
        {
            var times = receivers.Select(receiver => receiver.FirstNanos()).ToArray();
            asked += times.Count(time => time <= times.Min() + travelNanos);
        }

        Assert.That(asked / (double)groups, Is.InRange(1.0, 2.5), "out of ten");
    }

    [Test]
    public void Receivers_of_a_group_wait_for_different_times()
    {
        var one = NakDelay.ForGroup(LongestNanos, GroupSize, 1);
        var other = NakDelay.ForGroup(LongestNanos, GroupSize, 2);

        Assert.That(one.FirstNanos(), Is.Not.EqualTo(other.FirstNanos()));
        var repeats = new[] { one.RepeatNanos(), one.RepeatNanos() };
        Assert.That(repeats, Is.Unique);
    }

    [Test]
    public void A_gap_is_due_after_the_delay_and_then_after_each_repeat_delay()
    {
        var detector = new LossDetector(NakDelay.Fixed(1_000, 100_000));

        Assert.That(detector.OnGap(0, 64, 10), Is.False);
        Assert.That(detector.IsNew, Is.True);
        Assert.That(detector.OnGap(0, 64, 1_009), Is.False);
        Assert.That(detector.IsNew, Is.False);
        Assert.That(detector.OnGap(0, 64, 1_010), Is.True);
        Assert.That(detector.OnGap(0, 64, 101_009), Is.False);
        Assert.That(detector.OnGap(0, 64, 101_010), Is.True);
    }

    [TestCase(32, 64)]
    [TestCase(0, 32)]
    public void A_gap_that_changes_is_a_new_gap(long begin, long end)
    {
        var detector = new LossDetector(NakDelay.Fixed(1_000, 100_000));
        detector.OnGap(0, 64, 0);

        Assert.That(detector.OnGap(begin, end, 1_000), Is.False, "its delay begins anew");
        Assert.That(detector.IsNew, Is.True);
        Assert.That(detector.OnGap(begin, end, 2_000), Is.True);
    }

    [Test]
    public void A_gap_that_nobody_fills_is_asked_for_less_and_less_and_the_next_one_urgently_again()
    {
        var detector = new LossDetector(NakDelay.Fixed(1_000, 100_000));
        var first = Enumerable.Range(0, 1_000_000).Count(micros => detector.OnGap(0, 64, micros * 1_000L));

        // 256 in the first 26 ms, then one each millisecond.
        Assert.That(first, Is.InRange(256 + 970, 256 + 980));
        var next = Enumerable.Range(1_000_000, 10_000).Count(micros => detector.OnGap(128, 160, micros * 1_000L));
        Assert.That(next, Is.EqualTo(100).Within(1));
    }
}
