using System.Runtime.CompilerServices;
using HftDelta.Native;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Books;
using HftDelta.Tests.Engine.Books;
using NUnit.Framework;

namespace HftDelta.Tests.Native;

/// <summary>The C library's functions: what they answer, what they refuse, and how they wait for room.</summary>
[CancelAfter(60_000)]
public class NativeBookTests
{
    private readonly NativeReport[] _reports = new NativeReport[4_096];
    private nint _book;

    [SetUp]
    public void SetUp() => Assert.That(NativeCalls.Create(NativeCalls.Options(), out _book), Is.EqualTo(BookExports.Ok));

    [TearDown]
    public void TearDown() => NativeCalls.Destroy(_book);

    [Test]
    public void Structs_have_the_sizes_of_the_header()
    {
        Assert.That(Unsafe.SizeOf<NativeCommand>(), Is.EqualTo(40));
        Assert.That(Unsafe.SizeOf<NativeReport>(), Is.EqualTo(64));
        Assert.That(Unsafe.SizeOf<NativeLevel>(), Is.EqualTo(24));
        Assert.That(Unsafe.SizeOf<NativeOptions>(), Is.EqualTo(32));
    }

    [Test]
    public void Trade_is_at_the_makers_price_and_names_both()
    {
        Submit(New(7, 1, 1, 100, 10), New(8, 2, 0, 105, 4));
        var reports = Poll();
        Assert.That(reports, Has.Length.EqualTo(3));
        Assert.That(reports[0].Type, Is.EqualTo(ReportType.Accepted));
        Assert.That(reports[2].Type, Is.EqualTo(ReportType.Trade));
        Assert.That((reports[2].MakerId, reports[2].TakerId), Is.EqualTo((7UL, 8UL)));
        Assert.That((reports[2].PriceTicks, reports[2].QuantityLots, reports[2].Sequence), Is.EqualTo((100L, 4L, 2UL)));
    }

    [Test]
    public void Rest_of_an_immediate_order_is_cancelled()
    {
        var immediate = New(8, 2, 0, 105, 14);
        immediate.IsImmediate = 1;
        Submit(New(7, 1, 1, 100, 10), immediate);
        var last = Poll()[^1];
        Assert.That((last.Type, last.Reason, last.OrderId), Is.EqualTo((ReportType.Canceled, Reason.Immediate, 8UL)));
        Assert.That(last.QuantityLots, Is.EqualTo(4));
        Assert.That(Levels(0), Is.Empty);
    }

    [TestCase(5UL)]
    [TestCase(5_000_000_000UL)]
    public void Id_is_refused_while_its_order_rests_and_free_afterwards(ulong id)
    {
        Submit(New(id, 1, 0, 100, 10), New(id, 2, 0, 101, 10), Cancel(id, 3), Cancel(id, 4), New(id, 5, 1, 99, 10));
        var reports = Poll();
        Assert.That(reports.Select(report => report.Type), Is.EqualTo(new[]
        {
            ReportType.Accepted, ReportType.Rejected, ReportType.Canceled, ReportType.CancelRejected, ReportType.Accepted,
        }));
        Assert.That(reports[1].Reason, Is.EqualTo(Reason.DuplicateId));
        Assert.That(reports[3].Reason, Is.EqualTo(Reason.UnknownOrder));
    }

    [TestCase(100, 4, 1UL)]
    [TestCase(100, 11, 2UL)]
    [TestCase(101, 4, 2UL)]
    public void Replaced_order_keeps_its_place_only_for_less_at_its_price(long price, long quantity, ulong first)
    {
        Submit(New(1, 1, 0, 100, 10), New(2, 2, 0, 100, 10), Replace(1, 3, price, quantity), Replace(2, 4, price, 10));
        if (price != 100) Submit(Replace(1, 5, price, quantity + 1));
        Submit(New(3, 6, 1, 100, 1));
        var reports = Poll();
        Assert.That(reports[2].Type, Is.EqualTo(ReportType.Replaced));
        Assert.That(reports[^1].MakerId, Is.EqualTo(first));
    }

    [Test]
    public void Commands_that_make_no_sense_are_answered_and_change_nothing()
    {
        Submit(New(1, 1, 2, 100, 10), New(2, 2, 0, 100, 0), New(3, 3, 0, 100, (1L << 40) + 1), Replace(4, 4, 100, 5),
            new NativeCommand { Type = 3, OrderId = 5 }, New(6, 6, 0, 100, 1), Replace(6, 7, 100, -1));
        var reports = Poll();
        Assert.That(reports.Select(report => report.Reason), Is.EqualTo(new[]
        {
            Reason.Invalid, Reason.Invalid, Reason.Invalid, Reason.UnknownOrder, Reason.Invalid, Reason.None, Reason.Invalid,
        }));
        Assert.That(Levels(0), Is.EqualTo(new[] { (100L, 1L, 1U) }));
    }

