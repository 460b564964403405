using System.Collections;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace HftDelta.Perf.Results;

/// <summary>What a reader has to know about the machine and the program to judge a figure.</summary>
public sealed record MachineFacts
{
    private const string Unknown = "unknown";

    public required int Cores { get; init; }

    public required string Processor { get; init; }

    public required string Architecture { get; init; }

    public required double MemoryGigabytes { get; init; }

    /// <summary>Of the last minute; not a number where the system does not tell.</summary>
    public required double LoadAverage { get; init; }

    /// <summary>With its kernel.</summary>
    public required string OperatingSystem { get; init; }

    public required string ClockSource { get; init; }

    public required string HugePages { get; init; }

    public required string Runtime { get; init; }

    /// <summary>Kind, first generation, latency mode.</summary>
    public required string Collector { get; init; }

    /// <summary>Settings of the runtime in the environment.</summary>
    public required string RuntimeSettings { get; init; }

    /// <summary>Of HftDelta.</summary>
    public required string Version { get; init; }

    /// <summary>What the sources were, with a word where they differ from it.</summary>
    public required string Commit { get; init; }

    public static MachineFacts Read() => new()
    {
        Cores = Environment.ProcessorCount,
        Processor = After(':', SystemFiles.FirstLine("/proc/cpuinfo", "model name")),
        Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        MemoryGigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9,
        LoadAverage = ReadLoadAverage(),
        OperatingSystem =
            $"{RuntimeInformation.OSDescription}, kernel {SystemFiles.FirstLine("/proc/sys/kernel/osrelease") ?? Unknown}",
        ClockSource =
            SystemFiles.FirstLine("/sys/devices/system/clocksource/clocksource0/current_clocksource") ?? Unknown,
        HugePages = SystemFiles.FirstLine("/sys/kernel/mm/transparent_hugepage/enabled") ?? Unknown,
        Runtime = RuntimeInformation.FrameworkDescription,
        Collector = ReadCollector(),
        RuntimeSettings = ReadRuntimeSettings(),
        Version = typeof(MachineFacts).Assembly.GetName().Version?.ToString(3) ?? Unknown,
        Commit = SourceCommit.Read(AppContext.BaseDirectory) ?? Unknown,
    };

    public static double ReadLoadAverage() =>
        SystemFiles.FirstLine("/proc/loadavg") is { } line
            ? double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)
            : double.NaN;

    private static string After(char mark, string? line) => line?.Split(mark, 2)[^1].Trim() ?? Unknown;

    private static string ReadCollector()
    {
        var budget = Environment.GetEnvironmentVariable("DOTNET_GCgen0size") ?? "default";
        var kind = GCSettings.IsServerGC ? "server" : "workstation";
        return $"{kind}, first generation {budget}, {GCSettings.LatencyMode}";
    }

    private static string ReadRuntimeSettings()
    {
        var settings = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value))
            .Where(entry => entry.Name.StartsWith("DOTNET_", StringComparison.Ordinal) && IsOfRuntime(entry.Name))
            .Select(entry => $"{entry.Name}={entry.Value}")
            .Order(StringComparer.Ordinal);
        return string.Join(' ', settings) is { Length: > 0 } text ? text : "none";
    }

    /// <summary>Those that change how fast it is; not folders, nor how the command line looks.</summary>
    private static bool IsOfRuntime(string name) =>
        name.StartsWith("DOTNET_GC", StringComparison.Ordinal) || name.StartsWith("DOTNET_T", StringComparison.Ordinal)
        || name.StartsWith("DOTNET_ReadyToRun", StringComparison.Ordinal)
        || name.StartsWith("DOTNET_Enable", StringComparison.Ordinal);
}
