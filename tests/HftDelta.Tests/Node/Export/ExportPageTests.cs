using System.Globalization;
using System.Text.RegularExpressions;
using HftDelta.Node.Cli;
using HftDelta.Node.Export;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Architecture;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Export;

/// <summary>
/// docs/journal-export.md: its queries run as they stand there, on a journal exported in both formats, and find what the
/// statement verbs and a plain walk over the replay find.
/// </summary>
[TestFixture(ExportFormat.Csv)]
[TestFixture(ExportFormat.Parquet)]
[CancelAfter(120_000)]
internal sealed partial class ExportPageTests
{
    private readonly ExportFormat _format;
    private readonly string _page = SourceTree.Instance.File("docs/journal-export.md").Text;
    private EventfulJournal _journal = null!;
    private string _folder = "";
    private DuckDatabase _tables = null!;

    public ExportPageTests(ExportFormat format) => _format = format;

    [OneTimeSetUp]
    public void Export()
    {
        _journal = EventfulJournal.Make();
        _folder = Path.Combine(Path.GetTempPath(), $"hftdelta-export-{Guid.NewGuid():N}");
        var format = _format.ToString().ToLowerInvariant();
        var run = Run.Of("journal", "export", _journal.Location, "--out", _folder, "--format", format);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        _tables = new DuckDatabase(_folder);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _tables.Dispose();
        Directory.Delete(_folder, recursive: true);
        _journal.Dispose();
    }

    [Test]
    public void Volumes_are_those_of_the_trades_that_were_told()
    {
        var told = PlainWalk.Of(_journal.Location).Volumes;
        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(
            Query("count(*) AS trades"),
            Is.EqualTo(new[] { Row(EventfulJournal.AwkwardSymbol, told[2]), Row("I1", told[1]) }), "by symbol");

        static string[] Row(string symbol, (long Count, long Lots, long High) told) =>
            [symbol, $"{told.Count}", $"{told.Lots}", $"{told.High}"];
    }

    [Test]
    public void Settlement_cash_is_that_of_the_statements_and_what_ticks_make_of_the_positions()
    {
        var rows = Query("madeSubAtoms");
        Assert.That(rows.Select(row => row[0]), Is.EqualTo(new[] { "20", "21" }));
        foreach (var row in rows)
        {
            Assert.That(row[3], Is.EqualTo("0"), "applied and made differ by nothing");
            var statement = Run.Of("statement", _journal.Location, "--account", row[0]!, "--output", "json");
            var account = Accounts().Single(one => one["account"] == row[0]);
            var settled = Int128.Parse(
                statement.Json.GetProperty("settlementSubAtoms").GetString()!, CultureInfo.InvariantCulture);
            Assert.That(settled, Is.Not.EqualTo((Int128)0));
            Assert.That(Number(row[2]!), Is.EqualTo(settled), "the statement tells each tick");
            Assert.That(Number(row[1]!), Is.EqualTo(settled - Number(account["unappliedSubAtoms"])), "here what was applied");
            Assert.That(account["unappliedSubAtoms"], Is.Not.EqualTo("0"), "there is something that waits");
        }
    }

    [Test]
    public void Last_balances_are_those_of_the_accounts()
    {
        var rows = Query("AS equity,");
        Assert.That(rows.Select(row => row[0]), Is.EqualTo(Accounts().Select(account => account["account"])));
        foreach (var (row, account) in rows.Zip(Accounts()))
        {
            var balance = (Number(account["cashAtoms"]) << Scale.SubAtomBits) + Number(account["dustSubAtoms"]);
            Assert.That(Number(row[2]!), Is.EqualTo(balance));
            Assert.That(row[3], Is.EqualTo(account["unappliedSubAtoms"]));
            Assert.That(row[4], Is.EqualTo(account["equitySubAtoms"]));
        }
    }

    [Test]
    public void All_accounts_together_hold_what_was_deposited()
    {
        var row = Query("heldAtoms").Single();
        var accounts = Run.Of("accounts", _journal.Location, "--output", "json");
        Assert.That(row, Is.EqualTo(new[] { accounts.Json.GetProperty("depositedAtoms").GetString(), "0" }));
        Assert.That(row[0], Is.EqualTo("2000005000"), "what the venue was told to deposit");
        Assert.That(_tables.One("SELECT sum(amountSubAtoms) / 4294967296 FROM movements WHERE movement = 'deposit'"),
            Is.EqualTo(row[0]));
    }

    [Test]
    public void Refused_orders_are_counted_by_reason()
    {
        var told = PlainWalk.Of(_journal.Location).Rejects;
        Assert.That(told, Is.Not.Empty);
        Assert.That(
            Query("event = 'rejected'"),
            Is.EqualTo(told.Select(reject => new[] { $"{reject.Key.Account}", reject.Key.Reason, $"{reject.Value}" })));
    }

    [Test]
    public void Every_query_of_the_page_is_one_that_a_test_compares() =>
        Assert.That(Sql().Count(_page), Is.EqualTo(5));

    [Test]
    public void The_page_names_every_column_with_its_type_in_order()
    {
        foreach (var table in ExportTables.All)
        {
            var section = _page[_page.IndexOf($"**{table.Name}**:", StringComparison.Ordinal)..];
            var end = section.IndexOf("\n\n**", StringComparison.Ordinal);
            var columns = TableRow()
                .Matches(section[..(end < 0 ? section.IndexOf("\n## ", StringComparison.Ordinal) : end)])
                .SelectMany(row => Name().Matches(row.Groups[1].Value)
                    .Select(name => $"{name.Groups[1].Value} {row.Groups[2].Value}"));
            Assert.That(
                columns,
                Is.EqualTo(table.Columns.Select(column => $"{column.Name} {column.TypeName}{(column.IsOptional ? "?" : "")}")),
                table.Name);
        }
    }

    [Test]
    public void The_files_have_the_types_that_the_page_tells()
    {
        foreach (var table in ExportTables.All)
        {
            var described = _tables.Rows($"SELECT column_name, column_type FROM (DESCRIBE {table.Name})");
            Assert.That(
                described.Select(column => $"{column[0]} {column[1]}"),
                Is.EqualTo(table.Columns.Select(column => $"{column.Name} {column.TypeName}")), table.Name);
        }
    }

    /// <summary>Runs the one block of the page that holds these words.</summary>
    private List<string?[]> Query(string words) => _tables.Rows(
        Sql().Matches(_page).Select(block => block.Groups[1].Value)
            .Single(block => block.Contains(words, StringComparison.Ordinal)));

    private List<Dictionary<string, string>> Accounts()
    {
        var run = Run.Of("accounts", _journal.Location, "--output", "csv");
        var names = run.Lines[0].Split(',');
        return run.Lines.Skip(1)
            .Select(line => names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second)).ToList();
    }

    private static Int128 Number(string text) => Int128.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^```sql\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Sql();

    [GeneratedRegex(@"^\| (`.*?) \| ([A-Z0-9(),]+\??) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
