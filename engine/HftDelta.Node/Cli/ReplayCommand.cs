using System.CommandLine;
using HftDelta.Engine;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta replay</c>: rebuilds the state from a journal and compares it with what was recorded live. Changes nothing.
/// </summary>
public static class ReplayCommand
{
    private const int NothingToCompareError = 2302;

    private static readonly Option<long?> ToOption = ReplayedJournal.ToOption();

    private static readonly Option<bool> FromSnapshotOption = new("--from-snapshot")
    {
        Description = "Begin with the newest good snapshot that is not behind --to, instead of with the first command.",
    };

    private static readonly Option<string?> SnapshotsOption = SnapshotCommand.DirectoryOption();

    private static readonly Option<bool> CompareOption = new("--compare")
    {
        Description = "Fail unless at least one recorded state hash was there to compare with.",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var command = new Command(
            "replay", "Rebuild the state from the journal and compare it at every recorded hash point.")
        {
            directory,
            ToOption,
            CompareOption,
            FromSnapshotOption,
            SnapshotsOption,
        };
        command.SetAction(result => (int)Run(
            JournalDirectory.OpenAtRest(result.GetRequiredValue(directory)),
            SnapshotsOf(result, result.GetRequiredValue(directory)),
            result.GetValue(ToOption),
            result.GetValue(CompareOption),
            result.GetValue(OutputOption.Shared) == OutputFormat.Json,
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static MappedStorage? SnapshotsOf(ParseResult result, string directory)
    {
        if (result.GetValue(SnapshotsOption) is { } named)
        {
            return JournalDirectory.Open(named);
        }

        return result.GetValue(FromSnapshotOption) ? SnapshotSearch.BesideJournal(directory) : null;
    }

    private static ExitCode Run(
        MappedStorage storage, MappedStorage? snapshots, long? to, bool mustCompare, bool isJson, TextWriter output,
        TextWriter error)
    {
        using var interrupt = new Interrupt();
        var report = ReplayedJournal.Examine(storage, error);
        var last = ReplayedJournal.LastOf(report, to);
        var limits = ReplayedJournal.LimitsOf(storage, error);
        using var host = SnapshotSearch.Begin(
            storage, snapshots, last, limits, () => new EngineHost(limits), host => host.Processor, error.WriteLine);
        var progress = new ProgressLine(error, "replay", "commands");
        var found = JournalReplay.Run(storage, host, last, at =>
        {
            interrupt.Token.ThrowIfCancellationRequested();
            progress.Report(at.DoneCount, at.Count);
        });
        progress.End();
        if (isJson)
        {
            WriteJson(output, report, found);
        }
        else
        {
            WriteText(output, found);
        }

        return Judge(found, mustCompare, error);
    }

    private static ExitCode Judge(ReplayResult found, bool mustCompare, TextWriter error)
    {
        if (found.FirstDifference is { } difference)
        {
            error.WriteLine(
                $"error HD{ReplayedJournal.DivergenceError}: after command {difference.Sequence} the state hashes to "
                + $"{difference.Replayed}, recorded was {difference.Recorded}; what differs first is "
                + $"component {difference.Component}.");
            error.WriteLine("  next: keep the journal, and replay it with the version that wrote it.");
            return ExitCode.StateDivergence;
        }

        if (mustCompare && found.HashPointsCompared == 0)
        {
            error.WriteLine(
                $"error HD{NothingToCompareError}: nothing to compare: no recorded state hash lies among the replayed commands.");
            error.WriteLine(
                "  next: leave --compare out, or replay further: a hash is recorded about every "
                + $"{EngineLimits.HashPointInterval:N0} commands.");
            return ExitCode.Usage;
        }

        return ExitCode.Ok;
    }

    private static double RateOf(ReplayResult found) =>
        found.Elapsed.TotalSeconds > 0 ? found.Commands / found.Elapsed.TotalSeconds : 0;

    private static void WriteText(TextWriter output, ReplayResult found)
    {
        TextOutput.Line(output, "commands", found.Commands);
        if (found.From.Value > 0)
        {
            TextOutput.Line(output, "from snapshot", found.From.Value);
        }

        TextOutput.Line(output, "last sequence", found.LastSequence.Value);
        TextOutput.Line(output, "last time", TextOutput.Time(found.LastTime.Value));
        TextOutput.Line(output, "seconds", TextOutput.Number(found.Elapsed.TotalSeconds, 3));
        TextOutput.Line(output, "commands per second", TextOutput.Number(RateOf(found), 0));
        TextOutput.Line(output, "hash points compared", found.HashPointsCompared);
        TextOutput.Line(output, "hash points equal", found.HashPointsEqual);
        TextOutput.Line(output, "state hash", found.StateHash.ToString());
        TextOutput.Line(output, "history hash", found.HistoryHash.ToString());
    }

    private static void WriteJson(TextWriter output, RecoveryReport report, ReplayResult found) =>
        JsonOutput.Write(output, "hftdelta.replay/1", json =>
        {
            json.WriteString("journalId", report.JournalId);
            json.WriteNumber("commands", found.Commands);
            json.WriteNumber("fromSnapshot", found.From.Value);
            json.WriteNumber("lastSequence", found.LastSequence.Value);
            json.WriteNumber("lastTimeNanos", found.LastTime.Value);
            json.WriteNumber("elapsedNanos", (long)(found.Elapsed.TotalSeconds * 1e9));
            json.WriteNumber("commandsPerSecond", Math.Round(RateOf(found), 1));
            json.WriteNumber("hashPointsCompared", found.HashPointsCompared);
            json.WriteNumber("hashPointsEqual", found.HashPointsEqual);
            json.WriteString("stateHash", found.StateHash.ToString());
            json.WriteString("historyHash", found.HistoryHash.ToString());
            if (found.FirstDifference is { } difference)
            {
                json.WriteNumber("firstDifferenceSequence", difference.Sequence.Value);
                json.WriteString("firstDifferenceComponent", difference.Component);
            }
        });
}
