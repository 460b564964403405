using System.Text;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Messages of several fragments from a publisher that keeps to no rules: one that never ends, fragments without a beginning or
/// an end, one that is longer than any message may be. What is whole is handed on, nothing else is, and nothing grows.
/// </summary>
[CancelAfter(20_000)]
internal sealed class MalformedMessageTests
{
    private const byte Begin = FrameFlags.DataBegin;
    private const byte End = FrameFlags.DataEnd;
    private const byte Middle = 0;
    private const byte Whole = FrameFlags.DataUnfragmented;

    private static readonly int LongestMessage = TermArithmetic.MessageLengthMax(RawPublisher.TermLength);

    [Test]
    public void A_message_that_never_ends_is_dropped_when_another_begins() =>
        Assert.That(Received(("a", Begin), ("b", Middle), ("c", Middle), ("d", Begin), ("e", End)), Is.EqualTo(["de"]));

    [Test]
    public void A_whole_message_amid_the_fragments_of_another_cuts_that_one_off() =>
        Assert.That(Received(("a", Begin), ("whole", Whole), ("b", End), ("c", Begin), ("d", End)), Is.EqualTo(["whole", "cd"]));

    [Test]
    public void Fragments_without_a_beginning_are_dropped() =>
        Assert.That(Received(("a", Middle), ("b", End), ("c", End), ("d", Whole)), Is.EqualTo(["d"]));

    [Test]
    public void A_message_longer_than_any_may_be_is_dropped_whole()
    {
        var fragment = new string('x', 1_000);
        var count = (LongestMessage / fragment.Length) + 1;
        List<(string, byte)> fragments =
            [(fragment, Begin), .. Enumerable.Repeat((fragment, Middle), count - 1), (fragment, End)];
        Assert.That(Received([.. fragments, ("after", Whole)]), Is.EqualTo(["after"]));
        fragments.RemoveRange(1, 2);
        Assert.That(Received([.. fragments]).Single(), Has.Length.EqualTo((count - 1) * fragment.Length));
    }

    private static List<string> Received(params (string Text, byte Flags)[] fragments)
    {
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe();
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        var handler = new FragmentAssembler<KeepingHandler>(new KeepingHandler());
        var termOffset = 0;
        foreach (var (text, flags) in fragments)
        {
            publisher.Data(termOffset, Encoding.ASCII.GetBytes(text), flags);
            termOffset += TermArithmetic.Align(DataHeader.LengthBytes + text.Length);
            pair.StepFor(AeronPair.Millisecond);
            while (subscription.Poll(ref handler, 10) > 0)
            {
            }
        }

        return [.. handler.Handler.Texts];
    }
}
