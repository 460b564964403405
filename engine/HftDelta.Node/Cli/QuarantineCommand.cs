using System.CommandLine;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta journal quarantine</c>: takes a command out that every engine stops at, by a record of a new term in its place.
/// </summary>
internal static class QuarantineCommand
{
    private static readonly Argument<long> SequenceArgument = new("SEQUENCE")
    {
        Description = "The command that the venue stopped at.",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var command = new Command(
            "quarantine",
            "Put a record that every follower skips in the place of a command that the engine stops at and nobody was told of.")
        {
            directory,
            SequenceArgument,
        };
        command.SetAction(result => (int)Run(result, result.GetRequiredValue(directory)));
        return command;
    }

    private static ExitCode Run(ParseResult result, string directory)
    {
        using var interrupt = new Interrupt();
        var error = result.InvocationConfiguration.Error;
        var sequence = result.GetValue(SequenceArgument);
        var storage = JournalDirectory.OpenAtRest(directory);
        var report = ReplayedJournal.Examine(storage, error);
        _ = ReplayedJournal.LastOf(report, sequence);
        var progress = new ProgressLine(error, "quarantine", "commands");
        var done = QuarantineWork.Run(
            storage, SnapshotSearch.BesideJournal(directory), ReplayedJournal.LimitsOf(storage, error), report,
            new CommandSequence(sequence), error.WriteLine, progress.OfReplay(interrupt.Token));
        progress.End();
        Tell(result, done);
        return ExitCode.Ok;
    }

    private static void Tell(ParseResult result, QuarantineResult done)
    {
        var output = result.InvocationConfiguration.Output;
        if (result.GetValue(OutputOption.Shared) == OutputFormat.Json)
        {
            JsonOutput.Write(output, "hftdelta.quarantine/1", json =>
            {
                json.WriteNumber("sequence", done.Sequence.Value);
                json.WriteNumber("templateId", done.TemplateId);
                json.WriteNumber("session", done.Session.Value);
                json.WriteString("cause", done.Cause);
                json.WriteNumber("droppedRecords", done.Dropped);
                json.WriteString("keptIn", done.KeptIn);
                json.WriteNumber("term", done.Term);
            });
            return;
        }

        TextOutput.Line(output, "quarantined", done.Sequence.Value);
        TextOutput.Line(output, "template", done.TemplateId);
        TextOutput.Line(output, "session", done.Session.Value == 0 ? "none" : done.Session.ToString());
        TextOutput.Line(output, "the engine said", done.Cause);
        TextOutput.Line(output, "dropped behind it", done.Dropped);
        TextOutput.Line(output, "kept in", done.KeptIn);
        TextOutput.Line(output, "term now", done.Term);
    }
}
