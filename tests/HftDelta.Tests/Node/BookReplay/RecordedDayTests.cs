using HftDelta.Node.BookReplay;
using NUnit.Framework;

namespace HftDelta.Tests.Node.BookReplay;

/// <summary>The book against what exchanges and other engines did: real days, recorded streams.</summary>
[CancelAfter(60_000)]
public class RecordedDayTests
{
    [TestCase("GOOG_2012-06-21", "engine_script_10", "34200000_57600000_orderbook_10", 10, 147_916, 7_764)]
    [TestCase("AAPL_2012-06-21", "first999_engine_script_10", "first999_orderbook_10", 10, 999, 98)]
    [TestCase("MSFT_2012-06-21", "1000rows_engine_script_50", "1000rows_orderbook_50", 50, 1_000, 110)]
    public void Book_equals_the_exchanges_after_every_row(
        string day, string script, string book, int levels, int rows, int executions)
    {
        var scriptPath = SharedFiles.PathOrSkip($"data/lobster/{day}_{script}.csv.gz");
        var bookPath = SharedFiles.PathOrSkip($"data/lobster/{day}_{book}.csv.gz");
        foreach (var sparse in new[] { false, true })
        {
            var found = LobsterReplay.Run(scriptPath, bookPath, levels, sparse);
            Assert.That(found.FirstDifference, Is.Null);
            Assert.That(found.RowsCompared, Is.EqualTo(rows));
            Assert.That(found.RowsEqual, Is.EqualTo(rows));
            Assert.That(found.ExecutionsCompared, Is.EqualTo(executions));
            Assert.That(found.ExecutionsEqual, Is.EqualTo(executions));
            Assert.That(found.IsEqual, Is.True);
        }
    }

    [TestCase("mix", 0xea8edb0edce013bfUL, 197_062, 5_031_322)]
    [TestCase("quote", 0x19bf4c42a659e4bbUL, 51_671, 1_408_368)]
    public void Trades_of_a_recorded_stream_are_those_of_every_correct_book(
        string name, ulong digest, long trades, long volume)
    {
        var stream = HdbsStream.Read(SharedFiles.PathOrSkip($"streams/{name}.hdbs.gz"));
        Assert.That(stream.Profile, Is.EqualTo(name));
        Assert.That(stream.DigestExpected, Is.EqualTo(digest));
        foreach (var sparse in new[] { false, true })
        {
            using var book = new HdbsBook(stream, sparse);
            book.Apply(stream.Prefill);
            book.Audit();
            book.Apply(stream.Timed);
            book.Audit();
            Assert.That(book.Digest, Is.EqualTo(digest));
            Assert.That(book.Trades, Is.EqualTo(trades));
            Assert.That(book.VolumeLots, Is.EqualTo(volume));
        }
    }

    [Test]
    public void Recorded_stream_allocates_nothing()
    {
        var stream = HdbsStream.Read(SharedFiles.PathOrSkip("streams/quote.hdbs.gz"));
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        book.Apply(stream.Timed[..1_000]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        book.Apply(stream.Timed[1_000..]);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
