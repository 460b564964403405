using System.Diagnostics;
using System.Globalization;

namespace HftDelta.Perf.Results;

/// <summary>
/// What the processors did since they started, in ticks of the kernel, and what this process had of it. Shares come from two
/// readings.
/// </summary>
internal readonly record struct ProcessorTimes(long Total, long Idle, long Steal, TimeSpan Own, long At)
{
    // user nice system idle iowait irq softirq steal; guests are part of user.
    private const int Fields = 8;
    private const int IdleField = 3;
    private const int WaitField = 4;
    private const int StealField = 7;

    public static ProcessorTimes Read()
    {
        var (own, at) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        return Parse(SystemFiles.FirstLine("/proc/stat", "cpu "), own, at);
    }

    public static ProcessorTimes Parse(string? line, TimeSpan own, long at)
    {
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length <= Fields)
        {
            return new ProcessorTimes(0, 0, 0, own, at);
        }

        Span<long> ticks = stackalloc long[Fields];
        long total = 0;
        for (var field = 0; field < Fields; field++)
        {
            ticks[field] = long.Parse(words[field + 1], CultureInfo.InvariantCulture);
            total += ticks[field];
        }

        return new ProcessorTimes(total, ticks[IdleField] + ticks[WaitField], ticks[StealField], own, at);
    }

    /// <summary>What the host took away, of all processor time since; not a number where the system does not tell.</summary>
    public double StealShareSince(in ProcessorTimes before) => Share(Steal - before.Steal, before);

    /// <summary>What other processes of this system had, of all processor time since.</summary>
    public double OthersShareSince(in ProcessorTimes before)
    {
        var ownShare = (Own - before.Own).TotalSeconds
            / (Stopwatch.GetElapsedTime(before.At, At).TotalSeconds * Environment.ProcessorCount);
        return Math.Max(0, 1 - Share(Idle - before.Idle, before) - StealShareSince(before) - ownShare);
    }

    private double Share(long ticks, in ProcessorTimes before) =>
        Total > before.Total ? ticks / (double)(Total - before.Total) : double.NaN;
}
