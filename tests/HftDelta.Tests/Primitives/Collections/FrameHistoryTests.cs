using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Primitives.Collections;

/// <summary>The last frames of each owner against a queue of whole copies.</summary>
[TestFixture]
[CancelAfter(20_000)]
internal sealed class FrameHistoryTests
{
    private const int Frames = 16;
    private const int Bytes = 300;
    private const int FrameMax = 120;

    [Test]
    public void Short_frames_are_kept_by_number_whatever_the_room()
    {
        using var history = new FrameHistory(2, Frames, Bytes, FrameMax);
        for (ulong sequence = 1; sequence <= 50; sequence++)
        {
            history.Keep(1, sequence, Frame(sequence, 10));
            Assert.That(history.NextOf(1), Is.EqualTo(sequence + 1));
            Assert.That(history.FirstOf(1), Is.EqualTo(sequence > Frames ? sequence - Frames + 1 : 1));
        }

        Assert.That(history.Find(1, 34).IsEmpty && history.Find(1, 51).IsEmpty && history.Find(1, 0).IsEmpty, Is.True);
        Assert.That(history.Find(1, 35).ToArray(), Is.EqualTo(Frame(35, 10)));
        Assert.That((history.FirstOf(0), history.NextOf(0)), Is.EqualTo((1, 1)), "another owner's are its own");
    }

    [Test]
    public void Long_frames_take_the_room_of_the_oldest()
    {
        using var history = new FrameHistory(1, Frames, Bytes, FrameMax);
        for (ulong sequence = 1; sequence <= 16; sequence++) history.Keep(0, sequence, Frame(sequence, 15));
        history.Keep(0, 17, Frame(17, FrameMax));
        Assert.That(history.FirstOf(0), Is.EqualTo(5), "300 bytes hold it and 12 of 15");
        history.Keep(0, 18, Frame(18, FrameMax));
        Assert.That(history.FirstOf(0), Is.EqualTo(13));
        history.Keep(0, 19, Frame(19, FrameMax));
        Assert.That(history.FirstOf(0), Is.EqualTo(18));
        Assert.That(history.Find(0, 18).ToArray(), Is.EqualTo(Frame(18, FrameMax)));
        Assert.That(history.Find(0, 19).ToArray(), Is.EqualTo(Frame(19, FrameMax)));
    }

    [Test]
    public void A_sequence_begins_again_or_goes_on_from_a_place()
    {
        using var history = new FrameHistory(1, Frames, Bytes, FrameMax);
        history.Keep(0, 1, Frame(1, 20));
        history.Restart(0, 900);
        Assert.That((history.FirstOf(0), history.NextOf(0)), Is.EqualTo((900, 900)));
        Assert.That(history.Find(0, 1).IsEmpty, Is.True);
        history.Keep(0, 900, Frame(900, 20));
        Assert.That(history.Find(0, 900).ToArray(), Is.EqualTo(Frame(900, 20)));
        Assert.That(history.Find(0, 899).IsEmpty, Is.True);
    }

    [Test]
    public void A_gap_and_a_frame_too_long_are_broken_invariants()
    {
        using var history = new FrameHistory(1, Frames, Bytes, FrameMax);
        Assert.That(() => history.Keep(0, 2, Frame(2, 1)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => history.Keep(0, 1, Frame(1, FrameMax + 1)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => history.Keep(1, 1, Frame(1, 1)), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Any_lengths_are_kept_as_a_queue_of_copies_keeps_them([Range(1, 8)] int seed)
    {
        const int owners = 3;
        var random = new SeededRandom((ulong)seed);
        using var history = new FrameHistory(owners, Frames, Bytes, FrameMax);
        var models = Enumerable.Range(0, owners).Select(_ => new List<byte[]>()).ToArray();
        var last = new ulong[owners];
        for (var step = 0; step < 3_000; step++)
        {
            var owner = (int)random.NextBelow(owners);
            var longest = random.NextBelow(4) == 0 ? FrameMax + 1UL : 30;
            var frame = Frame(++last[owner], (int)random.NextBelow(longest));
            history.Keep((uint)owner, last[owner], frame);
            var model = models[owner];
            model.Add(frame);
            while (model.Count > Frames || model.Sum(kept => kept.Length) > Bytes) model.RemoveAt(0);
            for (uint each = 0; each < owners; each++)
            {
                Assert.That(history.FirstOf(each), Is.EqualTo(last[each] + 1 - (ulong)models[each].Count), $"seed {seed}");
                for (var index = 0; index < models[each].Count; index++)
                {
                    var found = history.Find(each, history.FirstOf(each) + (ulong)index);
                    Assert.That(found.SequenceEqual(models[each][index]), Is.True, $"seed {seed} step {step}");
                }
            }
        }
    }

    [Test]
    public void Memory_is_the_room_of_the_frames_and_their_places()
    {
        using var history = new FrameHistory(256, 256, 256 * 192, 828);
        Assert.That(history.LengthBytes, Is.EqualTo(256 * ((256 * (192 + 8)) + 828 + 24)));
    }

    /// <summary>Content by sequence, so that a frame that another one overwrote is noticed.</summary>
    private static byte[] Frame(ulong sequence, int length)
    {
        var frame = new byte[length];
        var random = new SeededRandom(sequence);
        for (var index = 0; index < length; index++)
        {
            frame[index] = (byte)random.NextBelow(256);
        }

        return frame;
    }
}
