using System.CommandLine;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta recover</c>: what a start would do, and nothing more. It judges the journal's end, cuts off a torn tail that
/// nobody was told of, begins with the newest good snapshot, replays what is behind it and compares every recorded hash. What is
/// damaged where it should be whole is named with the record and stays as it is.
/// </summary>
public static class RecoverCommand
{
    private static readonly Option<bool> CheckOption = new("--check")
    {
        Description = "Say what would be done and change nothing.",
    };

    private static readonly Option<bool> DetailedOption = new("--detailed-exit-code")
    {
        Description = "Exit code 11 when a torn tail was cut off, or with --check would be.",
    };

    private static readonly Option<bool> WholeOption = new("--whole-journal")
    {
        Description = "Replay from the journal's beginning, whatever snapshots there are.",
    };

    private static readonly Option<string?> SnapshotsOption = SnapshotCommand.DirectoryOption();

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var command = new Command("recover", "Recover a journal as a start would, and say what was found.")
        {
            directory,
            CheckOption,
            DetailedOption,
            WholeOption,
            SnapshotsOption,
        };
        command.SetAction(result => (int)Run(result, result.GetRequiredValue(directory)));
        return command;
    }

    private static ExitCode Run(ParseResult result, string directory)
    {
        using var interrupt = new Interrupt();
        var error = result.InvocationConfiguration.Error;
        var storage = JournalDirectory.OpenAtRest(directory);
        using var held = storage.LockExclusive(AppendableJournal.LockName);
        var found = ReplayedJournal.Examine(storage, error);
        if (found.Torn is not null && !result.GetValue(CheckOption))
        {
            JournalRecovery.Repair(storage, found);
        }

        using var host = Begin(result, storage, directory, found, error);
        var progress = new ProgressLine(error, "recover", "commands");
        var replayed = JournalReplay.Run(storage, host, found.LastSequence, progress.OfReplay(interrupt.Token));
        progress.End();
        if (replayed.FirstDifference is { } difference)
        {
            throw ReplayedJournal.Diverged(difference);
        }

        Tell(result, found, replayed);
        return found.Torn is not null && result.GetValue(DetailedOption) ? ExitCode.TornTailRepaired : ExitCode.Ok;
    }

    private static EngineHost Begin(
        ParseResult result, MappedStorage storage, string directory, RecoveryReport found, TextWriter error)
    {
        var limits = ReplayedJournal.LimitsOf(storage, error);
        var snapshots = result.GetValue(SnapshotsOption) is { } named
            ? JournalDirectory.Open(named)
            : SnapshotSearch.BesideJournal(directory);
        return SnapshotSearch.Begin(
            storage, result.GetValue(WholeOption) ? null : snapshots, found.LastSequence, limits, () => new EngineHost(limits),
            host => host.Processor, error.WriteLine);
    }

    private static void Tell(ParseResult result, RecoveryReport found, ReplayResult replayed)
    {
        var output = result.InvocationConfiguration.Output;
        var isCut = found.Torn is not null && !result.GetValue(CheckOption);
        if (result.GetValue(OutputOption.Shared) == OutputFormat.Json)
        {
            JsonOutput.Write(output, "hftdelta.recover/1", json =>
            {
                json.WriteString("journalId", found.JournalId);
                json.WriteString("endState", found.State == JournalEndState.TornTail ? "tornTail" : "clean");
                json.WriteNumber("tornBytes", found.Torn?.LengthBytes ?? 0);
                json.WriteBoolean("isTornTailCut", isCut);
                json.WriteNumber("safeSequence", found.SafeCursor.Sequence.Value);
                json.WriteNumber("fromSnapshot", replayed.From.Value);
                json.WriteNumber("commands", replayed.Commands);
                json.WriteNumber("lastSequence", replayed.LastSequence.Value);
                json.WriteNumber("lastTimeNanos", replayed.LastTime.Value);
                json.WriteNumber("elapsedNanos", (long)replayed.Elapsed.TotalNanoseconds);
                json.WriteNumber("hashPointsCompared", replayed.HashPointsCompared);
                json.WriteString("stateHash", replayed.StateHash.ToString());
                json.WriteString("historyHash", replayed.HistoryHash.ToString());
            });
            return;
        }

        TextOutput.Line(output, "journal", found.JournalId.ToString());
        TextOutput.Line(output, "ends", EndWords(found, isCut));
        TextOutput.Line(output, "acknowledged", found.SafeCursor.Sequence.Value);
        TextOutput.Line(
            output, "began with",
            replayed.From.Value == 0 ? "the journal" : $"the snapshot of command {TextOutput.Number(replayed.From.Value)}");
        TextOutput.Line(output, "commands replayed", replayed.Commands);
        TextOutput.Line(output, "last sequence", replayed.LastSequence.Value);
        TextOutput.Line(output, "last time", TextOutput.Time(replayed.LastTime.Value));
        TextOutput.Line(output, "seconds", TextOutput.Number(replayed.Elapsed.TotalSeconds, 3));
        TextOutput.Line(output, "hash points equal", replayed.HashPointsEqual);
        TextOutput.Line(output, "state hash", replayed.StateHash.ToString());
        TextOutput.Line(output, "history hash", replayed.HistoryHash.ToString());
    }

    private static string EndWords(RecoveryReport found, bool isCut) => found.Torn is { } torn
        ? $"{TextOutput.Number(torn.LengthBytes)} bytes of record {torn.NextSequence} that nobody was told of"
            + (isCut ? " were cut off" : " are to be cut off")
        : "clean";
}
