using HftDelta.Node.Development;
using HftDelta.Node.Doctor;
using HftDelta.Runtime.Memory;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Doctor;

/// <summary>Every check of <c>hftdelta doctor</c> on a machine that is as it should be, and on one that is not.</summary>
[CancelAfter(20_000)]
internal sealed class MachineChecksTests
{
    private FakeMachine _machine = null!;

    [SetUp]
    public void Make() => _machine = new FakeMachine();

    [TearDown]
    public void Delete() => _machine.Dispose();

    [Test]
    public void A_machine_that_is_as_it_should_be_passes_every_check()
    {
        var findings = MachineCheck.All.ToDictionary(check => check.Name, check => check.Look(_machine.Machine()));

        Assert.That(findings.Where(found => found.Value.Status != FindingStatus.Ok), Is.Empty);
        Assert.That(findings.Values.Select(found => found.Mend), Is.All.Null);
        Assert.That(findings["cores"].Seen, Is.EqualTo("5 usable (mask 0-3,6), online 0-7"));
        Assert.That(findings["journal-file-system"].Seen, Is.EqualTo("xfs at /data (/dev/nvme0n1)"));
        Assert.That(findings["journal-disk"].Seen, Is.EqualTo("nvme0n1, solid state, write through"));
        Assert.That(findings["sync-latency"].Seen, Is.EqualTo("median 90 µs, p99 800 µs of 64"));
        Assert.That(findings["gc-first-generation"].Seen, Is.EqualTo("256 MiB"));
    }

