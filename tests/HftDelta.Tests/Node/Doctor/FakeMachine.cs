using HftDelta.Node.Doctor;
using HftDelta.Runtime.Threads;

namespace HftDelta.Tests.Node.Doctor;

/// <summary>A folder in place of a machine's root. Everything there is as it should be, until a test writes there.</summary>
internal sealed class FakeMachine : IDisposable
{
    public const string Governor = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    public const string NoTurbo = "sys/devices/system/cpu/intel_pstate/no_turbo";
    public const string Boost = "sys/devices/system/cpu/cpufreq/boost";
    public const string ClockSource = "sys/devices/system/clocksource/clocksource0/current_clocksource";
    public const string ClockSources = "sys/devices/system/clocksource/clocksource0/available_clocksource";
    public const string HugePages = "sys/kernel/mm/transparent_hugepage/enabled";
    public const string Limits = "proc/self/limits";
    public const string Mounts = "proc/self/mountinfo";
    public const string ReceiveMax = "proc/sys/net/core/rmem_max";
    public const string SendMax = "proc/sys/net/core/wmem_max";
    public const string SendDefault = "proc/sys/net/core/wmem_default";
    public const string Rotational = "sys/dev/block/259:0/queue/rotational";
    public const string WriteCache = "sys/dev/block/259:0/queue/write_cache";
    public const string Journal = "/data/venue/journal";

    private const long Gigabyte = 1L << 30;

    public FakeMachine()
    {
        Root = Path.Combine(Path.GetTempPath(), $"hftdelta-machine-{Guid.NewGuid():N}");
        Write("sys/devices/system/cpu/online", "0-7\n");
        Write(Governor, "performance\n");
        Write(NoTurbo, "0\n");
        Write(ClockSource, "tsc\n");
        Write(HugePages, "always [madvise] never\n");
        Write(Limits, LimitsOf(locked: "unlimited", files: "65536"));
        Write(ReceiveMax, "4194304\n");
        Write(SendMax, "4194304\n");
        Write(SendDefault, "212992\n");
        Write(
            Mounts,
            "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
            + "31 27 259:0 / /data rw,relatime shared:7 - xfs /dev/nvme0n1 rw\n"
            + "40 27 0:21 / /dat rw - tmpfs tmpfs rw\n");
        Write(Rotational, "0\n");
        Write(WriteCache, "write through\n");
        Directory.CreateDirectory(Path.Combine(Root, "dev/shm"));
    }

    public string Root { get; }

    public IReadOnlyList<int>? Cores { get; set; } = [0, 1, 2, 3, 6];

    public AffinityResult Pinned { get; set; } = new(true, "pinned to core 6");

    public long SharedFreeBytes { get; set; } = Gigabyte;

    public long JournalFreeBytes { get; set; } = 100 * Gigabyte;

    public Func<SyncTimes> Sync { get; set; } =
        () => new SyncTimes(64, TimeSpan.FromMicroseconds(90), TimeSpan.FromMicroseconds(800));

    public string? SegmentationRefusal { get; set; }

    public string? CoalescingRefusal { get; set; }

    public Dictionary<string, string> Settings { get; } = new()
    {
        ["ServerGC"] = "False",
        ["ConcurrentGC"] = "False",
        ["DOTNET_TieredPGO"] = "1",
        ["DOTNET_GCgen0size"] = "0x10000000",
    };

    public static string LimitsOf(string locked, string files) =>
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        + $"Max open files            {files,-20} 1048576              files     \n"
        + $"Max locked memory         {locked,-20} unlimited            bytes     \n";

    public Machine Machine() => new()
    {
        Root = Root,
        JournalDirectory = Journal,
        AllowedCores = Cores,
        TryPin = _ => Pinned,
        FreeBytesOf = path => path == Journal ? JournalFreeBytes : SharedFreeBytes,
        MeasureSync = _ => Sync(),
        TrySegmentation = () => SegmentationRefusal,
        TryCoalescing = () => CoalescingRefusal,
        RuntimeSettings = Settings,
    };

    public MachineFinding Look(string check) => MachineCheck.All.Single(one => one.Name == check).Look(Machine());

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Root, path));

    /// <summary>Puts something in a file's place that can be opened by nobody, the superuser included.</summary>
    public void MakeUnreadable(string path)
    {
        Delete(path);
        Directory.CreateDirectory(Path.Combine(Root, path));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
