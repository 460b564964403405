using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Threads;

/// <summary>Each test pins a thread of its own: the runner's threads keep the cores they have.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CpuAffinityTests
{
    [Test]
    [Platform("Linux")]
    public void Pinned_thread_may_use_that_core_only()
    {
        AffinityResult result = default;
        IReadOnlyList<int> before = [];
        IReadOnlyList<int> after = [];
        OnOwnThread(() =>
        {
            CpuAffinity.TryGetAllowedCores(out before, out _);
            result = CpuAffinity.PinCurrentThread(before[^1]);
            CpuAffinity.TryGetAllowedCores(out after, out _);
        });

        Assert.Multiple(() =>
        {
            Assert.That(result, Is.EqualTo(new AffinityResult(true, $"pinned to core {before[^1]}")));
            Assert.That(after, Is.EqualTo(new[] { before[^1] }));
        });
    }

    [Test]
    [Platform("Linux")]
    public void Pinning_one_thread_leaves_the_others_their_cores()
    {
        CpuAffinity.TryGetAllowedCores(out var before, out _);
        OnOwnThread(() => CpuAffinity.PinCurrentThread(before[0]));
        CpuAffinity.TryGetAllowedCores(out var after, out _);

        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    [Platform("Linux")]
    public void Core_that_the_machine_lacks_is_refused_with_the_words_of_the_system()
    {
        const int absentCore = CpuAffinity.CoresMax - 1;
        AffinityResult result = default;
        OnOwnThread(() => result = CpuAffinity.PinCurrentThread(absentCore));

        Assert.Multiple(() =>
        {
            Assert.That(result.IsPinned, Is.False);
            Assert.That(
                result.Message,
                Is.EqualTo($"not pinned to core {absentCore}: sched_setaffinity: Invalid argument (errno 22)"));
        });
    }

    [Test]
    [Platform("Linux")]
    public void Thread_that_does_not_exist_is_refused_with_the_words_of_the_system() => Assert.That(
        CpuAffinity.PinThread(int.MaxValue, 0).Message,
        Is.EqualTo("not pinned to core 0: sched_setaffinity: No such process (errno 3)"));

    [TestCase(-1)]
    [TestCase(CpuAffinity.CoresMax)]
    [Platform("Linux")]
    public void Number_that_is_no_core_is_refused_before_any_call(int core)
    {
        Assert.That(
            CpuAffinity.PinCurrentThread(core).Message, Is.EqualTo($"not pinned to core {core}: core numbers are 0 to 8191"));
    }

    [Test]
    [Platform(Exclude = "Linux")]
    public void Elsewhere_nothing_is_pinned_and_the_message_says_why()
    {
        Assert.Multiple(() =>
        {
            Assert.That(CpuAffinity.PinCurrentThread(0).Message, Does.EndWith("threads are pinned on Linux only"));
            Assert.That(CoreMap.Assign(1).Message, Does.EndWith("threads are pinned on Linux only"));
        });
    }

    [Test]
    public void Cores_are_assigned_in_order_and_the_lowest_is_left_to_the_system_when_one_is_spare()
    {
        var map = CoreMap.Assign(2, [7, 3, 5, 3]);

        Assert.Multiple(() =>
        {
            Assert.That(map.IsPinned, Is.True);
            Assert.That(new[] { map.CoreOf(0), map.CoreOf(1) }, Is.EqualTo(new[] { 5, 7 }));
            Assert.That(map.Message, Is.EqualTo("2 threads on cores 5, 7"));
        });
    }

    [Test]
    public void Every_core_is_used_when_none_is_spare()
    {
        var map = CoreMap.Assign(3, [0, 1, 2]);

        Assert.That(Enumerable.Range(0, 3).Select(map.CoreOf), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void Fewer_cores_than_threads_pin_nothing_and_the_message_says_so()
    {
        var map = CoreMap.Assign(4, [0, 1]);

        Assert.Multiple(() =>
        {
            Assert.That(map.IsPinned, Is.False);
            Assert.That(map.Message, Is.EqualTo("threads are not pinned: 4 threads want a core each and 2 may be used"));
        });
    }

    [Test]
    [Platform("Linux")]
    public void Allowed_cores_are_those_that_the_kernel_lists_for_the_thread()
    {
        // The kernel's own list, such as "0-3,7".
        var list = File.ReadLines("/proc/thread-self/status")
            .Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var expected = list.Split(':')[1].Trim().Split(',').SelectMany(part =>
        {
            var ends = part.Split('-').Select(int.Parse).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        });

        CpuAffinity.TryGetAllowedCores(out var cores, out _);

        Assert.That(cores, Is.EqualTo(expected));
    }

    private static void OnOwnThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
