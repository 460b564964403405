using System.Diagnostics;

namespace HftDelta.Node.Load;

/// <summary>
/// A thread that sleeps a millisecond again and again and tells how late it woke up: what the machine takes from anybody, beside
/// what is measured at the same time. A thousand wake-ups a second take well below a hundredth of a core. Owner of the thread:
/// whoever made it.
/// </summary>
public sealed class HiccupMeter : IDisposable
{
    private const int SleepMillis = 1;

    private readonly Action<long> _late;
    private readonly Thread _thread;
    private volatile bool _isEnded;

    /// <param name="late">Told how late each time, in nanoseconds, on the meter's thread.</param>
    public HiccupMeter(Action<long> late)
    {
        _late = late;
        _thread = new Thread(Run) { IsBackground = true, Name = "hiccups" };
        _thread.Start();
    }

    public void Dispose()
    {
        _isEnded = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_isEnded)
        {
            var began = Stopwatch.GetTimestamp();
            Thread.Sleep(SleepMillis);
            var nanos = (long)Stopwatch.GetElapsedTime(began).TotalNanoseconds;
            _late(Math.Max(1, nanos - (SleepMillis * 1_000_000L)));
        }
    }
}
