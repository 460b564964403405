using HftDelta.Aeron;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>A subscription that may not hold the others back: it is let go when it falls behind, and comes back later.</summary>
[CancelAfter(20_000)]
internal sealed class UntetheredReaderTests
{
    private const ulong Millisecond = AeronPair.Millisecond;
    private const string Untethered =
        "tether=false|untethered-window-limit-timeout=300ms|untethered-linger-timeout=200ms|untethered-resting-timeout=400ms";

    [Test]
    public void A_reader_that_stands_still_loses_its_image_and_joins_where_the_others_are()
    {
        using var pair = new AeronPair();
        using var fast = pair.Subscribe();
        using var slow = pair.Subscribe(Untethered);
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected && slow.IsConnected), Is.True);
        var handler = new KeepingHandler();
        var message = new byte[1_000];
        var first = slow.Images[0];

        void Work()
        {
            publication.Offer(message);
            fast.Poll(ref handler, 100);
        }

        // Held back by the slow one at first: its limit of 300 ms is not over.
        Assert.That(Until(pair, () => publication.Offer(message) == Publication.BackPressured, Work), Is.True);
        Assert.That(first.IsClosed, Is.False);
        var stuckAt = publication.Position;

        Assert.That(Until(pair, () => first.IsClosed, Work), Is.True);
        Assert.That(publication.Position, Is.LessThan(stuckAt + 40_000), "its place counts while it lingers");

        Assert.That(Until(pair, () => publication.Position > stuckAt + 200_000, Work), Is.True, "then the stream goes on");
        Assert.That(slow.IsConnected, Is.False);

        Assert.That(Until(pair, () => slow.IsConnected, Work), Is.True, "and it comes back");
        Assert.That(slow.Images[0].JoinPosition, Is.GreaterThan(stuckAt + 100_000));
        Assert.That(fast.Images[0].IsClosed, Is.False);
    }

    [Test]
    public void A_tethered_reader_that_stands_still_holds_the_stream_back_for_good()
    {
        using var pair = new AeronPair();
        using var fast = pair.Subscribe();
        using var slow = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected && slow.IsConnected), Is.True);
        var handler = new KeepingHandler();
        var message = new byte[1_000];
        Until(
            pair,
            () => false,
            () =>
            {
                publication.Offer(message);
                fast.Poll(ref handler, 100);
            });

        Assert.That(slow.Images[0].IsClosed, Is.False);
        Assert.That(publication.Position, Is.LessThan(64 * 1024 * 2));
    }

    [Test]
    public void A_reader_that_keeps_up_stays()
    {
        using var pair = new AeronPair();
        using var fast = pair.Subscribe();
        using var other = pair.Subscribe(Untethered);
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected && other.IsConnected), Is.True);
        var handler = new KeepingHandler();
        var message = new byte[1_000];
        var image = other.Images[0];
        Until(
            pair,
            () => false,
            () =>
            {
                publication.Offer(message);
                fast.Poll(ref handler, 100);
                other.Poll(ref handler, 100);
            });

        Assert.That(image.IsClosed, Is.False);
        Assert.That(publication.Position, Is.GreaterThan(500_000));
    }

    private static bool Until(AeronPair pair, Func<bool> holds, Action work) => pair.StepUntil(
        () =>
        {
            work();
            return holds();
        },
        2_000 * Millisecond,
        Millisecond / 2);
}
