using System.CommandLine;
using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta accounts</c>: what every account has at a sequence of the journal, by its parts.</summary>
internal static class AccountsCommand
{
    private const string Schema = "hftdelta.accounts/1";

    private static readonly RowColumn[] Columns =
    [
        new("account", "account", 8), new("cashAtoms", "cash", 20), new("dustSubAtoms", "dust/2^32", 11),
        new("unappliedSubAtoms", "unapplied", 20), new("feesOwedSubAtoms", "fees owed", 14),
        new("interestOwedSubAtoms", "interest owed", 14), new("residualSubAtoms", "residual", 22),
        new("collateralSubAtoms", "collateral", 20), new("equitySubAtoms", "equity", 24),
        new("requirementSubAtoms", "requirement", 22),
    ];

    private static readonly Option<uint?> AccountOption = new("--account")
    {
        Description = "Only this one.",
        HelpName = "NUMBER",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new TableCommand(
            "accounts",
            "Replay the journal and write what every open account has: cash, dust, what settlement has moved and is not "
            + "applied yet, fees and interest owed, the residual claim of its positions, collateral in other assets, their sum "
            + "as equity, and the margin requirement. In atoms for people; csv and json hold exact 2^-32 atoms.")
        {
            directory, to, AccountOption,
        };
        command.SetAction(result =>
        {
            using var replayed = ReplayedJournal.Read(
                result.GetRequiredValue(directory), result.GetValue(to), observer: null, result.InvocationConfiguration.Error);
            var table = new TableWriter(
                result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared), Schema, Columns);
            foreach (var id in Chosen(replayed, result.GetValue(AccountOption)))
            {
                Write(table, replayed.View.Account(id));
            }

            table.End(
                ("lastSequence", "last sequence", TableCell.Of(replayed.Result.LastSequence.Value)),
                ("depositedAtoms", "deposited", TableCell.Word(replayed.View.DepositedAtoms.ToString())),
                ("conservationErrorSubAtoms", "conservation error", TableCell.Of(replayed.View.ConservationError)));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The one that was named, or all that are open.</summary>
    public static IEnumerable<AccountId> Chosen(ReplayedJournal replayed, uint? account)
    {
        if (account is { } one)
        {
            yield return replayed.OpenAccount(one);
            yield break;
        }

        for (uint id = 1; id < replayed.View.AccountIdLimit; id++)
        {
            if (replayed.View.IsOpen(new AccountId(id)))
            {
                yield return new AccountId(id);
            }
        }
    }

    private static void Write(TableWriter table, in AccountFacts facts) => table.Row(
        TableCell.Id(facts.Id.Value), TableCell.Of(facts.Cash.Value), TableCell.Of(facts.Dust), TableCell.Of(facts.Unapplied),
        TableCell.Of(facts.FeesOwed), TableCell.Of(facts.InterestOwed), TableCell.Of(facts.Residual),
        TableCell.Of(facts.Collateral), TableCell.Of(facts.Equity), TableCell.Of(facts.Requirement));
}
