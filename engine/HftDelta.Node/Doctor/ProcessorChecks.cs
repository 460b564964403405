using HftDelta.Runtime.Agents;
using static HftDelta.Node.Doctor.MachineCheck;

namespace HftDelta.Node.Doctor;

/// <summary>Cores, how fast they are allowed to be, and the clock that they read.</summary>
internal static class ProcessorChecks
{
    private const int CoresWanted = ThreadPlan.PinCoresMin;

    private const string Frequency = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    private const string IntelNoTurbo = "sys/devices/system/cpu/intel_pstate/no_turbo";
    private const string Boost = "sys/devices/system/cpu/cpufreq/boost";
    private const string ClockSource = "sys/devices/system/clocksource/clocksource0/current_clocksource";
    private const string ClockSources = "sys/devices/system/clocksource/clocksource0/available_clocksource";

    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        new("cores", "threads that share a core wait for each other, and a waiting engine is a slow venue", Cores),
        new("pinning", "a pinned thread keeps its caches; the scheduler moves others when it likes", Pinning),
        new("governor", "a core that saves power answers the first order after a pause late", Governor),
        new("turbo", "a core that changes its speed makes latencies hard to compare, and is faster", Turbo),
        new("clock-source", "every order is stamped: any other clock than tsc or kvm-clock is a system call each time", Clock),
    ];

    private static (FindingStatus Status, string Seen, string? Mend) Cores(Machine machine)
    {
        if (machine.AllowedCores is not { } cores)
        {
            return Unknown("which cores this process may use");
        }

        var present = machine.TryRead("sys/devices/system/cpu/online", out var online, out _) ? $", online {online}" : "";
        var seen = $"{cores.Count} usable (mask {MaskOf(cores)}){present}";
        return cores.Count >= CoresWanted
            ? Ok(seen)
            : Warn(
                seen,
                $"give it {CoresWanted} cores (taskset -c 0-{CoresWanted - 1}): from so many on --threading auto pins "
                + "hot threads; with fewer, agents share threads that back off");
    }

    private static (FindingStatus Status, string Seen, string? Mend) Pinning(Machine machine)
    {
        if (machine.AllowedCores is not [.., var core])
        {
            return Unknown("which cores this process may use");
        }

        var result = machine.TryPin(core);
        return result.IsPinned
            ? Ok($"a thread was {result.Message}")
            : Warn(result.Message, "allow sched_setaffinity in the container's or the service's system call filter");
    }

    private static (FindingStatus Status, string Seen, string? Mend) Governor(Machine machine)
    {
        if (!machine.TryRead(Frequency, out var governor, out var reason))
        {
            return reason.EndsWith("is not there", StringComparison.Ordinal)
                ? Ok("the system has no say in it (a virtual machine, or no cpufreq driver)")
                : Unknown(reason);
        }

        return governor == "performance"
            ? Ok(governor)
            : Warn(governor, "sudo cpupower frequency-set -g performance");
    }

    private static (FindingStatus Status, string Seen, string? Mend) Turbo(Machine machine)
    {
        if (machine.TryRead(IntelNoTurbo, out var noTurbo, out _))
        {
            return Told(noTurbo == "0", $"echo 0 | sudo tee /{IntelNoTurbo}");
        }

        if (machine.TryRead(Boost, out var boost, out var reason))
        {
            return Told(boost == "1", $"echo 1 | sudo tee /{Boost}");
        }

        return reason.EndsWith("is not there", StringComparison.Ordinal)
            ? Ok("the system has no say in it")
            : Unknown(reason);
    }

    private static (FindingStatus Status, string Seen, string? Mend) Told(bool isOn, string mend) =>
        isOn ? Ok("on") : Warn("off: steady, and slower than the processor can", mend);

    private static (FindingStatus Status, string Seen, string? Mend) Clock(Machine machine)
    {
        if (!machine.TryRead(ClockSource, out var source, out var reason))
        {
            return Unknown(reason);
        }

        if (source is "tsc" or "kvm-clock" or "arch_sys_counter")
        {
            return Ok(source);
        }

        var choice = machine.TryRead(ClockSources, out var sources, out _) ? sources.Split(' ') : [];
        return choice.Contains("tsc")
            ? Warn(source, $"echo tsc | sudo tee /{ClockSource}")
            : Warn($"{source}; tsc is not offered", "add clocksource=tsc tsc=reliable to the kernel's command line if the "
                + "processor has a constant one");
    }

    // Such as 0-3,6.
    private static string MaskOf(IReadOnlyList<int> cores)
    {
        var parts = new List<string>();
        for (var first = 0; first < cores.Count;)
        {
            var last = first;
            while (last + 1 < cores.Count && cores[last + 1] == cores[last] + 1)
            {
                last++;
            }

            parts.Add(first == last ? $"{cores[first]}" : $"{cores[first]}-{cores[last]}");
            first = last + 1;
        }

        return string.Join(',', parts);
    }
}
