using System.CommandLine;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta snapshot</c>: makes snapshots from a journal, also of a venue that runs, and tells whether they are good. The
/// venue itself writes none: who makes one repeats the journal in an engine of its own.
/// </summary>
public static class SnapshotCommand
{
    private const int BadNumberError = 1040;

    private static readonly Option<long?> ToOption = new("--to")
    {
        Description = "The last command in it; the last one that was acknowledged by default.",
        HelpName = "SEQUENCE",
    };

    private static readonly Option<int> KeepOption = new("--keep")
    {
        Description = "How many snapshots stay, the newest; 0: all.",
        HelpName = "N",
        DefaultValueFactory = _ => SnapshotWriter.KeptDefault,
    };

    private static readonly Option<string?> SnapshotsOption = DirectoryOption();

    private static readonly Option<long?> SequenceOption = new("--sequence")
    {
        Description = "Only the snapshot of this command; for inspect the newest by default.",
        HelpName = "SEQUENCE",
    };

    /// <summary>Where snapshots are, for every verb that uses them.</summary>
    public static Option<string?> DirectoryOption() => new("--snapshots")
    {
        Description = "The directory of the snapshots. Without it: snapshots in the journal's directory.",
        HelpName = "DIR",
    };

    public static Command Create() => new("snapshot", "Snapshots of a venue's state: create, list, inspect, verify.")
    {
        Verb(
            "create", "Repeat the journal in an engine of its own, compare every recorded state hash, and write the state.",
            [ToOption, KeepOption], Make),
        Verb("list", "Every snapshot with what its header says.", [], (storage, _, result) => List(storage, result)),
        Verb(
            "inspect", "What one snapshot holds, table by table.", [SequenceOption],
            (storage, _, result) => Inspect(storage, result)),
        Verb(
            "verify",
            "Read every snapshot into an engine, compute its hash, audit it, and find its last record in the journal.",
            [SequenceOption], Verify),
    };

    private static Command Verb(
        string name, string words, Option[] options, Func<MappedStorage, MappedStorage, ParseResult, ExitCode> run)
    {
        var directory = JournalDirectory.Argument();
        var command = new Command(name, words) { directory, SnapshotsOption };
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            var journal = result.GetRequiredValue(directory);
            var storage = JournalDirectory.Open(journal);
            var path = result.GetValue(SnapshotsOption) ?? Path.Combine(journal, SnapshotNames.DirectoryName);
            if (name == "create")
            {
                JournalDirectory.Create(path);
            }

            return (int)run(JournalDirectory.Open(path), storage, result);
        });
        return command;
    }

    private static ExitCode Make(MappedStorage snapshots, MappedStorage journal, ParseResult result)
    {
        var keep = result.GetValue(KeepOption);
        if (keep < 0)
        {
            throw new OperatorException(
                BadNumberError, ExitCode.Usage, $"--keep {keep}: must be 0 or more", "choose another one");
        }

        using var interrupt = new Interrupt();
        var error = result.InvocationConfiguration.Error;
        var progress = new ProgressLine(error, "snapshot", "commands");
        var report = SnapshotMaker.Make(
            journal,
            snapshots,
            result.GetValue(ToOption) is { } to ? new CommandSequence(to) : null,
            keep,
            error.WriteLine,
            progress.Report,
            interrupt.Token);
        progress.End();
        if (report is null)
        {
            error.WriteLine("there is a snapshot of this command already; nothing was written");
            return ExitCode.Ok;
        }

        SnapshotReports.Created(result, report);
        return ExitCode.Ok;
    }

    private static ExitCode List(MappedStorage snapshots, ParseResult result)
    {
        var entries = SnapshotNames.List(snapshots).Select(sequence => SnapshotEntry.Of(snapshots, sequence)).ToList();
        SnapshotReports.Entries(result, "hftdelta.snapshot-list/1", entries);
        return SnapshotEntry.ExitCodeOf(entries);
    }

    private static ExitCode Inspect(MappedStorage snapshots, ParseResult result)
    {
        var sequence = result.GetValue(SequenceOption) is { } asked
            ? new CommandSequence(asked)
            : SnapshotNames.List(snapshots) is [var newest, ..] ? newest : default;
        using var file = SnapshotFile.Open(snapshots, SnapshotNames.Of(sequence));
        var sections = SnapshotLoader.Prove(snapshots, SnapshotNames.Of(sequence));
        SnapshotReports.Inspected(result, file, sections);
        return ExitCode.Ok;
    }

    private static ExitCode Verify(MappedStorage snapshots, MappedStorage journal, ParseResult result)
    {
        var asked = result.GetValue(SequenceOption);
        var entries = SnapshotNames.List(snapshots).Where(sequence => asked is null || sequence.Value == asked)
            .Select(sequence => SnapshotEntry.Proved(snapshots, journal, sequence)).ToList();
        if (asked is not null && entries.Count == 0)
        {
            // Says that it is not there.
            SnapshotFile.Open(snapshots, SnapshotNames.Of(new CommandSequence(asked.Value))).Dispose();
        }

        SnapshotReports.Entries(result, "hftdelta.snapshot-verify/1", entries);
        return SnapshotEntry.ExitCodeOf(entries);
    }
}