    [TestCase(FakeMachine.Governor, "powersave", "governor", "cpupower frequency-set -g performance")]
    [TestCase(FakeMachine.NoTurbo, "1", "turbo", "echo 0 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo")]
    [TestCase(FakeMachine.ClockSource, "hpet", "clock-source", "clocksource=tsc")]
    [TestCase(FakeMachine.HugePages, "always madvise [never]", "huge-pages", "echo madvise")]
    [TestCase(FakeMachine.ReceiveMax, "2097151", "udp-receive-buffer", "sudo sysctl -w net.core.rmem_max=2097152")]
    [TestCase(FakeMachine.ReceiveMax, "131072", "udp-receive-buffer", "sudo sysctl -w net.core.rmem_max=2097152")]
    [TestCase(FakeMachine.SendDefault, "65536", "udp-send-buffer", "sudo sysctl -w net.core.wmem_default=131072")]
    [TestCase(FakeMachine.Rotational, "1", "journal-disk", "solid state")]
    public void What_slows_a_venue_down_is_a_warning_with_its_mend(string path, string text, string check, string mend)
    {
        _machine.Write(path, $"{text}\n");

        var found = _machine.Look(check);

        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Mend, Does.Contain(mend));
        Assert.That(found.Why, Is.Not.Empty);
    }

    [Test]
    public void A_window_that_no_socket_holds_is_a_failure()
    {
        _machine.Write(FakeMachine.ReceiveMax, "131071\n");
        var found = _machine.Look("udp-receive-buffer");
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Fail));
        Assert.That(found.Mend, Is.EqualTo("sudo sysctl -w net.core.rmem_max=2097152"));
    }

    [TestCase("8388608", "65536", "memory-lock", FindingStatus.Warn)]
    [TestCase("68719476736", "65536", "memory-lock", FindingStatus.Warn)]
    [TestCase("unlimited", "65536", "memory-lock", FindingStatus.Ok)]
    [TestCase("unlimited", "1024", "open-files", FindingStatus.Warn)]
    [TestCase("unlimited", "255", "open-files", FindingStatus.Fail)]
    [TestCase("unlimited", "unlimited", "open-files", FindingStatus.Ok)]
    public void Limits_of_the_process_are_the_soft_ones(string locked, string files, string check, FindingStatus expected)
    {
        _machine.Write(FakeMachine.Limits, FakeMachine.LimitsOf(locked, files));
        Assert.That(_machine.Look(check).Status, Is.EqualTo(expected));
    }

    /// <summary>CAP_IPC_LOCK is bit 14 (linux/capability.h).</summary>
    [TestCase("CapEff:\t0000000000004000", FindingStatus.Ok)]
    [TestCase("CapEff:\t0000000000002000", FindingStatus.Warn)]
    public void The_capability_to_lock_memory_lifts_the_limit_as_it_does_for_a_start(string line, FindingStatus expected)
    {
        _machine.Write(FakeMachine.Limits, FakeMachine.LimitsOf("8388608", "65536"));
        _machine.Write("proc/self/status", $"Name:\thftdelta\n{line}\n");
        Assert.That(_machine.Look("memory-lock").Status, Is.EqualTo(expected));
    }

    [TestCase("[always] madvise never")]
    [TestCase("always [madvise] never")]
    [TestCase("always madvise [never]")]
    public void Huge_pages_are_judged_as_a_start_judges_them(string text)
    {
        _machine.Write(FakeMachine.HugePages, $"{text}\n");
        Assert.That(
            _machine.Look("huge-pages").Status == FindingStatus.Ok, Is.EqualTo(ProcessMemory.HugePagesOf(text).IsGranted));
    }

    [TestCase("0x10000000")]
    [TestCase("0X10000000")]
    [TestCase("10000000")]
    [TestCase("0xfffffff")]
    [TestCase("much")]
    public void The_first_generation_is_judged_as_a_start_judges_it(string variable)
    {
        _machine.Settings["DOTNET_GCgen0size"] = variable;
        Assert.That(
            _machine.Look("gc-first-generation").Status == FindingStatus.Ok,
            Is.EqualTo(HostSettings.FirstGeneration(variable).IsGranted));
    }

    [TestCase(3, FindingStatus.Warn)]
    [TestCase(4, FindingStatus.Ok)]
    public void Fewer_cores_than_threads_are_pinned_on_are_a_warning(int count, FindingStatus expected)
    {
        _machine.Cores = [.. Enumerable.Range(0, count)];
        Assert.That(_machine.Look("cores").Status, Is.EqualTo(expected));
    }

    [Test]
    public void A_thread_that_may_not_be_pinned_is_a_warning()
    {
        _machine.Pinned = new(false, "not pinned to core 6: sched_setaffinity: Operation not permitted (errno 1)");
        var found = _machine.Look("pinning");
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Seen, Does.Contain("Operation not permitted"));
    }

    [TestCase("1", FindingStatus.Ok)]
    [TestCase("0", FindingStatus.Warn)]
    public void Other_processors_tell_of_boost(string boost, FindingStatus expected)
    {
        _machine.Delete(FakeMachine.NoTurbo);
        _machine.Write(FakeMachine.Boost, boost);
        Assert.That(_machine.Look("turbo").Status, Is.EqualTo(expected));
    }

    [Test]
    public void A_better_clock_that_is_offered_is_named()
    {
        _machine.Write(FakeMachine.ClockSource, "acpi_pm\n");
        _machine.Write(FakeMachine.ClockSources, "tsc acpi_pm\n");
        Assert.That(_machine.Look("clock-source").Mend, Does.StartWith("echo tsc | sudo tee /sys/"));
    }

    [TestCase("shared-memory", 256L << 20, FindingStatus.Ok)]
    [TestCase("shared-memory", (256L << 20) - 1, FindingStatus.Warn)]
    [TestCase("journal-space", 64L * (16 << 20), FindingStatus.Ok)]
    [TestCase("journal-space", (64L * (16 << 20)) - 1, FindingStatus.Warn)]
    [TestCase("journal-space", (3L * (16 << 20)) - 1, FindingStatus.Fail)]
    public void Room_is_judged_by_what_a_venue_takes(string check, long free, FindingStatus expected)
    {
        _machine.SharedFreeBytes = free;
        _machine.JournalFreeBytes = free;
        Assert.That(_machine.Look(check).Status, Is.EqualTo(expected));
    }

    [TestCase("tmpfs", "memory")]
    [TestCase("overlay", "container")]
    [TestCase("nfs4", "another machine")]
    [TestCase("btrfs", "not one that it was tried on")]
    public void A_file_system_that_keeps_no_promise_is_a_warning(string kind, string word)
    {
        _machine.Write(FakeMachine.Mounts, $"27 1 0:9 / / rw - ext4 a rw\n31 27 0:10 / /data rw - {kind} none rw\n");
        var found = _machine.Look("journal-file-system");
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Seen, Does.Contain(word));
    }

    [Test]
    public void A_directory_is_on_the_deepest_mount_above_it_and_there_on_the_last()
    {
        _machine.Write(
            FakeMachine.Mounts,
            "1 1 8:1 / / rw - xfs /dev/a rw\n2 1 8:2 / /data/venue rw - xfs /dev/b rw\n3 1 8:3 / /data rw - xfs /dev/c rw\n"
            + "4 1 8:4 / /data/venue rw - ext4 /dev/d rw\n5 1 8:5 / /data/ven rw - xfs /dev/e rw\n");
        Assert.That(_machine.Look("journal-file-system").Seen, Is.EqualTo("ext4 at /data/venue (/dev/d)"));
    }

    [Test]
    public void A_partition_is_judged_by_the_disk_around_it()
    {
        _machine.Write(FakeMachine.Mounts, "1 1 8:17 / / rw - ext4 /dev/sdb1 rw\n");
        _machine.Write("sys/devices/disk/sdb/queue/rotational", "1\n");
        _machine.Write("sys/devices/disk/sdb/queue/write_cache", "write back\n");
        var partition = Directory.CreateDirectory(Path.Combine(_machine.Root, "sys/devices/disk/sdb/sdb1")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(_machine.Root, "sys/dev/block/8:17"), partition);

        var found = _machine.Look("journal-disk");

        Assert.That(found.Seen, Is.EqualTo("sdb1, rotating by its own word, write back"));
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
    }

    [TestCase(10_000, FindingStatus.Ok)]
    [TestCase(10_001, FindingStatus.Warn)]
    public void A_device_that_keeps_commits_waiting_is_a_warning(int micros, FindingStatus expected)
    {
        _machine.Sync = () => new SyncTimes(64, TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(micros));
        Assert.That(_machine.Look("sync-latency").Status, Is.EqualTo(expected));
    }

    [Test]
    public void A_device_that_refuses_to_sync_is_a_failure()
    {
        _machine.Sync = () => throw new IOException("fdatasync: Input/output error");
        var found = _machine.Look("sync-latency");
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Fail));
        Assert.That(found.Seen, Does.Contain("Input/output error"));
    }

    [TestCase("ServerGC", "True", "gc-server")]
    [TestCase("ConcurrentGC", "True", "gc-concurrent")]
    [TestCase("DOTNET_TieredPGO", "0", "tiered-pgo")]
    [TestCase("DOTNET_GCgen0size", "0x4000000", "gc-first-generation")]
    [TestCase("DOTNET_GCgen0size", "plenty", "gc-first-generation")]
    public void Settings_of_the_runtime_that_cost_are_warnings(string name, string value, string check)
    {
        _machine.Settings[name] = value;
        Assert.That(_machine.Look(check).Status, Is.EqualTo(FindingStatus.Warn));
    }

    [Test]
    public void A_first_generation_that_nobody_set_is_a_warning_that_names_the_launcher()
    {
        _machine.Settings.Remove("DOTNET_GCgen0size");
        var found = _machine.Look("gc-first-generation");
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Mend, Does.Contain("scripts/hftdelta"));
    }

    [Test]
    public void A_kernel_without_segmentation_costs_speed_and_one_without_coalescing_nothing()
    {
        _machine.SegmentationRefusal = "Protocol not available";
        _machine.CoalescingRefusal = "Protocol not available";
        Assert.That(_machine.Look("udp-segmentation").Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(_machine.Look("udp-coalescing").Status, Is.EqualTo(FindingStatus.Ok));
    }

    [TestCase(FakeMachine.Governor, "governor")]
    [TestCase(FakeMachine.ClockSource, "clock-source")]
    [TestCase(FakeMachine.HugePages, "huge-pages")]
    [TestCase(FakeMachine.Limits, "memory-lock")]
    [TestCase(FakeMachine.Limits, "open-files")]
    [TestCase(FakeMachine.ReceiveMax, "udp-receive-buffer")]
    [TestCase(FakeMachine.SendDefault, "udp-send-buffer")]
    [TestCase(FakeMachine.Mounts, "journal-file-system")]
    [TestCase(FakeMachine.Mounts, "journal-disk")]
    public void What_cannot_be_read_is_a_warning_that_names_the_file(string path, string check)
    {
        _machine.MakeUnreadable(path);
        var found = _machine.Look(check);
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Seen, Is.EqualTo($"cannot be told: /{path} cannot be read"));
    }

    [TestCase(FakeMachine.ReceiveMax, "udp-receive-buffer")]
    [TestCase(FakeMachine.Limits, "open-files")]
    [TestCase(FakeMachine.Mounts, "journal-disk")]
    [TestCase(FakeMachine.Rotational, "journal-disk")]
    public void What_makes_no_sense_cannot_be_told(string path, string check)
    {
        _machine.Delete(path);
        if (path != FakeMachine.Rotational)
        {
            _machine.Write(path, "gibberish - gibberish\n");
        }

        var found = _machine.Look(check);
        Assert.That(found.Status, Is.EqualTo(FindingStatus.Warn));
        Assert.That(found.Seen, Does.StartWith("cannot be told: "));
    }

    [Test]
    public void A_virtual_machine_that_has_no_say_in_its_frequency_is_no_fault()
    {
        _machine.Delete(FakeMachine.Governor);
        _machine.Delete(FakeMachine.NoTurbo);
        Assert.That(_machine.Look("governor").Status, Is.EqualTo(FindingStatus.Ok));
        Assert.That(_machine.Look("turbo").Status, Is.EqualTo(FindingStatus.Ok));
    }
}
