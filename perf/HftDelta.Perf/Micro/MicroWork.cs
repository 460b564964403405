namespace HftDelta.Perf.Micro;

/// <summary>
/// Work of nanoseconds beside its floor: timed by BenchmarkDotNet (<see cref="WorkBenchmarks"/>), bounded by a budget in
/// perf/budgets.json. Each run does <see cref="Operations"/> of the same operations and leaves things so that the next can do
/// them again. Owner: one thread.
/// </summary>
internal abstract class MicroWork : IDisposable
{
    /// <summary>Operations of one run.</summary>
    public const int Operations = 128;

    public abstract void Run();

    /// <summary>As many of the least that any way of doing it has to do.</summary>
    public abstract void RunFloor();

    public virtual void Dispose()
    {
    }
}

/// <summary>All of them by name.</summary>
internal static class MicroWorks
{
    private static readonly Dictionary<string, Func<MicroWork>> Makers = new(StringComparer.Ordinal)
    {
        ["ring"] = static () => new RingWork(),
        ["codec"] = static () => new CodecWork(),
        ["book"] = static () => new BookWork(),
        ["ledger"] = static () => new LedgerWork(),
        ["command"] = static () => new CommandWork(),
        ["kernel"] = static () => new KernelWork(),
        ["margin"] = static () => new MarginWork(),
        ["journal"] = static () => new JournalWork(),
        ["keccak"] = static () => new KeccakWork(),
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    public static MicroWork Make(string name) => Makers[name]();
}
