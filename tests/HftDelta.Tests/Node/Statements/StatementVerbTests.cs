using System.Globalization;
using HftDelta.Node.Cli;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Statements;

/// <summary>The verbs that tell of a replayed journal: one demo, recorded once.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class StatementVerbTests
{
    private const string Account = "16";
    private static readonly string[] _verbs = ["settlements", "accounts", "positions", "risk", "statement"];
    private string _journal = "";

    [OneTimeSetUp]
    public void Record()
    {
        _journal = Path.Combine(Path.GetTempPath(), $"hftdelta-statements-{Guid.NewGuid():N}");
        var run = Run.Of("demo", "--in-process", "--pace", "0", "--seconds", "4", "--journal", _journal);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_journal, recursive: true);

    [Test]
    public void Each_settlement_is_the_delta_times_the_move_and_the_index_their_sum()
    {
        var rows = Rows("settlements").Select(row => (
            Symbol: row["symbol"], Trigger: row["trigger"], Delta: Number(row["deltaUnits"]),
            Move: Number(row["settlementPriceTicks"]) - Number(row["previousPriceTicks"]),
            Change: Number(row["changeSubAtoms"]), Index: Number(row["deltaIndexSubAtoms"]))).ToList();
        Assert.That(rows, Has.Count.GreaterThan(100));
        var indices = new Dictionary<string, Int128>();
        foreach (var row in rows)
        {
            if (row.Trigger != "Expiry")
            {
                Assert.That(row.Change, Is.EqualTo(row.Delta * row.Move * 100), "a tick of the demo's underlying is 100 atoms");
            }

            if (indices.TryGetValue(row.Symbol, out var before))
            {
                Assert.That(row.Index, Is.EqualTo(before + row.Change), row.Symbol);
            }

            indices[row.Symbol] = row.Index;
        }

        Assert.That(rows.Select(row => row.Trigger), Does.Contain("Threshold").And.Contain("Expiry"));
    }

    [Test]
    public void Equity_is_the_sum_of_the_other_columns_and_all_of_it_was_deposited()
    {
        var run = Run.Of("accounts", _journal, "--output", "json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.accounts/1"));
        Assert.That(run.Json.GetProperty("conservationErrorSubAtoms").GetString(), Is.EqualTo("0"));
        Int128 cash = 0;
        Int128 residual = 0;
        foreach (var row in Rows("accounts"))
        {
            var settled = (Number(row["cashAtoms"]) << Scale.SubAtomBits) + Number(row["dustSubAtoms"])
                + Number(row["unappliedSubAtoms"]);
            Assert.That(
                Number(row["equitySubAtoms"]),
                Is.EqualTo(settled - Number(row["feesOwedSubAtoms"]) - Number(row["interestOwedSubAtoms"])
                    + Number(row["residualSubAtoms"]) + Number(row["collateralSubAtoms"])));
            cash += settled;
            residual += Number(row["residualSubAtoms"]);
        }

        var deposited = Int128.Parse(run.Json.GetProperty("depositedAtoms").GetString()!, CultureInfo.InvariantCulture);
        Assert.That(cash, Is.EqualTo(deposited << Scale.SubAtomBits), "positions add up to 0, so all D drops out");
        Assert.That(residual, Is.EqualTo((Int128)0));
    }

    [Test]
    public void Positions_of_an_instrument_add_up_to_nothing_and_residuals_follow_from_mark_and_index()
    {
        var rows = Rows("positions").ToList();
        Assert.That(rows, Has.Count.GreaterThan(20));
        foreach (var row in rows)
        {
            Assert.That(
                Number(row["residualSubAtoms"]),
                Is.EqualTo(Number(row["quantityLots"]) * (Number(row["markSubAtoms"]) - Number(row["deltaIndexSubAtoms"]))));
            Assert.That(decimal.Parse(row["entryPriceTicks"], CultureInfo.InvariantCulture), Is.Positive);
        }

        foreach (var instrument in rows.GroupBy(row => row["instrument"]))
        {
            Assert.That(instrument.Aggregate((Int128)0, (sum, row) => sum + Number(row["quantityLots"])), Is.EqualTo((Int128)0));
        }
    }

    [Test]
    public void Risk_tells_the_worst_scenario_of_every_live_instrument()
    {
        var rows = Rows("risk").ToList();
        var scenarios = Rows("risk", "--scenarios").ToLookup(row => row["instrument"]);
        Assert.That(rows, Has.Count.GreaterThan(1));
        Assert.That(scenarios, Has.Count.EqualTo(rows.Count));
        foreach (var row in rows)
        {
            var changes = scenarios[row["instrument"]].Select(line => Number(line["changeSubAtoms"])).ToList();
            Assert.That(changes, Has.Count.EqualTo(35));
            Assert.That(Number(row["worstLongSubAtoms"]), Is.EqualTo(changes[..33].Min()));
            Assert.That(Number(row["worstShortSubAtoms"]), Is.EqualTo(-changes[..33].Max()));
            Assert.That(changes[13], Is.EqualTo((Int128)0), "nothing moves");
        }
    }

    [Test]
    public void A_statement_starts_where_the_one_before_it_ended()
    {
        var first = Run.Of("statement", _journal, "--account", Account, "--to", "9000", "--output", "json");
        var second = Run.Of("statement", _journal, "--account", Account, "--from", "9001", "--output", "json");
        var whole = Run.Of("statement", _journal, "--account", Account, "--output", "json");

        Assert.That(Text(first, "closingSubAtoms"), Is.EqualTo(Text(second, "openingSubAtoms")).And.Not.EqualTo("0"));
        Assert.That(Text(second, "closingSubAtoms"), Is.EqualTo(Text(whole, "closingSubAtoms")));
        Assert.That(
            first.Json.GetProperty("count").GetInt64() + second.Json.GetProperty("count").GetInt64(),
            Is.EqualTo(whole.Json.GetProperty("count").GetInt64() + 2), "an opening and a closing more");
    }

    [Test]
    public void A_statement_adds_up_line_by_line_and_its_end_is_what_the_venue_holds()
    {
        var rows = Rows("statement", "--account", Account).ToList();
        var balance = Number(rows[0]["balanceSubAtoms"]);
        foreach (var row in rows.Skip(1).SkipLast(1))
        {
            balance += Number(row["amountSubAtoms"]);
            Assert.That(Number(row["balanceSubAtoms"]), Is.EqualTo(balance));
            if (row["movement"] == "trade")
            {
                Assert.That(
                    Number(row["ofIndexSubAtoms"]), Is.EqualTo(Number(row["lots"]) * Number(row["deltaIndexSubAtoms"])));
                Assert.That(
                    Number(row["amountSubAtoms"]), Is.EqualTo(Number(row["grossSubAtoms"]) + Number(row["ofIndexSubAtoms"])));
            }
        }

        var held = Rows("accounts", "--account", Account).Single();
        Assert.That(rows[^1]["movement"], Is.EqualTo("closing"));
        Assert.That(
            Number(rows[^1]["balanceSubAtoms"]),
            Is.EqualTo(balance).And.EqualTo(
                (Number(held["cashAtoms"]) << Scale.SubAtomBits) + Number(held["dustSubAtoms"])
                + Number(held["unappliedSubAtoms"])));
        Assert.That(rows.Select(row => row["movement"]), Does.Contain("settlement").And.Contain("expiry").And.Contain("deposit"));
    }

    [Test]
    public void A_statement_that_does_not_reconcile_has_its_own_exit_code_and_says_where()
    {
        var statement = new AccountStatement(new AccountId(16), new CommandSequence(1));
        using (var replayed = ReplayedJournal.Read(_journal, 9_000, statement, TextWriter.Null))
        {
            statement.Close(replayed.View);
        }

        using (var shorter = ReplayedJournal.Read(_journal, 200, observer: null, TextWriter.Null))
        {
            statement.Close(shorter.View);
        }

        var refusal = Assert.Throws<OperatorException>(() => StatementCommand.ThrowIfNotReconciled(statement, 16));
        Assert.That(refusal!.ExitCode, Is.EqualTo(ExitCode.NotReconciled));
        Assert.That(refusal.Message, Does.Contain("account 16 does not reconcile: at command 9000: "));
    }

    [Test]
    public void Verbs_stop_where_they_are_told_to()
    {
        foreach (var verb in _verbs)
        {
            var run = Run.Of([verb, _journal, "--to", "3000", "--output", "json", .. OptionsOf(verb)]);
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
            Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(3_000), verb);
            Assert.That(run.Json.GetProperty("rows").GetArrayLength(), Is.EqualTo(run.Json.GetProperty("count").GetInt32()));
        }
    }

    [Test]
    public void What_cannot_be_read_is_said_without_a_word_on_stdout()
    {
        foreach (var verb in _verbs)
        {
            var missing = Run.Of([verb, $"{_journal}-missing", .. OptionsOf(verb)]);
            Assert.That(missing.ExitCode, Is.EqualTo(ExitCode.Usage), verb);
            Assert.That(missing.Error, Does.StartWith("error HD2201").And.Contain("next:"));
            Assert.That(missing.Output, Is.Empty);

            var beyond = Run.Of([verb, _journal, "--to", "99999999", .. OptionsOf(verb)]);
            Assert.That(beyond.ExitCode, Is.EqualTo(ExitCode.Usage), verb);
            Assert.That(beyond.Error, Does.StartWith("error HD1004"));
            Assert.That(beyond.Output, Is.Empty);
        }
    }

    [TestCase("HD2304", "--account", "99")]
    [TestCase("HD2304", "--account", "2")]
    [TestCase("HD2304", "--account", "4000000000")]
    [TestCase("HD2306", "--account", "16", "--from", "99999999")]
    [TestCase("HD2306", "--account", "16", "--from", "0")]
    [TestCase("HD2306", "--account", "16", "--from", "20", "--to", "19")]
    public void A_statement_of_nobody_or_of_no_time_is_refused(string code, params string[] options)
    {
        var run = Run.Of(["statement", _journal, .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith($"error {code}: ").And.Contain("next:"));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public void Rows_are_for_verbs_that_have_rows()
    {
        var run = Run.Of("replay", _journal, "--output", "csv");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD1001: --output csv"));
    }

    private static string? Text(Run run, string name) => run.Json.GetProperty(name).GetString();

    private static string[] OptionsOf(string verb) => verb == "statement" ? ["--account", Account] : [];

    private static Int128 Number(string text) => Int128.Parse(text, CultureInfo.InvariantCulture);

    private IEnumerable<Dictionary<string, string>> Rows(string verb, params string[] options)
    {
        var run = Run.Of([verb, _journal, "--output", "csv", .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        var names = run.Lines[0].Split(',');
        return run.Lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
