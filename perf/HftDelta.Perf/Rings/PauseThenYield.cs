using System.Runtime.CompilerServices;

namespace HftDelta.Perf.Rings;

/// <summary>
/// How both ends wait where messages per second are measured: they pause between looks, so that the line which the other end
/// writes is left to it meanwhile and more has gathered by the next look; after a while they give the core away. Owner: one
/// thread, in a local.
/// </summary>
internal struct PauseThenYield
{
    private const int LooksBeforeYield = 100;
    private const int Pause = 16;

    private int _looks;

    public void Idle()
    {
        if (++_looks > LooksBeforeYield)
        {
            Yield();
        }
        else
        {
            Thread.SpinWait(Pause);
        }
    }

    public void Reset() => _looks = 0;

    // Out of line: the frame of the system call would otherwise be built in every loop that may come here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Yield() => Thread.Yield();
}
