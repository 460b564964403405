using System.Runtime.CompilerServices;

namespace HftDelta.Node.Load;

/// <summary>
/// How a client that measures waits, floor and subject alike: spin a while, then give the core away, because with two
/// cores and neighbours the other end may be waiting for this one. Owner: one thread, in a local.
/// </summary>
public struct SpinThenYield
{
    private const int SpinsBeforeYield = 1_000;

    private int _spins;

    public void Idle()
    {
        if (++_spins > SpinsBeforeYield)
        {
            Yield();
        }
    }

    public void Reset() => _spins = 0;

    // Out of line: the frame of the system call would otherwise be built in every loop that may come here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Yield() => Thread.Yield();
}
