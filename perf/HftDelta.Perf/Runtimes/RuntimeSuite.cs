using System.Globalization;

namespace HftDelta.Perf.Runtimes;

/// <summary>
/// The same work of the engine compiled while it runs, ahead of time for the start, and ahead of time for good: how long a
/// process takes to start, what its first commands take, and what a command costs in the end. One thread.
/// </summary>
public static class RuntimeSuite
{
    private const int FirstCommands = 10_000;
    private const int WarmUpPasses = 8;
    private const double NanosPerMilli = 1e6;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "runtime",
            "The engine and its flow in processes of their own that differ in how they were compiled, in turns: the suite "
            + "engine's work, one thread, closed loop, a fresh engine each pass. Floor of each: JIT with PGO, as the venue runs");
        var folder = Environment.GetEnvironmentVariable(EnginePeer.FolderVariable);
        var programs = new List<(RuntimeMode Mode, string Program)>();
        foreach (var mode in RuntimeMode.Others.Prepend(RuntimeMode.Usual))
        {
            if (EnginePeer.Find(mode, folder) is { } program)
            {
                programs.Add((mode, program));
            }
            else
            {
                result.Notes.Add($"{mode.Name} was not measured: scripts/native.sh --engine builds it, once; it needs gcc and "
                    + $"zlib1g-dev (Debian), and {EnginePeer.FolderVariable} then names its folder, as run-perf.sh does");
            }
        }

        MeasureStarts(result, programs, options.Quick ? 3 : 5);
        MeasureCommands(result, programs, options.Quick ? 50_000 : 100_000, options.Quick ? 5 : 9);
        return result;
    }

    private static void MeasureStarts(
        SuiteResult result, List<(RuntimeMode Mode, string Program)> programs, int rounds)
    {
        var starts = Table(programs.Count, rounds);
        var firsts = Table(programs.Count, rounds);
        for (var round = 0; round < rounds; round++)
        {
            for (var place = 0; place < programs.Count; place++)
            {
                using var peer = EnginePeer.Start(programs[place].Mode, programs[place].Program);
                starts[place][round] = peer.StartNanos;
                firsts[place][round] = peer.FlowNanos(FirstCommands);
            }
        }

        AddRows(result, programs, starts, "start of the process until its first word", "ms", NanosPerMilli);
        AddRows(
            result, programs, firsts,
            string.Create(CultureInfo.InvariantCulture, $"its first work: {FirstCommands:N0} commands made and applied"),
            "ms", NanosPerMilli);
    }

    private static void MeasureCommands(
        SuiteResult result, List<(RuntimeMode Mode, string Program)> programs, int count, int rounds)
    {
        EnginePeer[] peers = [.. programs.Select(program => EnginePeer.Start(program.Mode, program.Program))];
        try
        {
            foreach (var peer in peers)
            {
                peer.FlowNanos(count);
            }

            for (var pass = 0; pass < WarmUpPasses; pass++)
            {
                foreach (var peer in peers)
                {
                    peer.WarmNanos();
                }

                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(100);
            }

            var nanos = Table(peers.Length, rounds);
            for (var round = 0; round < rounds; round++)
            {
                // Who goes first changes, so that nobody profits from what another warmed.
                for (var turn = 0; turn < peers.Length; turn++)
                {
                    var place = (turn + round) % peers.Length;
                    nanos[place][round] = peers[place].PassNanos();
                }
            }

            AddRows(result, programs, nanos, "command applied, warm", "ns/command", 1);
            var garbage = peers.Select(peer => peer.Garbage()).ToArray();
            result.Rows.Add(new SuiteRow("allocated in all warm passes, by all", "bytes", garbage.Sum(g => g.AllocatedBytes)));
            result.Rows.Add(new SuiteRow("collections in them", "count", garbage.Sum(g => g.Collections)));
        }
        finally
        {
            foreach (var peer in peers)
            {
                peer.Dispose();
            }
        }
    }

    private static void AddRows(
        SuiteResult result, List<(RuntimeMode Mode, string Program)> programs, double[][] nanos, string what, string unit,
        double perUnit)
    {
        result.Rows.Add(new SuiteRow(
            $"{programs[0].Mode.Name} (floor): {what}", unit, PairedRuns.Median(nanos[0]) / perUnit));
        for (var place = 1; place < programs.Count; place++)
        {
            var runs = PairedRuns.Of(nanos[0], nanos[place]);
            result.Rows.Add(runs.Row($"{programs[place].Mode.Name}: {what}", unit, perUnit));
        }
    }

    private static double[][] Table(int programs, int rounds) =>
        [.. Enumerable.Range(0, programs).Select(_ => new double[rounds])];
}
