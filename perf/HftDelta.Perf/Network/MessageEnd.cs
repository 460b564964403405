using System.Diagnostics;

namespace HftDelta.Perf.Network;

/// <summary>
/// One end of a way for messages, there and back, between two threads: a bare socket or our Aeron, so that the same loops run
/// over both. Nothing waits inside. Owner: one thread at a time.
/// </summary>
internal abstract class MessageEnd : IDisposable
{
    /// <summary>What threads allocated inside the loops over it, since <see cref="ForgetAllocations"/>.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Hands one message over; false while there is no room for it.</summary>
    public abstract bool TrySend(ReadOnlySpan<byte> message);

    /// <summary>Looks once for a message: its length, or 0.</summary>
    public abstract int TryReceive(byte[] buffer);

    /// <summary>A loop ends on this thread, which began when this thread had allocated so much.</summary>
    public void CountAllocations(long allocatedBytesBefore) =>
        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocatedBytesBefore;

    /// <summary>The warm-up is over.</summary>
    public void ForgetAllocations() => AllocatedBytes = 0;

    public abstract void Dispose();
}

/// <summary>
/// How both ends wait, floor and subject alike; who hears nothing for long breaks the run off. Owner: one thread.
/// </summary>
internal struct Patience
{
    private const int IdlesPerLook = 1 << 14;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private SpinThenYield _spin;
    private int _idles;
    private long _since;

    public void Idle()
    {
        _spin.Idle();
        if (++_idles % IdlesPerLook != 0)
        {
            return;
        }

        if (_since == 0)
        {
            _since = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_since) > SilenceMax)
        {
            throw new TimeoutException("a message did not come: the system dropped it, or the other end stopped");
        }
    }

    public void Reset()
    {
        _spin.Reset();
        _idles = 0;
        _since = 0;
    }
}
