using HftDelta.Aeron;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Claims whose claimant never came back.</summary>
[CancelAfter(20_000)]
internal sealed class UnblockTests
{
    private const ulong Second = 1_000 * AeronPair.Millisecond;

    [Test]
    public void A_claim_that_is_never_committed_is_cleared_away_after_the_timeout()
    {
        var unblocked = Counter.Detached("none");
        using var pair = Pair(unblocked);
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        Assert.That(publication.TryClaim(100, out _), Is.Positive);
        Assert.That(publication.Offer("behind it"u8), Is.Positive);
        pair.StepFor(14 * Second, AeronPair.Millisecond);
        Assert.That(Texts(subscription), Is.Empty);
        Assert.That(unblocked.Value, Is.Zero);

        pair.StepFor(2 * Second, AeronPair.Millisecond);
        Assert.That(Texts(subscription), Is.EqualTo(["behind it"]));
        Assert.That(unblocked.Value, Is.EqualTo(1));
    }

    [Test]
    public void A_reader_that_is_slow_is_not_taken_for_a_dead_claimant()
    {
        var unblocked = Counter.Detached("none");
        using var pair = Pair(unblocked);
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var sent = 0;
        while (publication.Offer(new byte[992]) is var position && position != Publication.BackPressured)
        {
            sent += position > 0 ? 1 : 0;
            pair.StepFor(AeronPair.Millisecond / 10);
        }

        pair.StepFor(20 * Second, AeronPair.Millisecond);
        Assert.That(unblocked.Value, Is.Zero);
        var read = 0;
        pair.StepUntil(() => (read += Texts(subscription).Count) == sent);
        Assert.That(read, Is.EqualTo(sent));
    }

    [Test]
    public void Closing_over_an_uncommitted_claim_still_sends_what_was_offered_behind_it()
    {
        var unblocked = Counter.Detached("none");
        using var pair = Pair(unblocked);
        using var subscription = pair.Subscribe();
        using var publication = pair.PublishExclusively(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.TryClaim(1_000, out _), Is.Positive);
        Assert.That(publication.Offer("behind it"u8), Is.Positive);
        publication.Dispose();

        pair.StepFor(2 * Second, AeronPair.Millisecond);
        Assert.That(Texts(subscription), Is.EqualTo(["behind it"]));
        Assert.That(unblocked.Value, Is.EqualTo(1));
    }

    private static AeronPair Pair(Counter unblocked) => new(adjust: options => options with
    {
        Counters = (name, label, unit) =>
            name == "hftdelta_aeron_publications_unblocked_total" ? unblocked : Counter.Detached(name, label, unit),
    });

    private static List<string> Texts(Subscription subscription)
    {
        var handler = new KeepingHandler();
        while (subscription.Poll(ref handler, 10) > 0)
        {
        }

        return [.. handler.Texts];
    }
}
