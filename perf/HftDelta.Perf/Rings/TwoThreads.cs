using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Rings;

/// <summary>
/// Runs two loops against each other, each on a thread and, where that is wanted and permitted, a core of its own: left alone,
/// a busy machine may keep both on one core, and then the scheduler is measured and not the ring. More loops go unpinned.
/// </summary>
internal sealed class TwoThreads
{
    private readonly int[] _cores = [];

    /// <param name="pins">False where the other side of a comparison is left to the scheduler as well.</param>
    public TwoThreads(bool pins = true)
    {
        if (!pins)
        {
            Placement = "threads not pinned";
        }
        else if (!CpuAffinity.TryGetAllowedCores(out var allowed, out var reason))
        {
            Placement = $"threads not pinned: {reason}";
        }
        else if (allowed.Count < 2)
        {
            Placement = "threads not pinned: there is only one core";
        }
        else
        {
            _cores = [allowed[0], allowed[^1]];
            Placement = $"threads pinned to cores {_cores[0]} and {_cores[1]}";
        }
    }

    /// <summary>Where the loops run, for the notes of the suite.</summary>
    public string Placement { get; private set; }

    /// <summary>Puts a thread of another process where a loop of ours runs; best effort.</summary>
    /// <param name="threadId">The system's number of it.</param>
    /// <param name="index">Of the loop, 0 or 1.</param>
    public void Pin(int threadId, int index)
    {
        if (_cores.Length > 0)
        {
            CpuAffinity.PinThread(threadId, _cores[index]);
        }
    }

    /// <summary>
    /// Starts all loops at the same moment and returns when they have ended. More than two are left to the scheduler.
    /// </summary>
    public void Run(params Action[] loops)
    {
        using var start = new Barrier(loops.Length);
        var threads = loops.Select((loop, index) => NewThread(loops.Length <= _cores.Length ? index : -1, loop, start)).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
    }

    private Thread NewThread(int index, Action loop, Barrier start) =>
        new(() =>
        {
            if (index >= 0)
            {
                var result = CpuAffinity.PinCurrentThread(_cores[index]);
                Placement = result.IsPinned ? Placement : $"threads not pinned: {result.Message}";
            }

            // The first look at its own identity costs a thread some memory, which is not the loop's.
            _ = Thread.CurrentThread;
            start.SignalAndWait();
            loop();
        })
        {
            IsBackground = true,
        };
}