    [Test]
    public void Arguments_that_make_no_sense_are_a_status()
    {
        Assert.That(NativeCalls.CreateWithout(options: false, book: true), Is.EqualTo(BookExports.InvalidArgument));
        Assert.That(NativeCalls.CreateWithout(options: true, book: false), Is.EqualTo(BookExports.InvalidArgument));
        Assert.That(NativeCalls.Submit(0, []), Is.EqualTo(BookExports.InvalidArgument));
        Assert.That(NativeCalls.Poll(0, []), Is.EqualTo(BookExports.InvalidArgument));
        Assert.That(NativeCalls.Snapshot(_book, 2, []), Is.EqualTo(BookExports.InvalidArgument));
        NativeOptions[] wrong =
        [
            NativeCalls.Options() with { StructBytes = 8 }, NativeCalls.Options() with { OrderCapacity = 0 },
            NativeCalls.Options() with { BandTicks = 100 }, NativeCalls.Options() with { ReportCapacity = 1 },
            NativeCalls.Options() with { Reserved = 1 },
        ];
        foreach (var options in wrong)
        {
            Assert.That(NativeCalls.Create(options, out var book), Is.EqualTo(BookExports.InvalidArgument));
            Assert.That(book, Is.EqualTo((nint)0));
        }

        NativeCalls.Destroy(0);
    }

    [Test]
    public void Sweep_that_fills_the_queue_waits_and_goes_on()
    {
        NativeCalls.Destroy(_book);
        Assert.That(NativeCalls.Create(NativeCalls.Options() with { ReportCapacity = 8 }, out _book), Is.Zero);
        var answers = new List<NativeReport>();
        for (var id = 1UL; id <= 20; id++)
        {
            Submit(New(id, id, 1, 100 + (long)id, 1));
            answers.AddRange(Poll());
        }

        NativeCommand[] sweep = [New(21, 21, 0, 120, 30), Cancel(21, 22)];
        Assert.That(NativeCalls.Submit(_book, sweep), Is.EqualTo(1), "the sweep is taken, the next command is not");
        Assert.That(NativeCalls.IsSuspended(_book), Is.EqualTo(1));
        Assert.That(NativeCalls.Submit(_book, sweep.AsSpan(1)), Is.Zero, "nothing overtakes it");
        var taken = 0;
        while (taken == 0)
        {
            answers.AddRange(Poll());
            taken = NativeCalls.Submit(_book, sweep.AsSpan(1));
        }

        answers.AddRange(Poll());
        var trades = answers.Where(report => report.Type == ReportType.Trade).Select(report => report.MakerId);
        Assert.That(trades, Is.EqualTo(Enumerable.Range(1, 20).Select(id => (ulong)id)));
        Assert.That((answers[^1].Type, answers[^1].QuantityLots), Is.EqualTo((ReportType.Canceled, 10L)));
        Assert.That(NativeCalls.IsSuspended(_book), Is.Zero);
    }

    [Test]
    public void Full_book_cancels_what_it_cannot_hold()
    {
        NativeCalls.Destroy(_book);
        Assert.That(NativeCalls.Create(NativeCalls.Options() with { OrderCapacity = 3, LevelsMax = 2 }, out _book), Is.Zero);
        Submit(New(1, 1, 0, 100, 1), New(2, 2, 0, 101, 1), New(3, 3, 0, 102, 1), New(4, 4, 0, 101, 1), New(5, 5, 0, 101, 1));
        Submit(Replace(1, 6, 99, 1), Replace(2, 7, 98, 1), Cancel(2, 8));
        var reports = Poll();
        Assert.That(reports.Where(report => report.Reason == Reason.BookFull).Select(report => report.OrderId),
            Is.EqualTo(new[] { 3UL, 5UL, 2UL }));
        Assert.That(reports[^1].Type, Is.EqualTo(ReportType.CancelRejected), "an order that found no level is gone");
    }

