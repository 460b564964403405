using System.Globalization;
using System.Net.Sockets;
using System.Runtime;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Doctor;

/// <summary>
/// What checks look through: the files of /proc and /sys under a root, so that a test shows them another machine, and what is
/// found by trying it. Nothing here needs the superuser, and what cannot be read is a reason in words. Owner: one thread.
/// </summary>
public sealed class Machine
{
    private const int LevelUdp = 17;
    private const int SegmentationOption = 103;
    private const int CoalescingOption = 104;
    private const int SegmentBytes = 1_408;

    /// <summary>Under it lie <c>proc</c> and <c>sys</c>.</summary>
    public string Root { get; init; } = "/";

    /// <summary>The directory of the journal as it was named, or where one would be made.</summary>
    public string JournalDirectory { get; init; } = ".";

    /// <summary>The cores that this process may use; null where that cannot be told.</summary>
    public IReadOnlyList<int>? AllowedCores { get; init; } = CpuAffinity.TryGetAllowedCores(out var cores, out _) ? cores : null;

    /// <summary>Pins a thread of its own to a core, and lets it end.</summary>
    public Func<int, AffinityResult> TryPin { get; init; } = PinOnThread;

    /// <summary>Bytes that this user may still write on the file system of a path.</summary>
    public Func<string, long> FreeBytesOf { get; init; } = path => new DriveInfo(path).AvailableFreeSpace;

    /// <summary>Times writes that go to the device, in a directory.</summary>
    public Func<string, SyncTimes> MeasureSync { get; init; } = directory => SyncSampler.Measure(directory);

    /// <summary>Whether the kernel cuts datagrams up as they are sent (GSO).</summary>
    public Func<string?> TrySegmentation { get; init; } = () => TryDatagramOption(SegmentationOption, SegmentBytes);

    /// <summary>Whether the kernel joins datagrams as they come (GRO).</summary>
    public Func<string?> TryCoalescing { get; init; } = () => TryDatagramOption(CoalescingOption, 1);

    /// <summary>What the runtime runs with, by its own names of settings.</summary>
    public IReadOnlyDictionary<string, string> RuntimeSettings { get; init; } = ReadRuntimeSettings();

    /// <summary>The text of a file under the root, without the blanks around it.</summary>
    /// <returns>False when there is none or it cannot be read; <paramref name="reason"/> says which.</returns>
    public bool TryRead(string path, out string text, out string reason)
    {
        text = "";
        try
        {
            text = File.ReadAllText(PathOf(path)).Trim();
            reason = "";
            return true;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = $"/{path} is not there";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            reason = $"/{path} cannot be read";
        }

        return false;
    }

    /// <summary>The same for a file that holds one whole number.</summary>
    public bool TryReadNumber(string path, out long number, out string reason)
    {
        number = 0;
        if (!TryRead(path, out var text, out reason))
        {
            return false;
        }

        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        reason = $"/{path} holds no number";
        return false;
    }

    public string PathOf(string path) => Path.Combine(Root, path);

    private static AffinityResult PinOnThread(int core)
    {
        var result = default(AffinityResult);
        var thread = new Thread(() => result = CpuAffinity.PinCurrentThread(core));
        thread.Start();
        thread.Join();
        return result;
    }

    // Null: the kernel takes it; otherwise why not.
    private static string? TryDatagramOption(int option, int value)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetRawSocketOption(LevelUdp, option, BitConverter.GetBytes(value));
            return null;
        }
        catch (SocketException refusal)
        {
            return refusal.Message;
        }
    }

    private static Dictionary<string, string> ReadRuntimeSettings()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [RuntimeChecks.ServerName] = GCSettings.IsServerGC ? "True" : "False",
        };
        foreach (var (name, value) in GC.GetConfigurationVariables())
        {
            settings.TryAdd(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        foreach (var name in (string[])[RuntimeChecks.ProfileVariable, RuntimeChecks.FirstGenerationVariable])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                settings[name] = value;
            }
        }

        return settings;
    }
}
