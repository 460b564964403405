using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Runtime.Time;

namespace HftDelta.SystemTests.AeronTools;

/// <summary>Sends whatever a test wants, on the test's thread.</summary>
internal sealed class RawPublisher : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly AeronDriver _driver = new(new AeronOptions { Clock = new SystemNanoClock() });
    private readonly Publication _publication;

    public RawPublisher(string channel, int streamId) => _publication = _driver.AddPublication(channel, streamId);

    /// <summary>Returns when all were taken and have left.</summary>
    public void Send(byte[] message, int count)
    {
        for (var sent = 0; sent < count; sent++)
        {
            Work(() => _publication.Offer(message) > 0);
        }

        // The window is wide enough for all: what was offered leaves with the next cycles.
        for (var cycle = 0; cycle < count; cycle++)
        {
            _driver.Invoker.DoWork();
        }
    }

    public void Dispose() => _driver.Dispose();

    private void Work(Func<bool> isDone)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!isDone())
        {
            _driver.Invoker.DoWork();
            Thread.Yield();
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(Deadline), "nobody takes it");
        }
    }
}
