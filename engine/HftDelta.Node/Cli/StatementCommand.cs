using System.CommandLine;
using HftDelta.Engine.Accounts;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta statement</c>: every movement of one account between two commands, reconciled to the sub-atom.</summary>
internal static class StatementCommand
{
    private const int NotReconciledError = 2305;
    private const int BadRangeError = 2306;
    private const string Schema = "hftdelta.statement/1";

    private static readonly RowColumn[] Columns =
    [
        new("sequence", "sequence", 10), new("timeNanos", "time", 30, IsLeft: true),
        new("movement", "movement", 14, IsLeft: true), new("asset", "asset", 5),
        new("symbol", "symbol", 20, IsLeft: true), new("lots", "lots", 8),
        new("priceTicks", "price", 12), new("deltaIndexSubAtoms", "D", 20), new("grossSubAtoms", "gross", 24),
        new("ofIndexSubAtoms", "by D", 24), new("amountSubAtoms", "amount", 24), new("balanceSubAtoms", "balance", 24),
        new("reference", "reference", 10),
    ];

    private static readonly Option<uint> AccountOption = new("--account")
    {
        Description = "Whose statement; a client's account.",
        HelpName = "NUMBER",
        Required = true,
    };

    private static readonly Option<long> FromOption = new("--from")
    {
        Description = "First command whose movements are told, by its sequence.",
        HelpName = "SEQUENCE",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new TableCommand(
            "statement",
            "Replay the journal and write every movement of an account: trades at their gross price, D and what they moved net; "
            + "settlements, expiries, fees, deposits, withdrawals and transfers; with the balance after each. The balance is "
            + "cash with all that settlement has moved. Opening and movements make the closing balance to 2^-32 atom, or nothing "
            + "is written and the exit code is 32.")
        {
            directory, AccountOption, FromOption, to,
        };
        command.SetAction(result =>
        {
            var account = result.GetValue(AccountOption);
            var from = result.GetValue(FromOption);
            if (account < AccountId.FirstClient)
            {
                throw ReplayedJournal.UnknownAccount(
                    account, $"accounts below {AccountId.FirstClient} are the venue's own and have no statement");
            }

            ThrowIfOutside(from, result.GetValue(to) ?? long.MaxValue);
            var statement = new AccountStatement(new AccountId(account), new CommandSequence(from));
            using var replayed = ReplayedJournal.Read(
                result.GetRequiredValue(directory), result.GetValue(to), statement, result.InvocationConfiguration.Error);
            ThrowIfOutside(from, replayed.Result.LastSequence.Value);

            var facts = replayed.View.Account(replayed.OpenAccount(account));
            statement.Close(replayed.View);
            ThrowIfNotReconciled(statement, account);
            Write(
                new TableWriter(result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared), Schema, Columns),
                statement, facts, replayed);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="OperatorException">It does not reconcile; nothing is written then.</exception>
    internal static void ThrowIfNotReconciled(AccountStatement statement, uint account)
    {
        if (statement.Fault is { } fault)
        {
            throw new OperatorException(
                NotReconciledError,
                ExitCode.NotReconciled,
                $"the statement of account {account} does not reconcile: {fault}",
                "keep the journal and report it; hftdelta replay tells whether the state is the one recorded");
        }
    }

    /// <exception cref="OperatorException">The journal has no such command.</exception>
    internal static void ThrowIfOutside(long from, long last)
    {
        if (from < 1 || from > last)
        {
            throw new OperatorException(
                BadRangeError, ExitCode.Usage, $"--from {from}: must be from 1 to the last command, {last}",
                "choose another one");
        }
    }

    private static void Write(TableWriter table, AccountStatement statement, in AccountFacts facts, ReplayedJournal replayed)
    {
        Bound(table, MovementKind.Opening, statement.Opening, statement.OtherOpening);
        foreach (var movement in statement.Movements)
        {
            Row(table, in movement);
        }

        Bound(table, MovementKind.Closing, statement.Closing, statement.OtherClosing);
        var members = new List<(string Name, string Heading, TableCell Value)>
        {
            ("account", "account", TableCell.Id(facts.Id.Value)),
            ("lastSequence", "last sequence", TableCell.Of(replayed.Result.LastSequence.Value)),
            ("openingSubAtoms", "opening", TableCell.Of(statement.Opening)),
        };
        members.AddRange(statement.Sums.OrderBy(sum => sum.Key).Select(sum => (
            $"{WordOf(sum.Key)}SubAtoms", $"+ {WordOf(sum.Key)}", TableCell.Of(new SubAtoms(sum.Value)))));
        members.Add(("closingSubAtoms", "= closing", TableCell.Of(statement.Closing)));
        members.Add(("feesOwedSubAtoms", "fees not charged yet", TableCell.Of(facts.FeesOwed)));
        members.Add(("interestOwedSubAtoms", "interest not charged yet", TableCell.Of(facts.InterestOwed)));
        members.Add(("residualSubAtoms", "residual claim", TableCell.Of(facts.Residual)));
        members.Add(("collateralSubAtoms", "collateral", TableCell.Of(facts.Collateral)));
        members.Add(("equitySubAtoms", "equity", TableCell.Of(facts.Equity)));
        table.End([.. members]);
    }

    /// <summary>The balances with which it begins or ends.</summary>
    private static void Bound(
        TableWriter table, MovementKind kind, SubAtoms balance, IReadOnlyList<(AssetId Asset, AssetAtoms Atoms)> others)
    {
        Write(new AssetId(0), balance);
        foreach (var (asset, atoms) in others)
        {
            Write(asset, SubAtoms.FromAtoms(atoms.Value));
        }

        void Write(AssetId asset, SubAtoms value) => table.Row(
            TableCell.None, TableCell.None, TableCell.Word(WordOf(kind)), TableCell.Id(asset.Value), TableCell.None,
            TableCell.None, TableCell.None, TableCell.None, TableCell.None, TableCell.None, TableCell.None,
            TableCell.Of(value), TableCell.None);
    }

    private static void Row(TableWriter table, in Movement movement) => table.Row(
        TableCell.Of(movement.Sequence.Value), TableCell.Time(movement.Time), TableCell.Word(WordOf(movement.Kind)),
        TableCell.Id(movement.Asset.Value), movement.Symbol is { } symbol ? TableCell.Word(symbol) : TableCell.None,
        movement.Lots is { } lots ? TableCell.Of(lots.Value) : TableCell.None,
        movement.Price is { } price ? TableCell.Of(price.Value) : TableCell.None, Of(movement.DeltaIndex), Of(movement.Gross),
        Of(movement.OfIndex), TableCell.Of(movement.Amount), TableCell.Of(movement.Balance),
        movement.Reference != 0 ? TableCell.Id(movement.Reference) : TableCell.None);

    private static TableCell Of(SubAtoms? value) => value is { } known ? TableCell.Of(known) : TableCell.None;

    private static string WordOf(MovementKind kind)
    {
        var name = kind.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
