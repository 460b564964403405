using System.CommandLine;
using HftDelta.Engine.Accounts;
using HftDelta.Node.Statements;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta positions</c>: what every account holds at a sequence of the journal, and what it is worth.</summary>
internal static class PositionsCommand
{
    private const string Schema = "hftdelta.positions/1";

    private static readonly RowColumn[] Columns =
    [
        new("account", "account", 8), new("instrument", "instrument", 10), new("symbol", "symbol", 20, IsLeft: true),
        new("quantityLots", "quantity", 14), new("entryPriceTicks", "gross price", 16), new("markSubAtoms", "mark", 20),
        new("deltaIndexSubAtoms", "D", 20), new("residualSubAtoms", "residual", 22), new("unappliedSubAtoms", "unapplied", 20),
    ];

    private static readonly Option<uint?> AccountOption = new("--account")
    {
        Description = "Only of this account.",
        HelpName = "NUMBER",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new TableCommand(
            "positions",
            "Replay the journal and write every open position: lots, the average gross price at which it was entered (in "
            + "ticks), mark and delta index D of a lot, the residual claim lots x (mark - D), and what settlement has moved "
            + "and is not applied yet.")
        {
            directory, to, AccountOption,
        };
        command.SetAction(result =>
        {
            var prices = new EntryPrices();
            using var replayed = ReplayedJournal.Read(
                result.GetRequiredValue(directory), result.GetValue(to), prices, result.InvocationConfiguration.Error);
            var table = new TableWriter(
                result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared), Schema, Columns);
            foreach (var id in AccountsCommand.Chosen(replayed, result.GetValue(AccountOption)))
            {
                foreach (var position in replayed.View.Positions(id))
                {
                    Write(table, prices, in position);
                }
            }

            table.End(("lastSequence", "last sequence", TableCell.Of(replayed.Result.LastSequence.Value)));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(TableWriter table, EntryPrices prices, in PositionFacts position) => table.Row(
        TableCell.Id(position.Account.Value), TableCell.Id(position.Instrument.Value),
        TableCell.Word(prices.Known.NameOf(position.Instrument.Value)), TableCell.Of(position.Quantity.Value),
        prices.Of(position.Account, position.Instrument) is { } price ? TableCell.Of(price, 4) : TableCell.None,
        TableCell.Of(position.Mark), TableCell.Of(position.DeltaIndex), TableCell.Of(position.Residual),
        TableCell.Of(position.Unapplied));
}
