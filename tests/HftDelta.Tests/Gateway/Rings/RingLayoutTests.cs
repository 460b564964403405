using System.Reflection;
using System.Runtime.InteropServices;
using HftDelta.Gateway.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway.Rings;

/// <summary>The words of producer and consumer of a ring never share a cache line, nor the line beside it.</summary>
[CancelAfter(10_000)]
internal sealed class RingLayoutTests
{
    private const int PaddingBytes = 128;

    [TestCase("RecordRingReader", "ReaderPlace")]
    [TestCase("RecordRingWriter", "WriterPlace")]
    public void The_words_of_one_side_are_padded_on_both_ends(string owner, string name)
    {
        var place = typeof(FrameRing).Assembly.GetType($"HftDelta.Gateway.Rings.{owner}")!
            .GetNestedType(name, BindingFlags.NonPublic)!;
        var offsets = place.GetFields(BindingFlags.Instance | BindingFlags.Public)
            .Select(field => (int)Marshal.OffsetOf(place, field.Name)).ToList();

        Assert.That(offsets, Is.Not.Empty);
        Assert.That(offsets.Min(), Is.GreaterThanOrEqualTo(PaddingBytes));
        Assert.That(Marshal.SizeOf(place) - offsets.Max(), Is.GreaterThanOrEqualTo(PaddingBytes + sizeof(int)));
    }

    [Test]
    public void Each_side_keeps_its_mutable_words_in_its_padded_place_alone()
    {
        foreach (var name in (string[])["RecordRingReader", "RecordRingWriter"])
        {
            var mutable = typeof(FrameRing).Assembly.GetType($"HftDelta.Gateway.Rings.{name}")!
                .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
                .Where(field => !field.IsInitOnly).Select(field => field.Name);
            Assert.That(mutable, Is.EqualTo(["_place"]), name);
        }
    }
}
