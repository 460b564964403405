using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Statements;

/// <summary>A delivery and a penalty stand in the statements of those whom they concern, and reconcile.</summary>
[TestFixture]
[CancelAfter(20_000)]
internal sealed class DeliveryStatementTests
{
    private const ulong Hour = 3_600 * VenueScript.Second;
    private const long AtomsPerUnit = 1_000;
    private const long Lots = 5;
    private const long Price = 101_000;
    private static readonly AccountId _taker = new(20);
    private static readonly AccountId _giver = new(21);

    [TestCase(true, "Delivery 1 5000, Delivery 0 -505000", "Delivery 1 -5000, Delivery 0 505000")]
    [TestCase(false, "DeliveryPenalty 0 5050", "DeliveryPenalty 0 -5050")]
    public void Both_sides_see_the_swap_or_the_penalty(bool hasAsset, string takers, string givers)
    {
        using var engine = new EngineHarness();
        var books = new BookedLife(_taker, _giver);
        Live(engine, books, hasAsset);

        Assert.That(Lines(books, _taker), Is.EqualTo(takers));
        Assert.That(Lines(books, _giver), Is.EqualTo(givers));
        foreach (var account in new[] { _taker, _giver })
        {
            books.BookOf(account).Compare(engine.View);
            Assert.That(books.BookOf(account).Fault, Is.Null);
        }

        Assert.That(books.ExportFault, Is.Null);
        Assert.That(
            books.Exported.Where(movement => movement.Kind is MovementKind.Delivery or MovementKind.DeliveryPenalty).Count(),
            Is.EqualTo(hasAsset ? 4 : 2));
    }

    private static void Live(EngineHarness engine, BookedLife books, bool hasAsset)
    {
        var venue = new VenueScript(engine);
        var expiry = engine.TimeNanos + (24 * Hour);
        venue.ListUnderlying();
        Do(() => venue.Oracle(100_000));
        Do(() => venue.ListAsset(
            1, atomsPerUnit: AtomsPerUnit, quoteAtomsPerTick: 1, accountMaximum: 1L << 30, venueMaximum: 1L << 30));
        foreach (var account in new[] { _taker, _giver })
        {
            Do(() => venue.OpenTrader(account.Value, 0));
            Do(() => venue.Deposit(account.Value, 1L << 40));
        }

        Do(() => venue.List(new ListingWords
        {
            Instrument = 1, Kind = InstrumentKind.Future, ExpiryTime = expiry, IsPhysical = true, DeliveryNanos = Hour,
            DeliveryPenaltyPpm = 10_000,
        }));
        Do(() => venue.Order(_giver.Value, 1, Side.Sell, 100_000, Lots));
        Do(() => venue.Order(_taker.Value, 1, Side.Buy, 100_000, Lots));
        if (hasAsset)
        {
            Do(() => venue.DepositAsset(_giver.Value, 1, Lots * AtomsPerUnit, 1_000));
        }

        engine.TimeNanos = expiry - 1;
        Do(() => venue.Oracle(Price));
        engine.TimeNanos = expiry;
        Work();
        engine.TimeNanos = expiry + Hour;
        Work();

        void Work()
        {
            for (var tick = 0; tick < 2 || engine.Processor.HasPendingWork; tick++)
            {
                Do(() => engine.Tick());
            }
        }

        void Do(Action action)
        {
            action();
            books.Take(engine);
        }
    }

    /// <summary>Kind, asset and atoms.</summary>
    private static string Lines(BookedLife books, AccountId account) => string.Join(
        ", ",
        books.MovementsOf(account)
            .Where(movement => movement.Kind is MovementKind.Delivery or MovementKind.DeliveryPenalty)
            .Select(movement => $"{movement.Kind} {movement.Asset.Value} {movement.Amount.FloorAtoms}"));
}
