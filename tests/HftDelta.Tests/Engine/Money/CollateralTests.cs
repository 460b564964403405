using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>Assets beside the quote asset: what they are worth as margin, how much of them, and that none is lost.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CollateralTests : VenueFixture
{
    private const uint Coin = 1;
    private const uint Dora = 30;
    private const long CoinAtoms = 100_000_000;

    [SetUp]
    public void ListCoin()
    {
        // One unit is worth 100,000 ticks x 10 atoms; a fifth is taken off.
        Venue.ListAsset(
            Coin, atomsPerUnit: CoinAtoms, quoteAtomsPerTick: 10, haircutPpm: 200_000, venueMaximum: 10 * CoinAtoms,
            accountMaximum: 4 * CoinAtoms);
        Venue.OpenTrader(Dora, 0);
    }

    [Test]
    public void Collateral_is_worth_its_oracle_price_less_the_haircut_in_equity()
    {
        Venue.DepositAsset(Dora, Coin, CoinAtoms, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 Deposit 100000000 of 1 balance 100000000" }));
        Assert.That(Engine.View.Balance(new AccountId(Dora), new AssetId(Coin)).Value, Is.EqualTo(CoinAtoms));
        Assert.That(Equity(Dora), Is.EqualTo(Atoms(800_000)));
        Venue.Oracle(101_000);
        Assert.That(Equity(Dora), Is.EqualTo(Atoms(808_000)));
        Venue.SetAssetTerms(Coin, haircutPpm: 500_000);
        Assert.That(Equity(Dora), Is.EqualTo(Atoms(505_000)));
    }

    [Test]
    public void Its_value_rounds_down_at_every_division()
    {
        Venue.ListAsset(2, atomsPerUnit: 7, quoteAtomsPerTick: 1, haircutPpm: 333_333, venueMaximum: 9);
        Venue.DepositAsset(Dora, 2, 3, 1);
        var value = (System.Numerics.BigInteger)300_000 * (1L << 32) / 7;
        Assert.That(Equity(Dora), Is.EqualTo((Int128)(value * 666_667 / 1_000_000)));
    }

    [Test]
    public void Who_has_only_collateral_can_trade_until_its_value_is_used_up()
    {
        Venue.DepositAsset(Dora, Coin, CoinAtoms, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 100);
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 81);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin), "10,000 for each lot");
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 80);
        Assert.That(PositionOf(Dora), Is.EqualTo(80));
        Venue.Oracle(99_000);
        Venue.Deposit(Dora, 1);
        Assert.That(Engine.View.Cash(new AccountId(Dora)).Value, Is.EqualTo(-79_999), "its loss is owed in the quote asset");
        Assert.That(Engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

    [Test]
    public void Collateral_that_margin_needs_cannot_leave()
    {
        Venue.DepositAsset(Dora, Coin, CoinAtoms, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 40);
        Venue.Order(Dora, Perpetual, Side.Buy, 100_000, 40);
        Venue.WithdrawAsset(Dora, Coin, (CoinAtoms / 2) + 1, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InsufficientMargin));
        Venue.WithdrawAsset(Dora, Coin, CoinAtoms / 2, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 OperatorWithdrawal -50000000 of 1 balance 50000000" }));
        Assert.That(Engine.View.FreeEquity(new AccountId(Dora)).Value, Is.EqualTo((Int128)0));
        Assert.That(Engine.View.Deposited(new AssetId(Coin)).Value, Is.EqualTo(CoinAtoms / 2));
    }

    [Test]
    public void More_than_is_there_cannot_leave()
    {
        Venue.Deposit(Dora, 5_000_000);
        Venue.DepositAsset(Dora, Coin, 10, 99);
        Venue.WithdrawAsset(Dora, Coin, 11, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InsufficientCash));
        Venue.WithdrawAsset(Dora, Coin, 10, 1);
        Assert.That(Engine.IsRefused(), Is.False);
        Assert.That(Engine.View.Balance(new AccountId(Dora), new AssetId(Coin)).Value, Is.Zero);
    }

    [Test]
    public void An_account_and_the_venue_hold_no_more_than_their_limits()
    {
        Venue.DepositAsset(Dora, Coin, (4 * CoinAtoms) + 1, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AssetLimit), "the account's");
        foreach (var account in new[] { Dora, Alice })
        {
            Venue.DepositAsset(account, Coin, 4 * CoinAtoms, 1_000);
            Assert.That(Engine.IsRefused(), Is.False);
        }

        Venue.DepositAsset(Bob, Coin, (2 * CoinAtoms) + 1, 1_000);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AssetLimit), "the venue's");
        Venue.DepositAsset(Bob, Coin, 2 * CoinAtoms, 1_000);
        Assert.That(Engine.IsRefused(), Is.False);
    }

    [Test]
    public void A_deposit_is_taken_once_whatever_its_asset()
    {
        Venue.DepositAsset(Dora, Coin, 5, 7);
        Venue.DepositAsset(Dora, Coin, 5, 7);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.DepositAsset(Dora, 0, 5, 6);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.DepositAsset(Dora, 2, 5, 8);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownAsset));
        Venue.WithdrawAsset(Dora, 2, 5, 8);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownAsset));
    }

    [Test]
    public void A_deposit_of_a_journal_that_knew_no_assets_is_of_the_quote_asset()
    {
        var length = DepositEncoder.Wrap(Engine.Buffer).SetAccountId(Dora).SetAmount(33).SetDepositId(1).EncodedLength - 8;
        BitConverter.TryWriteBytes(Engine.Buffer[0..], (ushort)(length - HftDeltaSchema.HeaderLength));
        BitConverter.TryWriteBytes(Engine.Buffer[6..], (ushort)0);
        Engine.SendInternal(length);
        Assert.That(Engine.View.Cash(new AccountId(Dora)).Value, Is.EqualTo(33));
        length = WithdrawEncoder.Wrap(Engine.Buffer).SetAccountId(Dora).SetAmount(3).SetWithdrawalId(1).EncodedLength - 8;
        BitConverter.TryWriteBytes(Engine.Buffer[0..], (ushort)(length - HftDeltaSchema.HeaderLength));
        BitConverter.TryWriteBytes(Engine.Buffer[6..], (ushort)0);
        Engine.SendInternal(length);
        Assert.That(Engine.View.Cash(new AccountId(Dora)).Value, Is.EqualTo(30));
    }

    [TestCase(0L, 10L, 0u, 1L, TestName = "An_asset_without_atoms_is_refused")]
    [TestCase(1L, 0L, 0u, 1L, TestName = "An_asset_without_value_is_refused")]
    [TestCase(1L, 1L << 50, 0u, 1L, TestName = "A_unit_worth_more_than_the_bound_is_refused")]
    [TestCase(1L, 1L, 1_000_001u, 1L, TestName = "A_haircut_above_all_is_refused")]
    [TestCase(1L, 1L, 0u, (1L << 30) + 1, TestName = "More_units_than_the_bound_are_refused")]
    [TestCase(1L, 1L, 0u, -1L, TestName = "A_negative_limit_is_refused")]
    public void Assets_out_of_bounds_are_refused(long atomsPerUnit, long quoteAtomsPerTick, uint haircut, long maximum)
    {
        Venue.ListAsset(2, 1, atomsPerUnit, quoteAtomsPerTick, haircut, maximum, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Assert.That(Engine.View.AssetCount, Is.EqualTo(1));
    }

    [Test]
    public void Assets_are_listed_one_after_the_other_on_what_there_is()
    {
        Venue.ListAsset(1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.ListAsset(3);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.ListAsset(2, underlying: 9);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownUnderlying));
        Venue.SetAssetTerms(2, 0);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownAsset));
        for (uint asset = 2; asset <= Engine.Limits.Assets; asset++)
        {
            Venue.ListAsset(asset);
            Assert.That(Engine.IsRefused(), Is.False);
        }

        Venue.ListAsset((uint)Engine.Limits.Assets + 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.CapacityExhausted));
    }

    [Test]
    public void A_price_that_would_take_a_unit_above_its_bound_is_refused_at_intake()
    {
        Venue.ListAsset(2, quoteAtomsPerTick: 1L << 32);
        Venue.Oracle((1L << 18) + 1);
        Assert.That(
            OracleReportRefusedDecoder.Trusted(Engine.Single(OracleReportRefusedDecoder.TemplateId)).Code,
            Is.EqualTo(RejectCode.OracleReportOutOfRange));
    }

    [Test]
    public void A_table_without_room_refuses_a_new_balance_and_takes_more_of_an_old_one()
    {
        using var engine = new EngineHarness(Limits with { Balances = 1 });
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.Oracle(100);
        venue.ListAsset(1);
        venue.ListAsset(2);
        venue.OpenTrader(20, 0);
        venue.DepositAsset(20, 1, 5, 1);
        venue.DepositAsset(20, 2, 5, 2);
        Assert.That(engine.Refusal(), Is.EqualTo(RejectCode.CapacityExhausted));
        venue.DepositAsset(20, 1, 5, 2);
        Assert.That(engine.IsRefused(), Is.False);

        // What is held leaves a place that another asset takes; what comes back finds room all the same.
        venue.RequestWithdrawal(20, 10, asset: 1);
        venue.DepositAsset(20, 2, 5, 3);
        Assert.That(engine.Refusal(), Is.EqualTo(RejectCode.CapacityExhausted), "the venue's account holds it");
        venue.CancelWithdrawal(20, 1);
        Assert.That(engine.View.Balance(new AccountId(20), new AssetId(1)).Value, Is.EqualTo(10));
    }

    private static Int128 Atoms(long atoms) => (Int128)atoms << 32;

    private Int128 Equity(uint account) => Engine.View.Equity(new AccountId(account)).Value;
}
