using System.Globalization;
using System.Runtime.InteropServices;

namespace HftDelta.Perf;

/// <summary>What a reader has to know about the machine to judge a figure.</summary>
internal sealed record MachineFacts(
    int Cores,
    string Processor,
    double LoadAverage,
    string OperatingSystem,
    string Runtime,
    string Architecture,
    string Collector)
{
    private const string Unknown = "unknown";

    public static MachineFacts Read() => new(
        Environment.ProcessorCount,
        ReadProcessor(),
        ReadLoadAverage(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.ProcessArchitecture.ToString(),
        ReadCollector());

    private static string ReadProcessor() =>
        ReadFirst("/proc/cpuinfo", static line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[^1].Trim() ?? Unknown;

    private static double ReadLoadAverage()
    {
        var line = ReadFirst("/proc/loadavg", static _ => true);
        return line is null ? double.NaN : double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static string ReadCollector()
    {
        var budget = Environment.GetEnvironmentVariable("DOTNET_GCgen0size") ?? "default";
        var kind = System.Runtime.GCSettings.IsServerGC ? "server" : "workstation";
        return $"{kind}, first generation {budget}";
    }

    private static string? ReadFirst(string path, Func<string, bool> isWanted)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault(isWanted);
        }
        catch (IOException)
        {
            // Not Linux, or a container that hides it: the table says unknown.
            return null;
        }
    }
}
