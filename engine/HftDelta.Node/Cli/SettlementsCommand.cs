using System.CommandLine;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta settlements</c>: every settlement tick of a journal, with S, D and delta of each instrument.</summary>
internal static class SettlementsCommand
{
    private const string Schema = "hftdelta.settlements/1";

    private static readonly RowColumn[] Columns =
    [
        new("sequence", "sequence", 10), new("timeNanos", "time", 30, IsLeft: true), new("trigger", "trigger", 19, IsLeft: true),
        new("symbol", "symbol", 20, IsLeft: true), new("previousPriceTicks", "S before", 12),
        new("settlementPriceTicks", "S", 12), new("deltaUnits", "delta", 10), new("changeSubAtoms", "paid a lot", 18),
        new("deltaIndexSubAtoms", "D", 20),
    ];

    private static readonly Option<long> FromOption = new("--from")
    {
        Description = "First command to tell of, by its sequence.",
        HelpName = "SEQUENCE",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<uint> InstrumentOption = new("--instrument")
    {
        Description = "Only of this instrument, by its number.",
        HelpName = "NUMBER",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new TableCommand(
            "settlements",
            "Replay the journal and write every settlement tick, instrument by instrument: from and to which price S, with which "
            + "delta, what a lot was paid and the delta index D after it.")
        {
            directory, FromOption, to, InstrumentOption,
        };
        command.SetAction(result =>
        {
            var output = result.InvocationConfiguration.Output;
            var table = new TableWriter(output, result.GetValue(OutputOption.Shared), Schema, Columns);
            var history = new SettlementHistory(
                new CommandSequence(result.GetValue(FromOption)), new InstrumentId(result.GetValue(InstrumentOption)),
                line => Write(table, in line));
            using var replayed = ReplayedJournal.Read(
                result.GetRequiredValue(directory), result.GetValue(to), history, result.InvocationConfiguration.Error);
            table.End(
                ("lastSequence", "last sequence", TableCell.Of(replayed.Result.LastSequence.Value)),
                ("settledAtoms", "atoms moved", TableCell.Word(replayed.View.SettledAtoms.ToString())));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(TableWriter table, in SettlementLine line) => table.Row(
        TableCell.Of(line.Sequence.Value), TableCell.Time(line.Time), TableCell.Word(line.Trigger.ToString()),
        TableCell.Word(line.Symbol), TableCell.Of(line.PreviousPrice.Value), TableCell.Of(line.Price.Value),
        TableCell.Of(line.Delta), TableCell.Of(line.Change), TableCell.Of(line.DeltaIndex));
}
