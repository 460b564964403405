using System.Globalization;

namespace HftDelta.Runtime.Threads;

/// <summary>One core that the process may use.</summary>
/// <param name="Core">The system's number of it.</param>
/// <param name="PhysicalCore">The same for all that share one core's parts (SMT siblings): the lowest number of them.</param>
/// <param name="Interrupts">How many interrupts of devices it has taken since the machine started.</param>
public readonly record struct CoreFacts(int Core, int PhysicalCore, long Interrupts);

/// <summary>
/// The cores that a process may use, as Linux describes them: who shares a physical core, and who takes the interrupts of
/// devices. Best effort: what the system does not tell counts as cores that share nothing and take none. Immutable.
/// </summary>
public sealed class CoreTopology
{
    private readonly CoreFacts[] _cores;

    private CoreTopology(IEnumerable<CoreFacts> cores, int runnable, string doubt)
    {
        _cores = [.. cores.OrderBy(facts => facts.Core)];
        Runnable = Math.Max(1, Math.Min(runnable, Math.Max(1, _cores.Length)));
        Doubt = doubt;
    }

    /// <summary>Ascending; empty where the system does not tell.</summary>
    public IReadOnlyList<CoreFacts> Cores => _cores;

    /// <summary>Threads that run at the same time: fewer than cores where the process has a quota of their time.</summary>
    public int Runnable { get; }

    /// <summary>Why nothing is pinned whatever is asked for; empty where threads may be pinned.</summary>
    public string Doubt { get; }

    /// <summary>Physical cores that the threads may be spread over, no more than may run at the same time.</summary>
    public int PhysicalCores =>
        Math.Max(1, Math.Min(Runnable, _cores.Select(facts => facts.PhysicalCore).Distinct().Count()));

    /// <summary>In words for the operator.</summary>
    public string Words
    {
        get
        {
            if (_cores.Length == 0)
            {
                return $"{Runnable} cores, {Doubt}";
            }

            var physical = _cores.Select(facts => facts.PhysicalCore).Distinct().Count();
            return $"cores {string.Join(", ", _cores.Select(facts => facts.Core))} may be used"
                + (physical < _cores.Length ? $", {physical} of them physical" : "")
                + (Runnable < _cores.Length ? $", the time of {Runnable} (quota)" : "");
        }
    }

    /// <summary>Cores that share nothing and take no interrupts; repeated ones count once.</summary>
    public static CoreTopology Of(IReadOnlyList<int> cores) => Of(
        [.. cores.Distinct().Select(core => new CoreFacts(core, core, 0))]);

    public static CoreTopology Of(IReadOnlyList<CoreFacts> cores, int runnable = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(cores);
        return new CoreTopology(cores, runnable, "");
    }

    /// <summary>The cores that the calling thread may use.</summary>
    public static CoreTopology Read()
    {
        if (!CpuAffinity.TryGetAllowedCores(out var allowed, out var reason))
        {
            return new CoreTopology([], Environment.ProcessorCount, reason);
        }

        var interrupts = InterruptsOf(TextOf("/proc/interrupts"));
        return new CoreTopology(
            allowed.Select(core => new CoreFacts(
                core,
                FirstOf(TextOf($"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list"), core),
                interrupts.GetValueOrDefault(core))),
            Environment.ProcessorCount,
            "");
    }

    /// <summary>
    /// Sums by core of the lines of /proc/interrupts that belong to devices: those that begin with a number. Timers and calls
    /// between cores come to all of them.
    /// </summary>
    public static IReadOnlyDictionary<int, long> InterruptsOf(string text)
    {
        var sums = new Dictionary<int, long>();
        var lines = text.Split('\n');
        int[] cores =
        [
            .. lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.StartsWith("CPU", StringComparison.Ordinal))
                .Select(word => NumberOf(word.AsSpan(3)) ?? -1),
        ];
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || NumberOf(line.AsSpan(0, colon).Trim()) is null)
            {
                continue;
            }

            var counts = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var place = 0; place < Math.Min(cores.Length, counts.Length); place++)
            {
                if (long.TryParse(counts[place], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    sums[cores[place]] = sums.GetValueOrDefault(cores[place]) + count;
                }
            }
        }

        return sums;
    }

    /// <summary>The first number of a list such as <c>2,6</c> or <c>2-3</c>.</summary>
    public static int FirstOf(string list, int otherwise)
    {
        var end = list.AsSpan().IndexOfAny(",-\n");
        return NumberOf(end < 0 ? list : list.AsSpan(0, end)) ?? otherwise;
    }

    private static int? NumberOf(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
