using HftDelta.Runtime.Memory;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Memory;

[TestFixture]
[CancelAfter(20_000)]
public sealed unsafe class NativeRegionTests
{
    [TestCase(1, 4_096)]
    [TestCase(4_096, 4_096)]
    [TestCase(4_097, 8_192)]
    public void Length_is_rounded_up_to_pages(long asked, long given)
    {
        using var region = new NativeRegion(asked, default);

        Assert.That(region.LengthBytes, Is.EqualTo(given));
        Assert.That((nuint)region.Pointer % 4_096, Is.EqualTo((nuint)0));
        Assert.That(region.Refused, Is.Empty, "nothing was wished for");
    }

    [Test]
    public void Populated_memory_is_zero_and_keeps_what_is_written()
    {
        using var region = new NativeRegion(3 << 20, NativeRegionWishes.HotPath);
        var bytes = new Span<byte>(region.Pointer, (int)region.LengthBytes);

        Assert.That(bytes.IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        bytes.Fill(0xA5);
        Assert.That(bytes.IndexOfAnyExcept((byte)0xA5), Is.EqualTo(-1));
    }

    [Test]
    public void Memory_that_the_machine_cannot_give_is_a_clear_error() =>
        Assert.That(
            () => new NativeRegion(1L << 60, default),
            Throws.InstanceOf<OutOfMemoryException>().With.Message.Contains("1152921504606846976"));

    [Test]
    public void Disposing_twice_is_harmless()
    {
        var region = new NativeRegion(4_096, default);
        region.Dispose();

        Assert.That(region.Dispose, Throws.Nothing);
        Assert.That((nuint)region.Pointer, Is.EqualTo((nuint)0));
    }
}
