using HftDelta.Runtime.Memory;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Memory;

/// <summary>What is asked of the system, by its own words; nothing here locks the memory of the tests.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed unsafe class ProcessMemoryTests
{
    [TestCase("[always] madvise never\n", true)]
    [TestCase("always [madvise] never\n", true)]
    [TestCase("always madvise [never]\n", false)]
    public void Huge_pages_are_there_where_the_system_gives_them_to_those_who_ask(string enabled, bool isGranted)
    {
        var grant = ProcessMemory.HugePagesOf(enabled);

        Assert.That(grant.IsGranted, Is.EqualTo(isGranted));
        Assert.That(grant.Mend, isGranted ? Is.Empty : Does.Contain("transparent_hugepage"));
    }

    // CAP_IPC_LOCK is bit 14: capability.h.
    [TestCase("Name:\tx\nCapEff:\t000001ffffffffff\n", true)]
    [TestCase("CapEff:\t0000000000004000\n", true)]
    [TestCase("CapEff:\t0000000000008000\n", false)]
    [TestCase("CapEff:\t0000000000000000\n", false)]
    [TestCase("", false)]
    public void The_capability_to_lock_memory_is_read_from_the_status(string status, bool has) =>
        Assert.That(ProcessMemory.HasLockCapability(status), Is.EqualTo(has));

    [TestCase(2L << 20)]
    [TestCase(5L << 20)]
    [Platform("Linux")]
    public void A_large_region_begins_where_a_huge_page_may_and_all_of_it_can_be_used(long lengthBytes)
    {
        using var region = new NativeRegion(lengthBytes, NativeRegionWishes.HotPath);

        Assert.That((long)region.Pointer % (2L << 20), Is.Zero);
        new Span<byte>(region.Pointer, (int)region.LengthBytes).Fill(0x5A);
        Assert.That(region.Pointer[lengthBytes - 1], Is.EqualTo(0x5A));
    }
}
