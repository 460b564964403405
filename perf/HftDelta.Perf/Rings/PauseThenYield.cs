using System.Runtime.CompilerServices;

namespace HftDelta.Perf.Rings;

/// <summary>
/// How both ends wait where messages per second are measured: they pause between looks, so that the line which the other end
/// writes is left to it meanwhile and more has gathered by the next look; after a while they give the core away. Owner: one
/// thread, in a local.
/// </summary>
/// <param name="pause">Iterations of the processor's pause between looks; 0: none.</param>
internal struct PauseThenYield(int pause)
{
    private const int LooksBeforeYield = 100;

    private int _looks;

    public void Idle()
    {
        if (++_looks > LooksBeforeYield)
        {
            Yield();
        }
        else
        {
            Thread.SpinWait(pause);
        }
    }

    public void Reset() => _looks = 0;

    // Out of line: the frame of the system call would otherwise be built in every loop that may come here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Yield() => Thread.Yield();
}
