namespace HftDelta.Tests.Disruptor.Schedules;

/// <summary>How an access is ordered against the others of its thread.</summary>
public enum Order
{
    Plain,

    /// <summary>A read that no later access of the thread overtakes.</summary>
    Acquire,

    /// <summary>A write that overtakes no earlier access of the thread.</summary>
    Release,

    /// <summary>Nothing passes in either direction.</summary>
    Full,
}

/// <summary>
/// One access. <c>Run</c> sees the memory and the registers of its thread and does nothing when the thread would not have
/// come here. A write that depends on a register waits for the access that sets it, as processors do.
/// </summary>
internal sealed record Access(string Word, bool IsWrite, Order Order, Action<long[], long[]> Run, int DependsOn = -1);

/// <summary>
/// A tiny machine with a weak memory: each thread is a straight line of accesses, of which any may happen next unless a
/// word, a dependency or an order mark keeps it behind another. It is weaker than x64 and about what arm64 permits.
/// All executions are tried.
/// </summary>
internal sealed class ReorderingMachine(
    Access[][] threads, long[] initialMemory, int registers, Func<long[], long[][], bool> isRight)
{
    /// <summary>Runs every execution; returns how many there were and how many ended wrong.</summary>
    public (long Executions, long Wrong) RunAll()
    {
        var done = Array.ConvertAll(threads, thread => new bool[thread.Length]);
        var files = Array.ConvertAll(threads, _ => new long[registers]);
        return Explore(done, (long[])initialMemory.Clone(), files);
    }

    private (long Executions, long Wrong) Explore(bool[][] done, long[] memory, long[][] files)
    {
        var (executions, wrong) = (0L, 0L);
        var moved = false;
        for (var thread = 0; thread < threads.Length; thread++)
        {
            for (var i = 0; i < threads[thread].Length; i++)
            {
                if (done[thread][i] || !MayHappenNow(threads[thread], done[thread], i))
                {
                    continue;
                }

                moved = true;
                var memoryAfter = (long[])memory.Clone();
                var filesAfter = Array.ConvertAll(files, file => (long[])file.Clone());
                threads[thread][i].Run(memoryAfter, filesAfter[thread]);
                done[thread][i] = true;
                var (more, moreWrong) = Explore(done, memoryAfter, filesAfter);
                done[thread][i] = false;
                executions += more;
                wrong += moreWrong;
            }
        }

        return moved ? (executions, wrong) : (1, isRight(memory, files) ? 0 : 1);
    }

    private static bool MayHappenNow(Access[] thread, bool[] done, int index)
    {
        var access = thread[index];
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (done[earlier])
            {
                continue;
            }

            var before = thread[earlier];
            var isHeldBack = before.Word == access.Word
                || access.DependsOn == earlier
                || before.Order is Order.Acquire or Order.Full
                || access.Order is Order.Release or Order.Full;
            if (isHeldBack)
            {
                return false;
            }
        }

        return true;
    }
}
