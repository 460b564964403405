using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Threads;

/// <summary>Threads that cannot outlive a failed test: they are background threads and joined with a bound.</summary>
internal static class Background
{
    private const int JoinMillis = 20_000;

    public static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    public static void End(params Thread[] threads)
    {
        foreach (var thread in threads)
        {
            Assert.That(thread.Join(JoinMillis), Is.True, "a thread of the test does not end");
        }
    }
}
