using HftDelta.Node.BookReplay;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Streams;
using NUnit.Framework;

namespace HftDelta.Tests.Engine;

/// <summary>The mix of orders, cancels and sweeps through everything that a command meets in the core.</summary>
[CancelAfter(60_000)]
public class CommandPathAllocationTests
{
    private const int Accounts = 200;
    private const int WarmUpCommands = 20_000;
    private const ulong Seed = 42;

    [Test]
    public void A_million_commands_allocate_nothing_and_collect_nothing()
    {
        var stream = GeneratedStream.Make(StreamProfile.Mix, 1_000_000 + WarmUpCommands, Seed);
        using var commands = CommandStream.Make(stream, Accounts);
        using var engine = new StreamEngine(commands);
        engine.Prefill();
        var timed = commands.Commands[commands.Stream.PrefillCount..];
        engine.Apply(timed[..WarmUpCommands]);
        var trades = engine.Processor.View.LastTradeId;
        var collections = GC.CollectionCount(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        engine.Apply(timed[WarmUpCommands..]);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var collected = GC.CollectionCount(0) - collections;

        Assert.That(allocated, Is.Zero);
        Assert.That(collected, Is.Zero);
        Assert.That(engine.Processor.View.LastTradeId, Is.GreaterThan(trades + 50_000), "the test's own premise");
        Assert.That(engine.Processor.View.ConservationError, Is.EqualTo(default(SubAtoms)));
    }

    /// <summary>Trades are those of the book alone, so nothing on the way refused, lost or reordered a command.</summary>
    [Test]
    public void Trades_of_the_whole_path_are_those_of_the_book_alone()
    {
        var stream = GeneratedStream.Make(StreamProfile.Mix, 50_000, Seed);
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        book.Apply(stream.Timed);
        using var commands = CommandStream.Make(stream, Accounts);
        using var engine = new StreamEngine(commands);
        engine.ApplyReading(commands.Commands);

        Assert.That(engine.Digest, Is.EqualTo(book.Digest));
        Assert.That(engine.Processor.StateHash(), Is.EqualTo(engine.Processor.RecomputeStateHash()));
    }

    /// <summary>Looking ahead is a hint: with it and without it the engine does the same.</summary>
    [Test]
    public void Commands_noted_ahead_change_nothing()
    {
        using var commands = CommandStream.Make(GeneratedStream.Make(StreamProfile.Mix, 20_000, Seed), Accounts);
        using var noting = new StreamEngine(commands);
        using var plain = new StreamEngine(commands);
        noting.Apply(commands.Commands);
        plain.ApplyReading(commands.Commands);

        Assert.That(noting.Processor.StateHash(), Is.EqualTo(plain.Processor.StateHash()));
        Assert.That(noting.Processor.HistoryHash, Is.EqualTo(plain.Processor.HistoryHash));
    }
}
