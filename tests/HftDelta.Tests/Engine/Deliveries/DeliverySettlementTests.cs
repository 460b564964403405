using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Deliveries;

/// <summary>Obligations at their deadline: swapped where both sides have their leg, and a penalty where one has not.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class DeliverySettlementTests
{
    private const uint First = 20;
    private const long Money = 1L << 40;
    private const long AtomsPerUnit = 1_000;

    /// <summary>With it no amount is a whole number of the asset's atoms.</summary>
    private const long Quote = 7;
    private const ulong Hour = 3_600 * VenueScript.Second;
    private const long Price = 101_000;

    private EngineHarness _engine = null!;
    private VenueScript _venue = null!;
    private ulong _expiry;
    private readonly List<(uint Account, Int128 Amount, DeliveryState State)> _steps = [];
    private readonly List<(uint Account, uint Asset, long Atoms, BalanceCause Cause)> _balances = [];

    [SetUp]
    public void SetUp() => Begin(EngineLimits.Small, 6);

    [TearDown]
    public void TearDown() => _engine.Dispose();

    [Test]
    public void Asset_and_cash_change_hands_at_the_expirys_price()
    {
        ListFuture();
        Trade(20, 21, 5);
        GiveAsset(21, 20_000);
        Expire();
        var (buyer, seller) = (Cash(20), Cash(21));
        Assert.That(Asset(20), Is.Zero, "nothing before the deadline");
        Deadline();
        Assert.That((Asset(20), Asset(21)), Is.EqualTo((5 * AtomsPerUnit, 20_000 - (5 * AtomsPerUnit))));
        Assert.That((Cash(20) - buyer, Cash(21) - seller), Is.EqualTo((-5 * Price, 5 * Price)));
        Assert.That(
            _steps,
            Is.EquivalentTo(new[] { (20u, (Int128)5, DeliveryState.Delivered), (21u, (Int128)(-5), DeliveryState.Delivered) }));
        Assert.That(
            _balances,
            Is.EquivalentTo(new[]
            {
                (20u, 1u, 5_000L, BalanceCause.Delivery), (20u, 0u, -505_000L, BalanceCause.Delivery),
                (21u, 1u, -5_000L, BalanceCause.Delivery), (21u, 0u, 505_000L, BalanceCause.Delivery),
            }));
        IsOver();
    }

    [Test]
    public void Who_does_not_have_the_asset_owes_the_penalty_to_who_has_the_cash()
    {
        ListFuture();
        Trade(20, 21, 5);
        GiveAsset(21, 999);
        Expire();
        var (buyer, seller) = (Cash(20), Cash(21));
        Deadline();

        // A hundredth of 505,000.
        Assert.That((Cash(20) - buyer, Cash(21) - seller), Is.EqualTo((5_050L, -5_050L)));
        Assert.That(
            _steps,
            Is.EquivalentTo(new[] { (20u, (Int128)5, DeliveryState.Lapsed), (21u, (Int128)(-5), DeliveryState.Failed) }));
        Assert.That((Asset(20), Asset(21)), Is.EqualTo((0L, 999L)), "the cash settlement stands");
        IsOver();
    }

    [Test]
    public void Who_does_not_have_the_cash_owes_it_to_who_has_the_asset()
    {
        ListFuture();
        Trade(20, 21, 5);
        GiveAsset(21, 5_000);
        Expire();
        _venue.Withdraw(20, Cash(20) - 100_999);
        var seller = Cash(21);
        Deadline();
        Assert.That((Cash(20), Cash(21) - seller), Is.EqualTo((100_999L - 5_050, 5_050L)));
        IsOver();
    }

    [Test]
    public void Nobody_owes_anything_where_both_sides_failed()
    {
        ListFuture();
        Trade(20, 21, 5);
        Expire();
        _venue.Withdraw(20, Cash(20) - 6_000);
        var (buyer, seller) = (Cash(20), Cash(21));
        Deadline();
        Assert.That((Cash(20), Cash(21)), Is.EqualTo((buyer, seller)));
        Assert.That(_steps.Select(step => step.State), Is.All.EqualTo(DeliveryState.Failed));
        IsOver();
    }

    [Test]
    public void Those_who_fail_each_other_owe_nothing_beside_those_who_swap()
    {
        ListFuture();
        Trade(20, 22, 6);
        Trade(21, 23, 3);
        Trade(21, 24, 3);
        GiveAsset(22, 6_000);
        Expire();
        _venue.Withdraw(21, Cash(21) - 100_999);
        var before = Enumerable.Range(20, 5).Select(id => Cash((uint)id)).ToArray();
        Deadline();

        // 20 and 22 swap all; 21 would need 101,000 for a lot and fails, and so do 23 and 24: nobody is ready.
        Assert.That(Cash(20) - before[0], Is.EqualTo(-6 * Price));
        Assert.That((Cash(21), Cash(23), Cash(24)), Is.EqualTo((before[1], before[3], before[4])));
        IsOver();
    }

    [Test]
    public void A_part_that_can_be_delivered_is_and_the_rest_is_owed_for()
    {
        ListFuture();
        Trade(20, 22, 2);
        Trade(21, 22, 4);
        GiveAsset(22, 3_000);
        Expire();
        var before = (Cash(20), Cash(21), Cash(22));
        Deadline();

        // All that there is is given, whoever is paired first; of six lots three are owed for.
        Assert.That((Asset(20) + Asset(21), Asset(22)), Is.EqualTo((3_000L, 0L)));
        Assert.That(Cash(22) - before.Item3, Is.EqualTo((3 * Price) - (3 * Price / 100)));
        Assert.That(
            Cash(20) + Cash(21) + Cash(22), Is.EqualTo(before.Item1 + before.Item2 + before.Item3), "no rounding here");
        IsOver();
    }

    [TestCase(1)]
    [TestCase(5)]
    public void How_much_of_an_account_fails_does_not_depend_on_the_sizes_of_those_opposite(int takers)
    {
        ListFuture();
        for (var taker = 0; taker < takers; taker++)
        {
            Trade(taker == 0 ? 20 : 21 + (uint)taker, 21, 5 / takers);
        }

        GiveAsset(21, 4_999);
        Expire();
        var seller = Cash(21);
        Deadline();
        Assert.That(Asset(21), Is.EqualTo(999));
        Assert.That(Cash(21) - seller, Is.EqualTo((4 * Price) - (Price / 100)), "four given, and one owed for");
        IsOver();
    }

    [Test]
    public void An_asset_that_is_listed_before_the_deadline_is_delivered()
    {
        _engine.Dispose();
        Begin(EngineLimits.Small, 6, listsAsset: false);
        ListFuture();
        Trade(20, 21, 5);
        Expire();
        ListAsset(1);
        GiveAsset(21, 5_000);
        Deadline();
        Assert.That((Asset(20), Asset(21)), Is.EqualTo((5_000L, 0L)));
        IsOver();
    }

    [Test]
    public void What_the_penalty_would_be_stays_in_the_account()
    {
        ListFuture();
        Trade(20, 21, 5);
        Expire();
        _venue.Withdraw(21, Cash(21) - 5_049);
        Assert.That(Cash(21), Is.GreaterThan(5_049L), "refused");
        _venue.Withdraw(21, Cash(21) - 5_050);
        Assert.That(Cash(21), Is.EqualTo(5_050L));
        Deadline();
        Assert.That(Cash(21), Is.Zero);
        IsOver();
    }

    [TestCase(100_001u)]
    [TestCase(uint.MaxValue)]
    public void A_penalty_above_a_tenth_is_refused(uint penalty)
    {
        _venue.List(Words() with { DeliveryPenaltyPpm = penalty });
        Assert.That(_engine.View.InstrumentCount, Is.Zero);
        _venue.List(Words() with { IsPhysical = false, DeliveryNanos = 0 });
        Assert.That(_engine.View.InstrumentCount, Is.Zero, "a penalty for what is not delivered");
    }

    [Test]
    public void Random_obligations_end_with_every_atom_where_it_belongs()
    {
        var seed = LongSuite.Seed(20_261_127);
        var random = new SeededRandom(seed);
        for (var life = 0; life < 60; life++)
        {
            _engine.Dispose();
            Begin(EngineLimits.Small with { PendingUnitsPerCommand = 1 + (int)random.NextBelow(3) }, 8, Quote);
            Live(random, $"seed {seed}, life {life}");
        }
    }

    private void Live(SeededRandom random, string life)
    {

        ListFuture();
        for (var trade = 0; trade < 12; trade++)
        {
            var buyer = First + (uint)random.NextBelow(8);
            var seller = First + (uint)random.NextBelow(8);
            if (buyer != seller)
            {
                Trade(buyer, seller, random.NextInRange(1L, 9));
            }
        }

        for (uint id = First; id < First + 8; id++)
        {
            GiveAsset(id, random.NextInRange(0L, 2_500));
        }

        Expire();
        for (uint id = First; id < First + 8; id++)
        {
            if (random.Chance(1, 2))
            {
                _venue.Withdraw(id, Cash(id) - random.NextInRange(0L, 1_500_000));
            }
        }

        var cash = Enumerable.Range(20, 8).ToDictionary(id => (uint)id, id => Cash((uint)id));
        var assets = Enumerable.Range(20, 8).ToDictionary(id => (uint)id, id => Asset((uint)id));
        Deadline();
        var steps = _steps;
        Assert.That(_engine.View.ObligationCount, Is.Zero, life);
        var delivered = steps.Where(step => step.State == DeliveryState.Delivered).ToList();
        Assert.That(delivered.Sum(step => (long)step.Amount), Is.Zero, life);
        var given = assets.Sum(pair => Math.Max(0, pair.Value - Asset(pair.Key)));
        var taken = assets.Sum(pair => Math.Max(0, Asset(pair.Key) - pair.Value));
        var amount = delivered.Where(step => step.Amount > 0).Sum(step => (long)step.Amount);
        Assert.That(taken, Is.EqualTo(given), life);
        Assert.That(given, Is.EqualTo(amount * AtomsPerUnit / Quote), life);
        long left = 0;
        foreach (var (id, before) in cash)
        {
            var paid = delivered.Where(step => step.Account == id).Sum(step => (long)step.Amount) * Price;
            var penalty = Cash(id) - before + paid;
            var ends = steps.Where(step => step.Account == id && step.State is not DeliveryState.Delivered).ToList();
            left -= penalty;
            Assert.That(penalty <= 0 || ends.Any(end => end.State == DeliveryState.Lapsed), Is.True, life);
            Assert.That(penalty >= 0 || ends.Any(end => end.State == DeliveryState.Failed), Is.True, life);
            Assert.That(
                Math.Abs(penalty), Is.LessThanOrEqualTo(ends.Sum(end => (long)Int128.Abs(end.Amount)) * Price / 100 + 1), life);
        }

        Assert.That(left, Is.InRange(0, 16), $"{life}: roundings stay with the venue");
        Assert.That(_engine.View.Cash(new AccountId(6)).Value, Is.EqualTo(left), life);
        IsOver();
    }

    private void Begin(EngineLimits limits, uint accounts, long quoteAtomsPerTick = 1, bool listsAsset = true)
    {
        _engine = new EngineHarness(limits);
        _venue = new VenueScript(_engine);
        _expiry = _engine.TimeNanos + (24 * Hour);
        _venue.ListUnderlying();
        _venue.Oracle(100_000);
        if (listsAsset)
        {
            ListAsset(quoteAtomsPerTick);
        }

        for (uint id = First; id < First + accounts; id++)
        {
            _venue.OpenTrader(id, Money);
        }
    }

    private void ListAsset(long quoteAtomsPerTick) => _venue.ListAsset(
        1, atomsPerUnit: AtomsPerUnit, quoteAtomsPerTick: quoteAtomsPerTick, accountMaximum: 1L << 30, venueMaximum: 1L << 30);

    private ListingWords Words() => new()
    {
        Instrument = 1, Kind = InstrumentKind.Future, ExpiryTime = _expiry, IsPhysical = true, DeliveryNanos = Hour,
        DeliveryPenaltyPpm = 10_000,
    };

    private void ListFuture() => _venue.List(Words());

    private void Trade(uint buyer, uint seller, long lots)
    {
        _venue.Order(seller, 1, Side.Sell, 100_000, lots);
        _venue.Order(buyer, 1, Side.Buy, 100_000, lots);
    }

    private ulong _deposits = 1_000;

    private void GiveAsset(uint account, long atoms)
    {
        if (atoms > 0)
        {
            _venue.DepositAsset(account, 1, atoms, ++_deposits);
        }
    }

    private void Expire()
    {
        _engine.TimeNanos = _expiry - 1;
        _venue.Oracle(Price);
        _engine.TimeNanos = _expiry;
        _engine.Tick();
        _engine.DrainPendingWork();
        for (uint id = First; id < First + 6; id++)
        {
            _venue.Deposit(id, 1, ++_deposits);
        }
    }

    private void Deadline()
    {
        _engine.TimeNanos = _expiry + Hour - 1;
        _engine.Tick();
        Assert.That(Steps(), Is.Empty);
        _engine.TimeNanos = _expiry + Hour;
        Settle();
    }

    /// <summary>All that is told while the work goes on.</summary>
    private void Settle()
    {
        _steps.Clear();
        _balances.Clear();
        for (var tick = 0; tick < 2 || _engine.Processor.HasPendingWork; tick++)
        {
            Assert.That(tick, Is.LessThan(1_000), $"{_engine.View.ObligationCount} obligations do not end");
            _engine.Tick();
            _steps.AddRange(Steps());
            _balances.AddRange(Balances());
            _engine.View.Audit();
        }
    }

    private void IsOver()
    {
        Assert.That(_engine.Processor.HasPendingWork, Is.False);
        Assert.That(_engine.View.ObligationCount, Is.Zero);
        _engine.View.Audit();
        using var replay = _engine.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(_engine.Processor.StateHash()));
    }

    private long Cash(uint account) => _engine.View.Cash(new AccountId(account)).Value;

    private long Asset(uint account) => _engine.View.Balance(new AccountId(account), new AssetId(1)).Value;

    private (uint Account, Int128 Amount, DeliveryState State)[] Steps() => Of(DeliveryReportDecoder.TemplateId).Select(record =>
    {
        var report = DeliveryReportDecoder.Trusted(record.Frame);
        return (report.AccountId, report.Amount.ToInt128(), report.State);
    }).ToArray();

    private (uint Account, uint Asset, long Atoms, BalanceCause Cause)[] Balances() => Of(BalanceChangedDecoder.TemplateId)
        .Select(record =>
        {
            var report = BalanceChangedDecoder.Trusted(record.Frame);
            return (report.AccountId, report.AssetId, report.Amount, report.Cause);
        }).ToArray();

    private IEnumerable<EngineEvent> Of(ushort template) =>
        _engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == template);
}
