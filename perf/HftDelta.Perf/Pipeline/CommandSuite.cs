using System.Diagnostics;
using HdrHistogram;
using HftDelta.Node.BookReplay;
using HftDelta.Perf.Books;
using HftDelta.Primitives;
using HftDelta.Simulation.Streams;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// A recorded stream through the whole command path on one core: decode, session, margin, book, ledger, reports, state hash.
/// </summary>
public static class CommandSuite
{
    private const int Accounts = 1_000;
    private const int CommandsForAllocation = 10_000_000;
    private const int Batch = 4_096;
    private const int WarmUpPasses = 4;
    private const long LongestNanos = 1_000_000_000;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "command",
            "The recorded mix, each operation an encoded client command, through CommandProcessor.Apply, events encoded into "
            + "plain memory: sessions, margin, book, ledger, conservation, state hash. One thread, closed loop, a fresh engine "
            + "each pass, same trades. Floor: the book alone on the same stream, in turns. Times are those of the thread");
        var stream = RecordedStreams.Get(StreamProfile.Mix, result);
        using var commands = CommandStream.Make(stream, Accounts);
        var eventsPerCommand = Verify(commands);
        WarmUp(commands);
        var garbage = result.Counters;
        var pairs = options.Quick ? 3 : 9;
        var runs = PairedRuns.Measure(pairs, () => BookNanos(stream), () => EngineNanos(commands, garbage));
        var passes = options.Quick ? pairs : CommandsForAllocation / stream.Timed.Length;
        for (var pass = pairs; pass < passes; pass++)
        {
            EngineNanos(commands, garbage);
        }

        result.Rows.Add(new SuiteRow("book alone (floor)", "ns/command", runs.FloorMedian));
        result.Rows.Add(runs.Row("command applied", "ns/command"));
        result.Rows.Add(new SuiteRow("commands applied, one core", "million/s", 1_000 / runs.SubjectMedian));
        result.Rows.Add(new SuiteRow("events", "per command", eventsPerCommand));
        result.Rows.Add(new SuiteRow("commands counted for garbage", "million", passes * (stream.Timed.Length / 1e6)));
        result.Rows.Add(new SuiteRow("allocated by them", "bytes", garbage.AllocatedBytes));
        result.Rows.Add(new SuiteRow("collections", "count", garbage.Gen0));
        ServiceTimes(commands, result);
        result.Notes.Add($"{stream.Profile}: {stream.Timed.Length:#,0} commands a pass, {stream.PrefillCount:#,0} orders resting "
            + $"before them, {Accounts:#,0} accounts and sessions, one instrument; cancels by the client's own id");
        result.Notes.Add("service times hold one reading of the clock; each 1,024th command also folds the state hash");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    /// <summary>The trades are those that the stream demands.</summary>
    private static double Verify(CommandStream commands)
    {
        var stream = commands.Stream;
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        book.Apply(stream.Timed);
        Check.That(stream.DigestExpected == 0 || stream.DigestExpected == book.Digest);
        using var engine = new StreamEngine(commands);
        engine.ApplyReading(commands.Commands);
        Check.That(engine.Digest == book.Digest);
        Check.That(engine.Processor.StateHash() == engine.Processor.RecomputeStateHash());
        return engine.Events / (double)commands.Commands.Length;
    }

    private static void WarmUp(CommandStream commands)
    {
        var ignored = new PhaseCounters();
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            BookNanos(commands.Stream);
            EngineNanos(commands, ignored);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(100);
        }
    }

    private static double BookNanos(HdbsStream stream)
    {
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        var began = ThreadClock.Nanos();
        book.Apply(stream.Timed);
        return (double)(ThreadClock.Nanos() - began) / stream.Timed.Length;
    }

    private static double EngineNanos(CommandStream commands, PhaseCounters garbage)
    {
        using var engine = new StreamEngine(commands);
        engine.Prefill();
        var timed = commands.Commands[commands.Stream.PrefillCount..];
        garbage.Begin();
        var began = ThreadClock.Nanos();
        for (var rest = timed; rest.Length > 0; rest = rest[Math.Min(Batch, rest.Length)..])
        {
            engine.Apply(rest[..Math.Min(Batch, rest.Length)]);
        }

        var nanos = ThreadClock.Nanos() - began;
        garbage.End();
        Check.That(engine.Processor.View.ConservationError == default);
        return (double)nanos / timed.Length;
    }

    private static void ServiceTimes(CommandStream commands, SuiteResult result)
    {
        string[] names = ["passive", "aggressive", "cancel"];
        var kinds = names.Select(_ => new LongHistogram(1, LongestNanos, 3)).ToArray();
        using var engine = new StreamEngine(commands);
        engine.Prefill();
        var timed = commands.Commands[commands.Stream.PrefillCount..];
        var last = Stopwatch.GetTimestamp();
        for (var index = 0; index < timed.Length; index++)
        {
            engine.Apply(timed.Slice(index, 1));
            var now = Stopwatch.GetTimestamp();
            var kind = Math.Min((int)commands.Stream.Timed[index].Kind, names.Length - 1);
            kinds[kind].RecordValue(Math.Clamp((now - last) * 1_000_000_000 / Stopwatch.Frequency, 1, LongestNanos));

            // Read again: recording is not part of the next command.
            last = Stopwatch.GetTimestamp();
        }

        var all = new LongHistogram(1, LongestNanos, 3);
        for (var kind = 0; kind < names.Length; kind++)
        {
            all.Add(kinds[kind]);
            result.Histograms.Add(new NamedHistogram($"service time {names[kind]}", kinds[kind]));
        }

        result.Histograms.Add(new NamedHistogram("service time all", all));
    }
}
