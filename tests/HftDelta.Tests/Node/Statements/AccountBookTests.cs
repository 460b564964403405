using System.Globalization;
using HftDelta.Engine;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Money;
using HftDelta.Tests.Engine.Settlement;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Statements;

/// <summary>A second book of an account, kept from events, is the venue's own to the sub-atom, or says where it is not.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class AccountBookTests
{
    private const long Start = 1_000_000;
    private static readonly AccountId _writer = new(20);
    private static readonly AccountId _first = new(21);
    private static readonly AccountId _last = new(22);

    [Test]
    public void The_worked_example_stands_in_the_statements_of_its_three_accounts()
    {
        using var engine = new EngineHarness();
        var books = new BookedLife(_writer, _first, _last);
        WorkedExample(engine, books);

        Assert.That(Lines(books, _writer), Is.EqualTo(new[]
        {
            "Trade -1 5.00 5.00", "Settlement -1  -2.00", "Settlement -1  0.70", "Settlement -1  -4.55", "Expiry -1  -4.15",
        }));
        Assert.That(Lines(books, _first), Is.EqualTo(new[]
        {
            "Trade 1 -5.00 -5.00", "Settlement 1  2.00", "Settlement 1  -0.70", "Trade -1 6.00 4.70",
        }));
        Assert.That(Lines(books, _last), Is.EqualTo(new[]
        {
            "Trade 1 -6.00 -4.70", "Settlement 1  4.55", "Expiry 1  4.15",
        }));
        Assert.That(Profit(books, _writer), Is.EqualTo(-5m));
        Assert.That(Profit(books, _first), Is.EqualTo(1m));
        Assert.That(Profit(books, _last), Is.EqualTo(4m));
        foreach (var account in new[] { _writer, _first, _last })
        {
            Assert.That(books.BookOf(account).Fault, Is.Null);
        }
    }

    [Test]
    public void Every_account_of_random_lives_reconciles_after_every_command()
    {
        var seed = LongSuite.Seed(20_261_125);
        var kinds = new HashSet<MovementKind>();
        for (var history = 0; history < LongSuite.Volume(40, 2_000); history++)
        {
            var own = SplitMix64.Mix(seed + (ulong)history);
            using var life = new MoneyLife(own);
            life.Run(commands: 100);
            if (life.IsGarbled)
            {
                continue;
            }

            var books = Repeat(life, dropped: null, out _);
            Assert.That(books.ExportFault, Is.Null, $"history with seed {own}");
            foreach (var account in Accounts())
            {
                AssertExported(books, account, life.Engine.View, $"history with seed {own}, account {account}");
                Assert.That(books.BookOf(account).Fault, Is.Null, $"history with seed {own}, account {account}");
                kinds.UnionWith(books.MovementsOf(account).Select(movement => movement.Kind));
            }
        }

        Assert.That(
            kinds,
            Is.SupersetOf(Enum.GetValues<MovementKind>().Except(
                [
                    MovementKind.Opening, MovementKind.Closing, MovementKind.PoolInterest, MovementKind.Delivery,
                    MovementKind.DeliveryPenalty,
                ])),
            "histories without a kind of movement would prove nothing of it");
    }

    [Test]
    public void An_event_that_went_missing_is_found_and_the_command_named()
    {
        var random = new SeededRandom(LongSuite.Seed(7));
        var (dropped, found) = (0, 0);
        for (var history = 0; dropped < 25; history++)
        {
            using var life = new MoneyLife(SplitMix64.Mix(900UL + (ulong)history));
            life.Run(commands: 100);
            if (life.IsGarbled)
            {
                continue;
            }

            var whole = Repeat(life, dropped: null, out _);
            var account = Accounts()[(int)random.NextBelow(6)];

            // A settlement that was not heard is made up by the next one: the index says all that there was before it. And an
            // account that trades with itself moves nothing.
            var movements = whole.MovementsOf(account).GroupBy(movement => movement.Sequence)
                .Where(command => command.All(movement => movement.Kind is not (MovementKind.Settlement or MovementKind.Funding))
                    && command.Aggregate((Int128)0, (sum, movement) => sum + movement.Amount.Value) != 0)
                .Select(command => command.First()).ToList();
            if (movements.Count == 0)
            {
                continue;
            }

            var missing = movements[(int)random.NextBelow((ulong)movements.Count)];
            var damaged = Repeat(life, dropped: missing.Sequence, out var isDropped);
            if (isDropped)
            {
                dropped++;
                found += damaged.BookOf(account).Fault?.StartsWith("at command ", StringComparison.Ordinal) is true ? 1 : 0;
                Assert.That(damaged.ExportFault, Does.StartWith("at command "), "nor is such a history exported");
            }
        }

        Assert.That(found, Is.EqualTo(dropped));
    }

    [Test]
    public void Reports_of_one_step_may_all_tell_the_cash_after_it()
    {
        var told = new ToldCash();
        Assert.That(told.Take(told: 90, own: 97), Is.True, "the first of two legs");
        Assert.That(told.Take(told: 90, own: 90), Is.True, "the second");
        Assert.That(told.Take(told: 85, own: 85), Is.True, "another step");
        Assert.That(told.End(), Is.True);
        Assert.That(told.End(), Is.True, "nothing was told since");
    }

    [Test]
    public void A_step_that_never_meets_what_was_told_is_a_difference()
    {
        var told = new ToldCash();
        told.Take(told: 90, own: 97);
        Assert.That(told.Take(told: 85, own: 85), Is.False);

        told = new ToldCash();
        told.Take(told: 90, own: 91);
        Assert.That(told.End(), Is.False);
    }

    private static AccountId[] Accounts() => [.. Enumerable.Range(20, 6).Select(id => new AccountId((uint)id))];

    /// <summary>The commands of a life into another engine, whose events are booked.</summary>
    /// <param name="life">That was lived.</param>
    /// <param name="dropped">Of this command no event is heard.</param>
    /// <param name="isDropped">There was one.</param>
    private static BookedLife Repeat(MoneyLife life, CommandSequence? dropped, out bool isDropped)
    {
        isDropped = false;
        var books = new BookedLife(Accounts());
        using var engine = new EngineHarness(life.Engine.Limits, answerRisk: false);
        foreach (var (envelope, frame) in life.Engine.Commands)
        {
            engine.Events.Clear();
            engine.Apply(envelope, frame);
            if (dropped is { } sequence && envelope.Sequence == sequence.Value)
            {
                engine.Events.Clear();
                isDropped = true;
            }

            books.Take(engine);
        }

        books.CloseExport(engine);
        foreach (var account in Accounts())
        {
            books.BookOf(account).Compare(engine.View);
        }

        return books;
    }

    /// <summary>
    /// An export tells every movement that the statement tells, settlement apart: that stands there as it was applied, here as it
    /// ticked.
    /// </summary>
    private static void AssertExported(BookedLife books, AccountId account, VenueView view, string because)
    {
        var exported = books.Exported.Where(movement => movement.Account == account.Value).ToList();
        Assert.That(
            exported.Where(movement => !IsSettled(movement.Kind))
                .Select(movement => (movement.Sequence, movement.Kind, movement.Asset, movement.Amount, movement.Reference)),
            Is.EqualTo(books.MovementsOf(account).Where(movement => !IsSettled(movement.Kind)).Select(movement => (
                movement.Sequence, movement.Kind, movement.Asset.Value, movement.Amount.Value, movement.Reference))),
            because);
        foreach (var asset in exported.GroupBy(movement => movement.Asset))
        {
            Int128 balance = 0;
            foreach (var movement in asset)
            {
                balance += movement.Amount;
                Assert.That(movement.Balance, Is.EqualTo(balance), because);
            }
        }

        var settled = books.MovementsOf(account).Where(movement => IsSettled(movement.Kind))
            .Aggregate((Int128)0, (sum, movement) => sum + movement.Amount.Value);
        Assert.That(
            exported.Where(movement => IsSettled(movement.Kind)).Aggregate((Int128)0, (sum, movement) => sum + movement.Amount),
            Is.EqualTo(settled - view.Account(account).Unapplied.Value), because);
    }

    private static bool IsSettled(MovementKind kind) =>
        kind is MovementKind.Settlement or MovementKind.Expiry or MovementKind.Funding;

    private static void WorkedExample(EngineHarness engine, BookedLife books)
    {
        var venue = new VenueScript(engine);
        var deltas = new GivenDeltas(engine);
        var expiry = engine.TimeNanos + (30 * VenueScript.Second);
        venue.ListUnderlying();
        Do(() => venue.Oracle(100));
        foreach (var account in new[] { _writer, _first, _last })
        {
            Do(() => venue.OpenTrader(account.Value, 0));
            Do(() => venue.Deposit(account.Value, Start));
        }

        deltas.Next = 0.5m;
        Do(() => venue.ListOption(1, isCall: true, strike: 100, expiry));
        Do(() => venue.SetVolatility(1, VenueScript.FullVolatility));
        Trade(_writer, _first, 5);
        deltas.Next = 0.7m;
        Do(() => venue.Oracle(104));
        deltas.Next = 0.65m;
        Do(() => venue.Oracle(103));
        Trade(_first, _last, 6);
        Do(() => venue.Oracle(110));
        engine.TimeNanos = expiry;
        Do(() => venue.Oracle(110));
        while (engine.Processor.HasPendingWork)
        {
            Do(() => engine.Tick());
        }

        void Do(Action action)
        {
            action();
            books.Take(engine);
        }

        void Trade(AccountId seller, AccountId buyer, long price)
        {
            Do(() => venue.Order(seller.Value, 1, Side.Sell, price, 1));
            Do(() => venue.Order(buyer.Value, 1, Side.Buy, price, 1));
        }
    }

    private static decimal? AtomsOf(SubAtoms? value) => (decimal?)value?.Value / Scale.SubAtomsPerAtom;

    private static decimal Profit(BookedLife books, AccountId account) => AtomsOf(books.BookOf(account).Balance)!.Value - Start;

    /// <summary>What came after the deposit.</summary>
    private static IEnumerable<string> Lines(BookedLife books, AccountId account) => books.MovementsOf(account).Skip(1).Select(
        movement => string.Create(
            CultureInfo.InvariantCulture,
            $"{movement.Kind} {movement.Lots?.Value} {AtomsOf(movement.Gross):F2} {AtomsOf(movement.Amount):F2}"));
}
