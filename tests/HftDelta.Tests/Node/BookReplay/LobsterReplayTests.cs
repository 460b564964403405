using System.IO.Compression;
using System.Text;
using HftDelta.Node.BookReplay;
using NUnit.Framework;

namespace HftDelta.Tests.Node.BookReplay;

/// <summary>The replay must see what is wrong: in the book, in the script, in the files.</summary>
[CancelAfter(20_000)]
public class LobsterReplayTests
{
    private const string Header = "row,time_s,op,order_id,side,price,qty\n";
    private const string Nobody = "9999999999,0,-9999999999,0";
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("hftdelta-book-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_operation_changes_the_book_as_documented([Values] bool sparse)
    {
        const string Script = Header
            + "0,34200.0,SA,-1,S,5802300,100\n0,34200.0,A,11,S,5802300,50\n0,34200.0,SA,12,B,5794000,496\n"
            + "1,34200.1,R,12,B,5794000,96\n"
            + "2,34200.2,X,-1,S,5802300,30\n"
            + "3,34200.3,H,0,B,5800000,10\n"
            + "4,34200.4,SC,-1,S,5802300,70\n"
            + "5,34200.5,X,11,S,5802300,50\n"
            + "6,34200.6,D,12,B,5794000,400\n"
            + "7,34200.7,A,12,B,5794000,7\n";
        const string Rows = "5802300,150,5794000,496\n5802300,150,5794000,400\n5802300,120,5794000,400\n"
            + "5802300,120,5794000,400\n5802300,50,5794000,400\n9999999999,0,5794000,400\n" + Nobody + "\n"
            + "9999999999,0,5794000,7\n";
        var found = Replay(Script, Rows, 1, sparse);
        Assert.That(found.FirstDifference, Is.Null);
        Assert.That(found.RowsCompared, Is.EqualTo(8));
        Assert.That(found.ExecutionsEqual, Is.EqualTo(2));
        Assert.That(found.Operations, Is.EqualTo(10));
        Assert.That(found.IsEqual, Is.True);
    }

    [Test]
    public void Any_price_is_taken_in_any_unit([Values] bool sparse)
    {
        const string Script = Header
            + "0,1,A,1,S,1000000,5\n0,1,A,2,S,1000001,6\n0,1,A,3,S,900000000001,7\n"
            + "0,1,A,4,B,999999,8\n0,1,A,5,B,1,9\n"
            + "0,1,A,6,B,-77,3\n0,1,A,7,S,1000000,1\n1,1,X,1,S,1000000,5\n1,1,X,7,S,1000000,1\n";
        const string Rows = "1000000,6,999999,8,1000001,6,1,9,900000000001,7,-77,3\n"
            + "1000001,6,999999,8,900000000001,7,1,9,9999999999,0,-77,3\n";
        var found = Replay(Script, Rows, 3, sparse);
        Assert.That(found.FirstDifference, Is.Null);
        Assert.That(found.IsEqual, Is.True);
    }

    [Test]
    public void Rows_without_operations_are_compared_with_the_book_as_it_stands()
    {
        const string Row = "100,5,-9999999999,0\n";
        var found = Replay(Header + "0,1,A,1,S,100,5\n3,1,D,1,S,100,5\n", $"{Row}{Row}{Row}{Nobody}\n", 1);
        Assert.That(found.RowsEqual, Is.EqualTo(4));
        Assert.That(found.IsEqual, Is.True);
    }

    [Test]
    public void Execution_against_an_order_behind_the_head_is_a_difference()
    {
        var found = Replay(
            Header + "0,1,A,1,S,100,5\n0,1,A,2,S,100,5\n1,1,X,2,S,100,5\n", "100,10,-9999999999,0\n100,5,-9999999999,0\n", 1);
        Assert.That(found.RowsEqual, Is.EqualTo(2), "the volumes are equal all the same");
        Assert.That(found.ExecutionsCompared, Is.EqualTo(1));
        Assert.That(found.ExecutionsEqual, Is.Zero);
        Assert.That(found.IsEqual, Is.False);
        Assert.That(found.FirstDifference, Does.Contain("line 4 of the script").And.Contain("order 2").And.Contain("order 1"));
    }

    [TestCase("X,1,S,100,7", TestName = "Execution_that_needs_two_makers_is_a_difference")]
    [TestCase("X,1,S,99,5", TestName = "Execution_at_another_price_is_a_difference")]
    [TestCase("X,3,S,100,5", TestName = "Execution_of_another_order_is_a_difference")]
    [TestCase("X,1,B,100,5", TestName = "Execution_of_an_empty_side_is_a_difference")]
    public void Wrong_execution_is_a_difference(string execution)
    {
        var found = Replay(Header + $"0,1,A,1,S,100,5\n0,1,A,2,S,100,5\n0,1,{execution}\n", "100,10,-9999999999,0\n", 1);
        Assert.That(found.ExecutionsCompared, Is.EqualTo(1));
        Assert.That(found.ExecutionsEqual, Is.Zero);
        Assert.That(found.IsEqual, Is.False);
    }

    [TestCase("100,6,-9999999999,0", "ask level 1: expected 6 at 100, found 5 at 100")]
    [TestCase("101,5,-9999999999,0", "ask level 1: expected 5 at 101, found 5 at 100")]
    [TestCase("100,5,99,1", "bid level 1: expected 1 at 99, found nothing")]
    [TestCase(Nobody, "ask level 1: expected nothing, found 5 at 100")]
    public void Row_that_differs_is_told_in_detail(string row, string detail)
    {
        var found = Replay(Header + "0,1,A,1,S,100,5\n", $"{row}\n100,5,-9999999999,0\n", 1);
        Assert.That(found.RowsCompared, Is.EqualTo(2));
        Assert.That(found.RowsEqual, Is.EqualTo(1));
        Assert.That(found.IsEqual, Is.False);
        Assert.That(found.FirstDifference, Does.Contain("row 0").And.Contain(detail));
    }

    [TestCase("D,9,S,100,5", "not in the book")]
    [TestCase("R,1,S,100,6", "Sell 5 at 100")]
    [TestCase("D,1,S,101,5", "Sell 5 at 100")]
    [TestCase("D,1,B,100,5", "Sell 5 at 100")]
    [TestCase("A,1,S,100,5", "already")]
    public void Operation_that_the_book_does_not_bear_out_is_a_difference(string operation, string detail)
    {
        var found = Replay(Header + $"0,1,A,1,S,100,5\n0,1,{operation}\n", "100,5,-9999999999,0\n", 1);
        Assert.That(found.OperationsRefused, Is.EqualTo(1));
        Assert.That(found.RowsEqual, Is.EqualTo(1));
        Assert.That(found.IsEqual, Is.False);
        Assert.That(found.FirstDifference, Does.Contain(detail).And.Contain("line 3 of the script"));
    }

    [TestCase("0,1,A,1,S,100", "script.csv:3: 6 fields")]
    [TestCase("0,1,A,1,S,100,5,6", "script.csv:3: 8 fields")]
    [TestCase("0,1,Z,1,S,100,5", "script.csv:3: unknown operation 'Z'")]
    [TestCase("0,1,A,1,Q,100,5", "script.csv:3: side 'Q'")]
    [TestCase("0,1,A,1,S,10.5,5", "script.csv:3: price '10.5'")]
    [TestCase("0,1,A,1,S,100,0", "script.csv:3: qty 0")]
    [TestCase("0,1,A,1,S,100,-5", "script.csv:3: qty -5")]
    [TestCase("0,1,A,one,S,100,5", "script.csv:3: order_id 'one'")]
    [TestCase("-1,1,A,1,S,100,5", "script.csv:3: row -1")]
    [TestCase("7,1,A,2,S,100,5", "script.csv:3: row 7 is not in")]
    public void Malformed_script_names_file_and_line(string line, string fault) =>
        Assert.That(
            () => Replay(Header + $"0,1,A,8,S,100,5\n{line}\n", "100,5,-9999999999,0\n", 1),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains(fault));

    [Test]
    public void Script_without_its_header_or_out_of_order_is_malformed()
    {
        Assert.That(() => Replay("0,1,A,1,S,100,5\n", $"{Nobody}\n", 1), Throws.TypeOf<ReplayInputException>());
        Assert.That(() => Replay("", $"{Nobody}\n", 1), Throws.TypeOf<ReplayInputException>());
        Assert.That(
            () => Replay(Header + "1,1,A,1,S,100,5\n0,1,A,2,S,100,5\n", $"{Nobody}\n{Nobody}\n", 1),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("script.csv:3: row 0 comes after row 1"));
    }

    [TestCase("100,5,-9999999999\n", "book.csv:1: 3 columns")]
    [TestCase("100,5,-9999999999,0,1\n", "book.csv:1: 5 columns")]
    [TestCase("100,5,-9999999999,none\n", "book.csv:1: column 4 'none'")]
    [TestCase("100,5,-9999999999,0\n100,5,99,1,101,5,98,1\n", "book.csv:2: 8 columns after rows of 4")]
    [TestCase("100,5,-9999999999,0\n\n100,5,-9999999999,0\n", "book.csv:2: an empty line")]
    public void Malformed_book_names_file_and_line(string rows, string fault) =>
        Assert.That(
            () => Replay(Header + "0,1,A,8,S,100,5\n", rows, 1),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains(fault));

    [Test]
    public void More_levels_than_the_book_file_has_are_refused() =>
        Assert.That(
            () => Replay(Header + "0,1,A,8,S,100,5\n", "100,5,-9999999999,0\n", 2),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("at least 2 levels"));

    [Test]
    public void Missing_file_is_named()
    {
        var missing = Path.Combine(_folder, "nowhere.csv");
        Assert.That(
            () => LobsterReplay.Run(missing, missing, 1, false),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("nowhere.csv"));
    }

    [Test]
    public void Gzip_is_told_by_its_bytes_and_a_torn_one_is_an_error()
    {
        var script = Path.Combine(_folder, "script.csv");
        var book = Path.Combine(_folder, "book.csv");
        var text = new StringBuilder(Header);
        var rows = new StringBuilder();
        for (var i = 0; i < 2_000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i},1,A,{i + 1},S,{100 + (i * 7919 % 1_000)},5\n");
            rows.Append("100,5,-9999999999,0\n");
        }

        var packed = Gzip(text.ToString());
        File.WriteAllBytes(script, packed);
        File.WriteAllText(book, rows.ToString());
        Assert.That(LobsterReplay.Run(script, book, 1, false).RowsCompared, Is.EqualTo(2_000));
        File.WriteAllBytes(book, Gzip(rows.ToString()));
        Assert.That(LobsterReplay.Run(script, book, 1, false).RowsCompared, Is.EqualTo(2_000));
        File.WriteAllBytes(script, packed[..(packed.Length / 2)]);
        Assert.That(() => LobsterReplay.Run(script, book, 1, false), Throws.TypeOf<ReplayInputException>());
    }

    private LobsterReplayResult Replay(string script, string rows, int levels, bool sparse = false)
    {
        var scriptPath = Path.Combine(_folder, "script.csv");
        var bookPath = Path.Combine(_folder, "book.csv");
        File.WriteAllText(scriptPath, script);
        File.WriteAllText(bookPath, rows);
        return LobsterReplay.Run(scriptPath, bookPath, levels, sparse);
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
