using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Threads;

/// <summary>What is read of the system's own tables; the texts are as Linux writes them.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CoreTopologyTests
{
    [Test]
    public void Interrupts_of_devices_are_summed_by_core_and_those_that_come_to_all_are_not()
    {
        const string text =
            "           CPU0       CPU1       CPU3\n"
            + " 24:          1          0         10  IO-APIC   5-edge      ACPI:Ged\n"
            + " 36:          0    1815170         20  PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0\n"
            + "LOC:   28887580   28522930   28522930  Local timer interrupts\n"
            + "ERR:          7\n";

        var sums = CoreTopology.InterruptsOf(text);

        Assert.That(sums, Is.EquivalentTo(new Dictionary<int, long> { [0] = 1, [1] = 1_815_170, [3] = 30 }));
    }

    [TestCase("0\n", 0)]
    [TestCase("2,6\n", 2)]
    [TestCase("4-5\n", 4)]
    [TestCase("", 7)]
    public void First_of_a_list_of_siblings_names_the_physical_core(string list, int expected) =>
        Assert.That(CoreTopology.FirstOf(list, otherwise: 7), Is.EqualTo(expected));

    [Test]
    public void A_system_without_the_tables_has_no_interrupts() => Assert.That(CoreTopology.InterruptsOf(""), Is.Empty);

    [Test]
    [Platform("Linux")]
    public void This_machine_is_read_with_the_cores_that_the_thread_may_use()
    {
        CpuAffinity.TryGetAllowedCores(out var allowed, out _);

        var topology = CoreTopology.Read();

        Assert.Multiple(() =>
        {
            Assert.That(topology.Cores.Select(facts => facts.Core), Is.EqualTo(allowed));
            Assert.That(topology.Runnable, Is.InRange(1, allowed.Count));
            Assert.That(topology.PhysicalCores, Is.InRange(1, topology.Runnable));
        });
    }

    [Test]
    [Platform("Linux")]
    public void A_thread_that_is_kept_on_cores_may_use_those_and_no_other()
    {
        CpuAffinity.TryGetAllowedCores(out var allowed, out _);
        IReadOnlyList<int> after = [];
        var thread = new Thread(() =>
        {
            CpuAffinity.KeepCurrentThread([allowed[^1]]);
            CpuAffinity.TryGetAllowedCores(out after, out _);
        });
        thread.Start();
        thread.Join();

        Assert.That(after, Is.EqualTo(new[] { allowed[^1] }));
    }

    [Test]
    public void A_spare_sibling_is_used_only_when_physical_cores_run_out()
    {
        var topology = CoreTopology.Of((CoreFacts[])[new(0, 0, 0), new(1, 1, 0), new(2, 0, 0), new(3, 1, 0)]);

        Assert.Multiple(() =>
        {
            Assert.That(CoreMap.Assign(2, topology).Cores, Is.EqualTo(new[] { 0, 1 }));
            Assert.That(CoreMap.Assign(3, topology).Cores, Is.EqualTo(new[] { 0, 1, 2 }));
            Assert.That(CoreMap.Assign(3, topology).Message, Does.EndWith("some share a physical core"));
        });
    }
}
