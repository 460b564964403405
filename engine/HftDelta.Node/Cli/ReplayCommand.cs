using System.CommandLine;
using System.Text;
using HftDelta.Journal.Cursors;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta replay</c>: rebuilds the state from a journal, compares it with what was recorded live and with what another node
/// has, and writes it down. Changes nothing.
/// </summary>
public static class ReplayCommand
{
    private static readonly Option<bool> FromSnapshotOption = new("--from-snapshot")
    {
        Description = "Begin with the newest good snapshot that is not behind the target, instead of with the first command.",
    };

    private static readonly Option<string?> SnapshotsOption = SnapshotCommand.DirectoryOption();

    private static readonly Option<string?> CompareOption = new("--compare")
    {
        Description = "Compare with a directory of another node too: its journal record by record, its hash points, its "
            + "snapshots. Without DIR: fail unless at least one recorded state hash was there to compare with.",
        HelpName = "DIR",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> UntilDivergenceOption = new("--until-divergence")
    {
        Description = "Keep which commands changed which component, and tell those behind the first state that differs.",
    };

    private static readonly Option<string?> DumpStateOption = new("--dump-state")
    {
        Description = "Write the state at the end as JSON lines that `diff` can compare.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.ArgumentOrArchive();
        var command = new Command(
            "replay", "Rebuild the state from the journal and compare it at every recorded hash point.")
        {
            directory,
            ReplayTarget.ToOption,
            ReplayTarget.AtTimeOption,
            CompareOption,
            UntilDivergenceOption,
            DumpStateOption,
            FromSnapshotOption,
            SnapshotsOption,
        };
        command.SetAction(result => (int)Run(result, result.GetRequiredValue(directory)));
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

    private static ExitCode Run(ParseResult result, string directory)
    {
        using var interrupt = new Interrupt();
        using var source = JournalSource.Open(directory);
        var storage = source.Storage;
        var error = result.InvocationConfiguration.Error;
        var report = ReplayedJournal.Examine(storage, error);
        var last = ReplayTarget.Of(result, storage, report);
        using var other = result.GetValue(CompareOption) is { } compared ? OtherNode.Open(compared) : null;
        last = other?.CompareRecords(storage, last, interrupt.Token) ?? last;
        var limits = ReplayedJournal.LimitsOf(storage, error);
        using var host = SnapshotSearch.Begin(
            storage, SnapshotsOf(result, directory), last, limits, () => new EngineHost(limits), host => host.Processor,
            error.WriteLine);
        var watch = result.GetValue(UntilDivergenceOption) ? new ComponentWatch(host.Processor) : null;
        var progress = new ProgressLine(error, "replay", "commands");
        var found = JournalReplay.Run(
            storage,
            host,
            last,
            progress.OfReplay(interrupt.Token),
            watch,
            other?.States);
        progress.End();
        var dump = result.GetValue(DumpStateOption);
        if (dump is not null)
        {
            Dump(host, dump);
        }

        var told = new ReplayReport(report, found, other, watch, dump, HashPointLog.CountLeftOut(storage));
        told.Write(result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared) == OutputFormat.Json);
        var mustCompare = watch is not null || result.GetResult(CompareOption) is { Implicit: false };
        return told.Judge(mustCompare, error);
    }

    // Whole or not at all: whoever compares dumps must not compare half of one.
    private static void Dump(EngineHost host, string path)
    {
        var unfinished = $"{path}.new";
        try
        {
            using (var output = new StreamWriter(unfinished, append: false, new UTF8Encoding(false), bufferSize: 1 << 16))
            {
                StateDump.Write(host.Processor, output);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
