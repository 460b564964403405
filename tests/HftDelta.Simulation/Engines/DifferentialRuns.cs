namespace HftDelta.Simulation.Engines;

/// <summary>The seed whose commands parted the two venues, and where.</summary>
public sealed record DifferentialFailure(ulong Seed, VenueDivergence Divergence);

/// <summary>
/// Runs of random commands, each of a seed of its own and on a core and a model of its own, by several threads at once: what a
/// seed does does not depend on who runs it. Seeds are taken in order; after a divergence no new one is begun.
/// </summary>
public sealed class DifferentialRuns(VenueWorld world, VenueFeatures features, int commandsPerRun, ulong firstSeed, int runs)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _tally = new(StringComparer.Ordinal);
    private DifferentialFailure? _failure;
    private int _begun;

    /// <summary>Runs in which both agreed to the end.</summary>
    public int Done { get; private set; }

    /// <summary>What was reported how often, by kind and code.</summary>
    public IReadOnlyDictionary<string, long> Tally => _tally;

    /// <returns>The failure with the lowest seed among those begun; null when all agreed.</returns>
    public DifferentialFailure? Run(int workers, TimeSpan longest)
    {
        var until = Environment.TickCount64 + (long)longest.TotalMilliseconds;
        var others = Enumerable.Range(1, workers - 1).Select(_ => new Thread(() => Work(until))).ToList();
        others.ForEach(thread => thread.Start());
        Work(until);
        others.ForEach(thread => thread.Join());
        return _failure;
    }

    private void Work(long until)
    {
        while (Environment.TickCount64 < until && TryBegin(out var seed))
        {
            var tally = new ReportTally();
            var commands = new CommandDraw(world, features, seed).Draw(commandsPerRun);
            var divergence = VenuePair.FindDivergence(world, commands, tally.Add);
            lock (_lock)
            {
                Done += divergence is null ? 1 : 0;
                tally.AddTo(_tally);
                if (divergence is not null && (_failure is null || seed < _failure.Seed))
                {
                    _failure = new DifferentialFailure(seed, divergence);
                }
            }
        }
    }

    private bool TryBegin(out ulong seed)
    {
        lock (_lock)
        {
            seed = firstSeed + (ulong)_begun;
            return _failure is null && _begun++ < runs;
        }
    }
}