    /// <summary>The same commands to the model: the same trades, and the same levels at the end.</summary>
    [TestCase(4U)]
    [TestCase(1_024U)]
    public void Trades_and_levels_are_the_models(uint reportCapacity)
    {
        const ulong Seed = 77;
        NativeCalls.Destroy(_book);
        var options = NativeCalls.Options() with { ReportCapacity = reportCapacity };
        Assert.That(NativeCalls.Create(options, out _book), Is.Zero);
        var random = new SeededRandom(Seed);
        var model = new ModelBook();
        var middle = 10_000L;
        var fills = 0;
        for (var sequence = 1UL; sequence <= 20_000; sequence++)
        {
            middle += random.Below(21) - 9;
            var command = Draw(random, sequence, middle);
            var expected = Apply(model, command);
            var actual = Play(command).Where(report => report.Type == ReportType.Trade)
                .Select(report => new ModelFill(
                    report.MakerId, new PriceTicks(report.PriceTicks), new QuantityLots(report.QuantityLots)))
                .ToList();
            if (!expected.SequenceEqual(actual)) Assert.Fail($"seed {Seed}, command {sequence}: the trades differ");
            fills += actual.Count;
        }

        Assert.That(fills, Is.GreaterThan(1_000));
        foreach (var side in (Side[])[Side.Buy, Side.Sell])
        {
            var levels = model.Queues(side)
                .Select(level => (level.Key, level.Value.Sum(order => order.Leaves), (uint)level.Value.Count));
            Assert.That(Levels((byte)side), Is.EqualTo(levels));
        }
    }

    private static NativeCommand Draw(SeededRandom random, ulong sequence, long middle)
    {
        var dice = random.Below(100);
        var id = (ulong)random.Below(1_500) + 1;
        if (dice < 25) return Cancel(id, sequence);
        var side = (byte)random.Below(2);
        var away = random.Below(60) - 8;
        var price = middle + (side == 0 ? -away : away);
        if (dice < 40) return Replace(id, sequence, price, 1 + random.Below(80));
        var command = New(id, sequence, side, price, 1 + random.Below(100));
        command.IsImmediate = (byte)(random.Percent(20) ? 1 : 0);
        return command;
    }

    /// <summary>What the header promises, in terms of the model.</summary>
    private static List<ModelFill> Apply(ModelBook model, NativeCommand command)
    {
        var id = command.OrderId;
        var rests = model.Contains(id);
        var isNew = command.Type == CommandType.New;
        if (rests == isNew) return [];
        if (command.Type == CommandType.Cancel)
        {
            model.Remove(id);
            return [];
        }

        var side = isNew ? (Side)command.Side : model[id].Side;
        var (price, quantity) = (new PriceTicks(command.PriceTicks), new QuantityLots(command.QuantityLots));
        if (!isNew && model[id].Price == price && quantity.Value <= model[id].Leaves)
        {
            model.Reduce(id, quantity);
            return [];
        }

        if (!isNew) model.Remove(id);
        var fills = model.Match(side, price, quantity);
        var left = quantity.Value - fills.Sum(fill => fill.Quantity.Value);
        if (left > 0 && command.IsImmediate == 0) model.Rest(id, side, price, new QuantityLots(left));
        return fills;
    }

    private static NativeCommand New(ulong id, ulong sequence, byte side, long price, long quantity) => new()
    {
        Type = CommandType.New, OrderId = id, Sequence = sequence, Side = side, PriceTicks = price, QuantityLots = quantity,
    };

    private static NativeCommand Cancel(ulong id, ulong sequence) =>
        new() { Type = CommandType.Cancel, OrderId = id, Sequence = sequence };

    private static NativeCommand Replace(ulong id, ulong sequence, long price, long quantity) => new()
    {
        Type = CommandType.Replace, OrderId = id, Sequence = sequence, PriceTicks = price, QuantityLots = quantity,
    };

    /// <summary>One command, until it is taken and ended.</summary>
    private List<NativeReport> Play(NativeCommand command)
    {
        var reports = new List<NativeReport>();
        var taken = 0;
        while (taken == 0 || NativeCalls.IsSuspended(_book) == 1)
        {
            taken += NativeCalls.Submit(_book, taken == 0 ? [command] : []);
            reports.AddRange(Poll());
        }

        return reports;
    }

    private void Submit(params ReadOnlySpan<NativeCommand> commands) =>
        Assert.That(NativeCalls.Submit(_book, commands), Is.EqualTo(commands.Length));

    private NativeReport[] Poll() => _reports[..NativeCalls.Poll(_book, _reports)];

    private (long Price, long Volume, uint Orders)[] Levels(byte side)
    {
        var levels = new NativeLevel[2_048];
        var count = NativeCalls.Snapshot(_book, side, levels);
        return [.. levels[..count].Select(level => (level.PriceTicks, level.VolumeLots, level.Orders))];
    }
}
