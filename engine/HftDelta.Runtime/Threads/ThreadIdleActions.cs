using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Threads;

/// <summary>The real ways to let time pass. Allocates nothing.</summary>
public readonly partial struct ThreadIdleActions : IIdleActions
{
    public void Spin() => Thread.SpinWait(1);

    public void Yield() => Thread.Yield();

    public void Park(long nanos)
    {
        if (OperatingSystem.IsLinux())
        {
            // Thread.Sleep knows whole milliseconds only. A signal may end the sleep early: the loop comes back anyway.
            var time = new Timespec((nint)(nanos / 1_000_000_000), (nint)(nanos % 1_000_000_000));
            _ = Nanosleep(in time, 0);
        }
        else
        {
            Thread.Sleep((int)Math.Max(1, nanos / 1_000_000));
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Nanosleep(in Timespec wanted, nint remaining);

    private readonly struct Timespec(nint seconds, nint nanos)
    {
        public readonly nint Seconds = seconds;
        public readonly nint Nanos = nanos;
    }
}
