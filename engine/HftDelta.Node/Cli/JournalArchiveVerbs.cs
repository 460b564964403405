using System.CommandLine;
using HftDelta.Journal.Archive;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Snapshots;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// The verbs of <c>hftdelta journal</c> that write: archive, restore, truncate. Whatever takes something away holds the journal's
/// lock.
/// </summary>
internal static class JournalArchiveVerbs
{
    private const int KeepError = 1036;
    private const int CutError = 1037;
    private const int NoSnapshotError = 1038;

    private static readonly Option<string> ArchiveOption = new("--to")
    {
        Description = "The directory of the archive; made when it is not there.",
        HelpName = "ARCHIVE",
        Required = true,
    };

    private static readonly Option<long?> RemoveBeforeOption = new("--remove-before")
    {
        Description = "Take archived segments away that end before this record and that the newest good snapshot holds.",
        HelpName = "SEQUENCE",
    };

    private static readonly Option<int> KeepOption = new("--keep")
    {
        Description = "Closed segments that stay in any case.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<long?> CutOption = new("--to")
    {
        Description = "The record that becomes the last one; without it only a torn tail is cut off.",
        HelpName = "SEQUENCE",
    };

    private static readonly Option<bool> AcceptLossOption = new("--accept-loss")
    {
        Description = "Cut also what was acknowledged to somebody.",
    };

    private static readonly Argument<string> SourceArgument = new("ARCHIVE") { Description = "The directory of the archive." };

    public static Command Archive()
    {
        var directory = JournalDirectory.Argument();
        var verb = new Command("archive", "Copy closed segments into an archive, compressed and proved; also of a running venue.")
        {
            directory,
            ArchiveOption,
            RemoveBeforeOption,
            KeepOption,
        };
        verb.SetAction(result => (int)Archive(
            result.GetRequiredValue(directory),
            result.GetRequiredValue(ArchiveOption),
            result.GetValue(RemoveBeforeOption),
            result.GetValue(KeepOption),
            OutputOf(result)));
        return verb;
    }

    public static Command Restore()
    {
        var directory = JournalDirectory.Argument();
        var verb = new Command("restore", "Put archived segments back in front of a journal, or into an empty directory.")
        {
            SourceArgument,
            directory,
        };
        verb.SetAction(result => (int)Restore(
            result.GetRequiredValue(SourceArgument), result.GetRequiredValue(directory), OutputOf(result)));
        return verb;
    }

    public static Command Truncate()
    {
        var directory = JournalDirectory.Argument();
        var verb = new Command("truncate", "Cut off a torn tail, or everything behind a record.")
        {
            directory,
            CutOption,
            AcceptLossOption,
        };
        verb.SetAction(result => (int)Truncate(
            result.GetRequiredValue(directory), result.GetValue(CutOption), result.GetValue(AcceptLossOption), OutputOf(result)));
        return verb;
    }

    /// <summary>What <c>journal verify</c> says of an archive.</summary>
    public static ExitCode Verify(string directory, bool isJson, TextWriter output, TextWriter error)
    {
        var progress = new ProgressLine(error, "verify", "segments");
        var list = JournalArchive.Verify(directory, progress.Report);
        progress.End();
        Tell(new VerbOutput(output, error, isJson), "hftdelta.journal-archive-verify/1", directory, list.Segments.Count, 0);
        return ExitCode.Ok;
    }

    private static ExitCode Archive(string journal, string archive, long? removeBefore, int keep, VerbOutput verb)
    {
        if (removeBefore is < 1 || keep < 0)
        {
            throw new OperatorException(
                KeepError,
                ExitCode.Usage,
                "--remove-before is at least 1 and --keep at least 0",
                "hftdelta journal describe DIR tells which records there are");
        }

        var storage = JournalDirectory.Open(journal);
        using var exclusive = removeBefore is null ? null : Lock(storage, journal);
        var progress = new ProgressLine(verb.Error, "archive", "segments");
        var added = JournalArchive.Add(storage, archive, progress.Report);
        CopyLimits(journal, archive);
        progress.End();
        var removed = removeBefore is { } before
            ? JournalArchive.Remove(storage, archive, keep, NeededFrom(storage, journal, before))
            : 0;
        Tell(verb, "hftdelta.journal-archive/1", archive, added.Count, removed);
        return ExitCode.Ok;
    }

    /// <summary>What the newest good snapshot does not hold stays, or the venue could not start any more.</summary>
    private static CommandSequence NeededFrom(MappedStorage journal, string directory, long before)
    {
        var snapshots = SnapshotSearch.BesideJournal(directory);
        foreach (var sequence in snapshots is null ? [] : SnapshotNames.List(snapshots))
        {
            if (SnapshotEntry.Proved(snapshots!, journal, sequence).Fault is null)
            {
                return new CommandSequence(Math.Min(before, sequence.Value + 1));
            }
        }

        throw new OperatorException(
            NoSnapshotError,
            ExitCode.Usage,
            $"{directory} holds no good snapshot: without its first segments the venue could not start; nothing was taken away",
            $"hftdelta snapshot create {directory}");
    }

    private static ExitCode Restore(string archive, string journal, VerbOutput verb)
    {
        if (!ArchiveList.IsArchive(archive))
        {
            throw new OperatorException(
                (int)JournalFault.NoJournal, ExitCode.Usage, $"{archive} holds no archive ({ArchiveList.FileName} is not there)",
                "name the directory that journal archive wrote to");
        }

        JournalDirectory.Create(journal);
        var storage = JournalDirectory.Open(journal);
        using var exclusive = Lock(storage, journal);
        var progress = new ProgressLine(verb.Error, "restore", "segments");
        var restored = JournalArchive.Restore(archive, storage, progress.Report);
        CopyLimits(archive, journal);
        progress.End();
        Tell(verb, "hftdelta.journal-restore/1", archive, restored, 0);
        return ExitCode.Ok;
    }

    private static ExitCode Truncate(string journal, long? to, bool acceptsLoss, VerbOutput verb)
    {
        var storage = JournalDirectory.Open(journal);
        using var exclusive = Lock(storage, journal);
        var before = JournalRecovery.Examine(storage);
        RecoveryReport after;
        if (to is { } last)
        {
            if (last < 1)
            {
                throw new OperatorException(
                    CutError, ExitCode.Usage, $"--to {last}: must be at least 1", "hftdelta journal describe DIR");
            }

            after = JournalTruncation.Run(storage, new CommandSequence(last), acceptsLoss);
        }
        else
        {
            before.ThrowIfCorrupt();
            after = JournalRecovery.Repair(storage, before);
        }

        var records = Math.Max(0, before.LastSequence.Value - after.LastSequence.Value);
        if (verb.IsJson)
        {
            JsonOutput.Write(verb.Output, "hftdelta.journal-truncate/1", json =>
            {
                json.WriteNumber("lastSequence", after.LastSequence.Value);
                json.WriteNumber("recordsCut", records);
                json.WriteNumber("tornBytes", before.Torn?.LengthBytes ?? 0);
            });
        }
        else
        {
            TextOutput.Line(verb.Output, "last sequence", after.LastSequence.Value);
            TextOutput.Line(verb.Output, "records cut", records);
            TextOutput.Line(verb.Output, "torn bytes", before.Torn?.LengthBytes ?? 0);
        }

        return ExitCode.Ok;
    }

    // They never change, and without them nobody can replay the segments.
    private static void CopyLimits(string from, string to)
    {
        var (source, target) = (Path.Combine(from, EngineLimitsFile.FileName), Path.Combine(to, EngineLimitsFile.FileName));
        if (File.Exists(source) && !File.Exists(target))
        {
            File.Copy(source, $"{target}.new", overwrite: true);
            File.Move($"{target}.new", target);
        }
    }

    private static VerbOutput OutputOf(ParseResult result) => new(
        result.InvocationConfiguration.Output,
        result.InvocationConfiguration.Error,
        result.GetValue(OutputOption.Shared) == OutputFormat.Json);

    private static IDisposable Lock(MappedStorage storage, string journal)
    {
        try
        {
            return storage.LockExclusive(AppendableJournal.LockName);
        }
        catch (StorageException refusal)
        {
            throw new OperatorException(
                (int)JournalFault.Locked,
                ExitCode.Usage,
                $"a venue is writing in {journal}: nothing may be taken away or put back",
                "stop it first",
                refusal);
        }
    }

    private static void Tell(VerbOutput verb, string schema, string archive, int segments, int removed)
    {
        var list = ArchiveList.Read(archive).Segments;
        var last = list.Count == 0 ? 0 : list[^1].LastSequence.Value;
        if (verb.IsJson)
        {
            JsonOutput.Write(verb.Output, schema, json =>
            {
                json.WriteNumber("segments", segments);
                json.WriteNumber("removed", removed);
                json.WriteNumber("archivedSegments", list.Count);
                json.WriteNumber("archivedThroughSequence", last);
                json.WriteNumber("archiveBytes", list.Sum(segment => segment.FileBytes));
            });
            return;
        }

        TextOutput.Line(verb.Output, "segments", segments);
        TextOutput.Line(verb.Output, "taken away", removed);
        TextOutput.Line(verb.Output, "in the archive", list.Count);
        TextOutput.Line(verb.Output, "archived through", last);
        TextOutput.Line(verb.Output, "archive bytes", list.Sum(segment => segment.FileBytes));
    }
}
