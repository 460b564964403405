using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Reading;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Replay;

/// <summary>A recorded hash that the replay did not reach, and what differs first: a part of the state or the history.</summary>
public sealed record HashDifference(CommandSequence Sequence, Hash256 Recorded, Hash256 Replayed, string Component)
{
    /// <summary>Where the other hash is recorded; null: in the journal's own directory.</summary>
    public string? Source { get; init; }

    /// <summary>Schema and template of the command.</summary>
    public (int SchemaId, int TemplateId) Template { get; init; }
}

/// <summary>What a replay found.</summary>
public sealed record ReplayResult
{
    /// <summary>Commands that were applied.</summary>
    public required long Commands { get; init; }

    /// <summary>The last command of the snapshot that it began with; none: it began with the journal.</summary>
    public CommandSequence From { get; init; }

    public required CommandSequence LastSequence { get; init; }

    public required TimeNanos LastTime { get; init; }

    /// <summary>Hash of the state after the last command.</summary>
    public required Hash256 StateHash { get; init; }

    /// <summary>Hash over every command and event.</summary>
    public required Hash256 HistoryHash { get; init; }

    public required int HashPointsCompared { get; init; }

    public required int HashPointsEqual { get; init; }

    /// <summary>The last command whose state was compared and equal; none: there is no such command.</summary>
    public CommandSequence LastEqual { get; init; }

    /// <summary>The first point that differs; null when all are equal. The replay ends there.</summary>
    public required HashDifference? FirstDifference { get; init; }

    public required TimeSpan Elapsed { get; init; }
}

/// <summary>How far a replay is.</summary>
/// <param name="Done">The last command that was applied.</param>
/// <param name="Last">The last one that is to be.</param>
/// <param name="Elapsed">Since it began.</param>
/// <param name="From">What it began behind.</param>
public readonly record struct ReplayProgress(
    CommandSequence Done, CommandSequence Last, TimeSpan Elapsed, CommandSequence From)
{
    public long DoneCount => Done.Value - From.Value;

    public long Count => Last.Value - From.Value;
}

/// <summary>
/// Rebuilds the state from a journal: every record into an engine, and at every recorded hash point the two hashes compared.
/// Used at start to recover, and by the operator to audit. One thread; the journal is only read.
/// </summary>
public static class JournalReplay
{
    private const int CommandsPerProgress = 65_536;

    /// <param name="storage">The journal's directory.</param>
    /// <param name="host">A new engine, or one with the state of a snapshot of this journal.</param>
    /// <param name="last">The last record to apply; it exists.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="observer">Shown every command and every event; null: nobody looks.</param>
    /// <param name="others">What others recorded of the same history, to compare with too.</param>
    /// <exception cref="EngineStoppedException">The engine could not apply a record.</exception>
    public static ReplayResult Run(
        MappedStorage storage, EngineHost host, CommandSequence last, Action<ReplayProgress>? progress = null,
        ReplayObserver? observer = null, IEnumerable<RecordedStates>? others = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(host);
        var begun = Stopwatch.GetTimestamp();
        var from = host.Processor.LastSequence;
        var compared = new ComparedStates([new RecordedPoints(HashPointLog.ReadAll(storage)), .. others ?? []], from);
        long commands = 0;
        if (last > from)
        {
            using var reader = new JournalReader(storage, last);
            reader.Seek(new CommandSequence(from.Value + 1));
            observer?.Begin(host);
            var window = new RecordWindow(reader);
            while (compared.FirstDifference is null && TryTake(window, reader, host, out var record))
            {
                host.Apply(in record.Envelope, record.Frame);
                observer?.Show(host, in record);
                commands++;
                if (record.Envelope.Sequence == compared.Next && compared.Compare(host, in record))
                {
                    observer?.TellEqual();
                }

                if (commands % CommandsPerProgress == 0)
                {
                    progress?.Invoke(new ReplayProgress(record.Sequence, last, Stopwatch.GetElapsedTime(begun), from));
                }
            }
        }

        var processor = host.Processor;
        return new ReplayResult
        {
            Commands = commands,
            From = from,
            LastSequence = processor.LastSequence,
            LastTime = processor.LastTime,
            StateHash = processor.StateHash(),
            HistoryHash = processor.HistoryHash,
            HashPointsCompared = compared.Count,
            HashPointsEqual = compared.EqualCount,
            LastEqual = compared.LastEqual,
            FirstDifference = compared.FirstDifference,
            Elapsed = Stopwatch.GetElapsedTime(begun),
        };
    }

    /// <summary>The next record to apply; what those behind it will touch is on its way from the memory by then.</summary>
    private static bool TryTake(RecordWindow window, JournalReader reader, EngineHost host, out RecordView record)
    {
        while (window.TryShowNext(out var ahead))
        {
            KnownVersions.Prove(reader);
            host.Processor.Note(in ahead.Envelope, ahead.Frame);
        }

        return window.TryTake(out record);
    }

    /// <exception cref="StateDivergenceException">The replay reached another state than the one recorded.</exception>
    public static void ThrowIfDifferent(ReplayResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.FirstDifference is { } difference)
        {
            throw new StateDivergenceException(
                $"after command {difference.Sequence} the {WordOf(difference)} hashes to {difference.Replayed}, "
                + $"and {difference.Recorded} was recorded when it was live; "
                + $"what differs first is component {difference.Component}");
        }
    }

    private static string WordOf(HashDifference difference) =>
        difference.Component == StateComparison.HistoryName ? "history" : "state";
}
