using System.Runtime.InteropServices;

namespace HftDelta.Perf;

/// <summary>
/// The time that the calling thread has run, which leaves out the time that others had the processor: for work that never waits.
/// </summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    public static long Nanos()
    {
        if (!OperatingSystem.IsLinux()) return System.Diagnostics.Stopwatch.GetElapsedTime(0).Ticks * 100;
        _ = ClockGetTime(ThreadProcessorTime, out var time);
        return (time.Seconds * 1_000_000_000) + time.Nanos;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeParts time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeParts
    {
        public long Seconds;
        public long Nanos;
    }
}
