using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>What an asset counts as collateral while its price ages, dies and returns.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StaleCollateralTests : OracleFixture
{
    private const uint Coin = 1;
    private const uint Dora = 30;
    private const long CoinAtoms = 100_000_000;

    /// <summary>One unit at 100,000 x 10 atoms, a fifth taken off.</summary>
    private const long FullAtoms = 800_000;

    private static readonly OracleRulesWords _rules = new()
    {
        LateNanos = 2 * Second,
        StaleNanos = 18 * Second,
        DeadNanos = 50 * Second,
        RecoveryNanos = 16 * Second,
    };

    [SetUp]
    public void DepositCoin()
    {
        Venue.ListAsset(
            Coin, atomsPerUnit: CoinAtoms, quoteAtomsPerTick: 10, haircutPpm: 200_000, venueMaximum: 10 * CoinAtoms,
            accountMaximum: 4 * CoinAtoms);
        Venue.OpenTrader(Dora, 0);
        Venue.DepositAsset(Dora, Coin, CoinAtoms, 1);
    }

    [Test]
    public void It_shrinks_to_half_while_late_and_to_nothing_while_stale_by_a_32nd_at_a_time()
    {
        Oracle.Rules(_rules);
        All(100_000);
        Oracle.Wait((2 * Second) - 1);
        Assert.That(Equity(), Is.EqualTo(FullAtoms), "fresh");
        Oracle.Wait(1);
        Assert.That(Equity(), Is.EqualTo(FullAtoms), "the line begins at all of it");
        for (var step = 1; step <= 32; step++)
        {
            // A step of a second while late and of two while stale.
            var span = step <= 16 ? Second : 2 * Second;
            Oracle.Wait(span - 1);
            Assert.That(Equity() * 32, Is.EqualTo(FullAtoms * (33 - step)), $"a nanosecond before step {step}");
            Oracle.Wait(1);
            Assert.That(Equity() * 32, Is.EqualTo(FullAtoms * (32 - step)), $"step {step}");
        }

        Assert.That(Class, Is.EqualTo(StalenessClass.Dead));
        Oracle.Wait(Minute);
        Assert.That(Equity(), Is.Zero, "and never less");
        Assert.That(Engine.View.Balance(new AccountId(Dora), new AssetId(Coin)).Value, Is.EqualTo(CoinAtoms), "still there");
    }

    [Test]
    public void It_never_falls_by_more_than_a_32nd_however_coarse_or_fine_the_venue_ticks()
    {
        Oracle.Rules(_rules);
        All(100_000);
        var before = Equity();
        for (var passed = 0; passed < 600; passed++)
        {
            Oracle.Wait(Second / 10);
            var now = Equity();
            Assert.That(now, Is.InRange(before - (FullAtoms / 32), before), $"after {passed} tenths of a second");
            before = now;
        }

        Assert.That(before, Is.Zero);
    }

    [Test]
    public void It_comes_back_from_half_over_the_recovery_time()
    {
        Oracle.Rules(_rules);
        Oracle.Wait(Minute);
        Assert.That((Class, Equity()), Is.EqualTo((StalenessClass.Dead, 0L)));
        All(100_000);
        Assert.That((Class, Equity()), Is.EqualTo((StalenessClass.Late, FullAtoms / 2)));
        for (var step = 1; step <= 16; step++)
        {
            Oracle.Wait(Second);
            All(100_000);
            Assert.That(Equity() * 32, Is.EqualTo(FullAtoms * (16 + step)), $"step {step}");
        }

        Assert.That(Class, Is.EqualTo(StalenessClass.Fresh));
    }

    [Test]
    public void What_it_no_longer_counts_carries_no_order()
    {
        // 10,000 of margin for each lot, 20,000 when the price is stale.
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 40);
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 40);
        Assert.That(Engine.View.Position(new AccountId(Dora), new InstrumentId(Perpetual)).Value, Is.EqualTo(40));
        Oracle.Rules(_rules);
        All(100_000);

        // Late by six steps: 650,000 of value beside 40 lots of 13,750 is 47.27 lots.
        Oracle.Wait(8 * Second);
        Assert.That(Free(), Is.EqualTo(650_000 - (40 * 13_750)));
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 8);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 7);
        Assert.That(Engine.Count(OrderRejectedDecoder.TemplateId), Is.Zero);
    }

    [Test]
    public void At_a_dead_price_it_may_leave_as_far_as_cash_covers_the_margin()
    {
        Oracle.Rules(_rules);
        All(100_000);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 1);
        Oracle.Wait(Minute);
        Venue.WithdrawAsset(Dora, Coin, 1, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InsufficientMargin), "nothing covers 20,000");
        Venue.Deposit(Dora, 20_000);
        Venue.WithdrawAsset(Dora, Coin, CoinAtoms, 2);
        Assert.That(Engine.IsRefused(), Is.False);
        Assert.That(Engine.View.Balance(new AccountId(Dora), new AssetId(Coin)).Value, Is.Zero);
    }

    [Test]
    public void Without_staleness_classes_an_old_price_takes_nothing_off()
    {
        Oracle.Wait(100 * Minute);
        Assert.That((Class, Equity()), Is.EqualTo((StalenessClass.None, FullAtoms)));
    }

    [Test]
    public void The_price_of_another_underlying_does_not_matter()
    {
        Venue.ListUnderlying(thresholdTicks: 1, quorum: 1, underlying: 2);
        Oracle.Rules(_rules);
        Oracle.Wait(Minute);
        new OracleScript(Engine, 2).Report(4, 500);
        Venue.ListAsset(2, atomsPerUnit: 1, quoteAtomsPerTick: 1, haircutPpm: 0, underlying: 2, venueMaximum: 10);
        Venue.DepositAsset(Dora, 2, 3, 2);
        Assert.That(Equity(), Is.EqualTo(1_500), "this one is fresh, the other dead");
    }

    private long Equity() => Atoms(Engine.View.Equity(new AccountId(Dora)).Value);

    private long Free() => Atoms(Engine.View.FreeEquity(new AccountId(Dora)).Value);

    private static long Atoms(Int128 subAtoms)
    {
        Assert.That(subAtoms & uint.MaxValue, Is.EqualTo((Int128)0), "whole atoms here");
        return (long)(subAtoms >> 32);
    }
}
