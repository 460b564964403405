using System.CommandLine;
using HftDelta.Node.Export;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta journal export</c>: a journal's history as tables for analytics engines.</summary>
internal static class JournalExportCommand
{
    private const int NotReconciledError = 2345;

    private static readonly Option<string> OutOption = new("--out")
    {
        Description = "The folder that the tables are written to; made when it is not there.",
        HelpName = "FOLDER",
        Required = true,
    };

    private static readonly ChoiceOption<ExportFormat> FormatOption = new("--format", "Of the tables.", ExportFormat.Csv);

    private static readonly Option<long> FromOption = new("--from")
    {
        Description = "First command to export, by its sequence.",
        HelpName = "SEQUENCE",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> ForceOption = new("--force")
    {
        Description = "Replace the export that is in the folder, once the new one is whole.",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new Command(
            "export",
            "Replay the journal and write orders, trades, fills, settlements, movements, balances, positions and instruments as "
            + "tables in CSV or Apache Parquet. Every number is exact.")
        {
            directory, OutOption, FormatOption, FromOption, to, ForceOption,
        };
        command.SetAction(result =>
        {
            var verb = new VerbOutput(
                result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error,
                result.GetValue(OutputOption.Shared) == OutputFormat.Json);
            Run(
                result.GetRequiredValue(directory),
                () => ExportFolder.Open(result.GetRequiredValue(OutOption), result.GetValue(ForceOption)),
                FormatOption.Of(result),
                (result.GetValue(FromOption), result.GetValue(to)),
                verb.Error).Write(verb);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <param name="directory">Of the journal.</param>
    /// <param name="open">Makes the folder, once the range was found right.</param>
    /// <param name="format">Of the tables.</param>
    /// <param name="range">First and last command; no last one: all.</param>
    /// <param name="error">Where words go.</param>
    /// <param name="batchRows">Rows that a table holds in memory at the most.</param>
    internal static ExportSummary Run(
        string directory, Func<ExportFolder> open, ExportFormat format, (long From, long? To) range, TextWriter error,
        int batchRows = RowBatch.DefaultRowsMax)
    {
        StatementCommand.ThrowIfOutside(range.From, range.To ?? long.MaxValue);
        ExportFolder? folder = null;
        try
        {
            JournalExport? export = null;
            using var replayed = ReplayedJournal.Read(directory, range.To, error, last =>
            {
                StatementCommand.ThrowIfOutside(range.From, last.Value);
                folder = open();
                return export = new JournalExport(folder, format, new CommandSequence(range.From), batchRows);
            });
            export!.Close(replayed.View);
            ThrowIfNotReconciled(export);
            var summary = new ExportSummary
            {
                Folder = folder!.Location,
                Format = format,
                From = new CommandSequence(range.From),
                To = replayed.Result.LastSequence,
                StateHash = replayed.Result.StateHash.ToString(),
                DepositedAtoms = replayed.View.DepositedAtoms,
                Tables = export.Tables,
            };
            var lengths = folder.Commit(found => (summary with { FileBytes = found }).ToManifest());
            folder = null;
            return summary with { FileBytes = lengths };
        }
        finally
        {
            folder?.Abandon();
        }
    }

    private static void ThrowIfNotReconciled(JournalExport export)
    {
        if (export.Fault is { } fault)
        {
            throw new OperatorException(
                NotReconciledError, ExitCode.NotReconciled, $"the movements do not make the balances: {fault}",
                "keep the journal and report it; hftdelta replay tells whether the state is the one recorded");
        }
    }
}
