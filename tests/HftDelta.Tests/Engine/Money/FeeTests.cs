using HftDelta.Engine.Fees;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Tests.Engine.Strategies;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Money;

/// <summary>What trades and settlements cost, to the sub-atom, and whom.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class FeeTests : StrategyFixture
{
    private static readonly AccountId Fees = new(2);
    private static readonly AccountId SettlementFees = new(3);

    [Test]
    public void A_taker_pays_and_a_maker_is_paid_at_the_fill()
    {
        Charge(new TierRates(Maker: -20, Taker: 50));
        Sell(Bob, Perpetual, 3, 100_010);
        Buy(Alice, Perpetual, 3, 100_010);

        // 300,030 atoms are traded: 50 ppm of them are 15.0015 atoms, rounded up to sub-atoms; 20 ppm are 6.0006, rounded down.
        Assert.That(Engine.Fees(), Is.EqualTo(new[] { -Floor(300_030, 20), Ceiling(300_030, 50) }), "maker, then taker");
        Assert.That(Cash(Alice), Is.EqualTo((Money - 300_030 + D(3)) * Unit - Ceiling(300_030, 50)));
        Assert.That(Cash(Bob), Is.EqualTo((Money + 300_030 - D(3)) * Unit + Floor(300_030, 20)));
        Assert.That(Cash(Fees.Value), Is.EqualTo(Ceiling(300_030, 50) - Floor(300_030, 20)));
    }

    [Test]
    public void The_cash_in_a_fill_is_what_is_left_after_the_fee()
    {
        Charge(new TierRates(Taker: 1_000));
        Sell(Bob, Perpetual, 1, 100_000);
        Buy(Alice, Perpetual, 1, 100_000);

        var fill = OrderFilledDecoder.Trusted(Engine.Events.Last(
            record => record.TemplateId == OrderFilledDecoder.TemplateId && record.SchemaId == HftDeltaSchema.Id).Frame);
        Assert.That((fill.AccountId, fill.Cash), Is.EqualTo((Alice, Money - 100)));
        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.EqualTo(fill.Cash));
    }

    [Test]
    public void Tiers_pay_their_own_rates_and_a_tier_that_a_schedule_has_not_pays_its_last()
    {
        Charge(new TierRates(Taker: 1_000), new TierRates(Taker: 500));
        Venue.SetTier(Alice, 1);
        Venue.SetTier(Carol, 7);
        foreach (var (account, fee) in new[] { (Alice, 50L), (Carol, 50L), (Bob, 100L) })
        {
            Sell(account == Bob ? Alice : Bob, Perpetual, 1, 100_000);
            Buy(account, Perpetual, 1, 100_000);
            Assert.That(Engine.Fees()[1], Is.EqualTo(fee * Unit), $"account {account}");
        }
    }

    [Test]
    public void An_option_is_charged_on_the_underlying_but_no_more_than_a_multiple_of_its_premium()
    {
        Venue.SetFees(1, FeeBasis.UnderlyingValue, 400, new TierRates(Taker: 300));
        Venue.SetInstrumentFees(Call, 1);
        Sell(Bob, Call, 2, 1_000);
        Buy(Alice, Call, 2, 1_000);
        Assert.That(Engine.Fees()[1], Is.EqualTo(60 * Unit), "300 ppm of 2 x 100,000");
        Sell(Bob, Call, 2, 10);
        Buy(Alice, Call, 2, 10);
        Assert.That(Engine.Fees()[1], Is.EqualTo(Ceiling(400 * 20, 300)), "of 400 x the premium");
    }

    [Test]
    public void Both_sides_of_an_uncross_pay_the_auction_rate()
    {
        Charge(new TierRates(Maker: -20, Taker: 50, Auction: 30));
        Change(Perpetual, InstrumentState.PreOpen);
        Sell(Bob, Perpetual, 4, 99_000);
        Buy(Alice, Perpetual, 4, 101_000);
        Change(Perpetual, InstrumentState.Open);
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Alice), Is.EqualTo(4));
        Assert.That(Cash(Fees.Value), Is.GreaterThan((Int128)0));
        var price = Engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id
            && record.TemplateId == TradeDecoder.TemplateId).Select(record => TradeDecoder.Trusted(record.Frame).Price).Single();
        Assert.That(Engine.Fees(), Is.EqualTo(new[] { Ceiling(4 * price, 30), Ceiling(4 * price, 30) }));
        Assert.That(Cash(Fees.Value), Is.EqualTo(2 * Ceiling(4 * price, 30)));
    }

    [Test]
    public void A_strategys_legs_are_charged_each_by_its_own_schedule_and_the_strategy_itself_is_not()
    {
        Charge(new TierRates(Maker: 10, Taker: 40));
        Sell(Bob, Spread, 2, 5);
        Buy(Alice, Spread, 2, 5);

        var legs = Engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id
                && record.TemplateId == StrategyLegFilledDecoder.TemplateId)
            .Select(record =>
            {
                var leg = StrategyLegFilledDecoder.Trusted(record.Frame);
                return (leg.AccountId, leg.InstrumentId, Fee: leg.Fee.ToInt128(), Traded: leg.Price * leg.Quantity);
            }).ToArray();
        Assert.That(Engine.Fees(), Is.All.EqualTo((Int128)0), "the strategy's own fills");
        Assert.That(legs.Length, Is.EqualTo(4));
        foreach (var leg in legs)
        {
            var rate = leg.InstrumentId != Perpetual ? 0 : leg.AccountId == Bob ? 10 : 40;
            Assert.That(leg.Fee, Is.EqualTo(Ceiling(leg.Traded, rate)), $"{leg}");
        }

        Assert.That(Cash(Fees.Value), Is.EqualTo(legs.Aggregate((Int128)0, (sum, leg) => sum + leg.Fee)));
    }

    [Test]
    public void The_worst_fee_is_held_back_before_an_order_is_accepted()
    {
        Charge(new TierRates(Maker: 10, Taker: 1_000, Auction: 20));
        const uint Poor = 30;
        Venue.OpenTrader(Poor, 10_100);
        Buy(Poor, Perpetual, 1, 100_000);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.Zero, "10,000 of margin and 100 of fees, rounded up");
        Venue.Deposit(Poor, 1);
        Buy(Poor, Perpetual, 1, 100_000);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Sell(Bob, Perpetual, 1, 100_000);
        Assert.That(Engine.View.FreeEquity(new AccountId(Poor)).Value, Is.GreaterThanOrEqualTo((Int128)0));
    }

    [Test]
    public void A_new_schedule_is_held_back_from_orders_that_already_rest()
    {
        Buy(Alice, Perpetual, 10, 100_000);
        var before = Engine.View.FreeEquity(new AccountId(Alice)).Value;
        Charge(new TierRates(Taker: 1_000));
        Assert.That(before - Engine.View.FreeEquity(new AccountId(Alice)).Value, Is.EqualTo((1_000 * Unit) + 10));
    }

    [Test]
    public void A_settlement_fee_is_the_same_however_often_the_account_is_applied()
    {
        Charge(new TierRates(Settlement: 1_000));
        Venue.SetTier(Carol, 1);
        Sell(Bob, Perpetual, 7, 100_000);
        Buy(Alice, Perpetual, 5, 100_000);
        Buy(Carol, Perpetual, 2, 100_000);
        foreach (var price in new[] { 101_000, 100_500, 103_000, 99_000, 100_000 })
        {
            Venue.Oracle(price);
            Venue.Deposit(Alice, 1);
        }

        // The index moved by 1,000 + 500 + 2,500 + 4,000 + 1,000 atoms, and is back where it was.
        var perLot = 9 * Unit;
        Assert.That(Engine.View.Equity(new AccountId(Bob)).Value, Is.EqualTo((Money * Unit) - (7 * perLot)), "not applied");
        Venue.Deposit(Bob, 1);
        var told = AccountSettledDecoder.Trusted(Engine.Events.Single(
            record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == AccountSettledDecoder.TemplateId).Frame);
        Assert.That((told.Fee.ToInt128(), told.Amount, told.Positions), Is.EqualTo((7 * perLot, -63L, 0U)));
        Venue.Deposit(Carol, 1);
        Assert.That(Cash(Alice), Is.EqualTo(((Money + 5) * Unit) - (5 * perLot)));
        Assert.That(Cash(Bob), Is.EqualTo(((Money + 1) * Unit) - (7 * perLot)));
        Assert.That(Cash(Carol), Is.EqualTo(((Money + 1) * Unit) - (2 * perLot)));
        Assert.That(Cash(SettlementFees.Value), Is.EqualTo(14 * perLot));
    }

    [Test]
    public void What_an_account_owes_by_its_old_tier_is_charged_when_it_gets_another()
    {
        Charge(new TierRates(Settlement: 1_000), new TierRates(Settlement: 100));
        Sell(Bob, Perpetual, 1, 100_000);
        Buy(Alice, Perpetual, 1, 100_000);
        Venue.Oracle(101_000);
        Venue.SetTier(Alice, 1);
        Assert.That(Cash(Alice), Is.EqualTo((Money + 999) * Unit));
        Venue.Oracle(102_000);
        Venue.Deposit(Alice, 1);
        Assert.That(Cash(Alice), Is.EqualTo(((Money + 2_000) * Unit) - Ceiling(1_000, 100)), "0.1 atom, rounded up");
    }

    [Test]
    public void Funding_is_charged_by_its_own_rate()
    {
        var table = new FeeTable(Engine.Limits);
        table.Schedules.Write(1) = new FeeScheduleRecord { TierCount = 1, Basis = FeeBasis.TradedValue };
        table.Schedules.Write(1).Tiers[0] = new FeeTier { SettlementPpm = 1, FundingPpm = 250_000 };
        var instrument = new HftDelta.Engine.Instruments.InstrumentRecord { FeeSchedule = 1 };
        table.Accrue(1, ref instrument, -5, FeeCause.Funding);
        table.Accrue(1, ref instrument, 4, FeeCause.Funding);
        Assert.That(table.IndexOf(1, tier: 3), Is.EqualTo((Int128)(2 + 1)), "a quarter of each, rounded up");
        table.Dispose();
    }

    [Test]
    public void The_sum_of_the_accounts_as_applied_holds_fees_that_nobody_has_paid_yet()
    {
        Charge(new TierRates(Maker: -5, Taker: 33, Settlement: 777));
        Sell(Bob, Perpetual, 7, 100_003);
        Buy(Alice, Perpetual, 7, 100_003);
        Venue.Oracle(100_777);
        var scratch = new HftDelta.Engine.Accounts.AppliedPosition[64];
        Int128 sum = 0;
        for (uint id = 1; id < Engine.View.AccountIdLimit; id++)
        {
            sum += Engine.View.IsOpen(new AccountId(id)) ? Engine.View.AsApplied(new AccountId(id), scratch).Cash.Value : 0;
        }

        Assert.That(sum, Is.EqualTo(Engine.View.DepositedAtoms * Unit));
    }

    [TestCase(-60, 50, 0u, 0u, 1u, TestName = "A_rebate_above_the_taker_fee_is_refused")]
    [TestCase(100_001, 0, 0u, 0u, 1u, TestName = "A_fee_above_a_tenth_is_refused")]
    [TestCase(0, 0, 100_001u, 0u, 1u, TestName = "An_auction_fee_above_a_tenth_is_refused")]
    [TestCase(0, 0, 0u, 100_001u, 1u, TestName = "A_settlement_fee_above_a_tenth_is_refused")]
    [TestCase(0, 50, 0u, 0u, 0u, TestName = "Schedule_0_is_refused")]
    [TestCase(0, 50, 0u, 0u, 16u, TestName = "A_schedule_above_15_is_refused")]
    public void Schedules_out_of_bounds_are_refused(int maker, int taker, uint auction, uint settlement, uint schedule)
    {
        Venue.SetFees((ushort)schedule, FeeBasis.TradedValue, 0, new TierRates(maker, taker, auction, settlement));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void A_rebate_of_one_tier_above_the_taker_fee_of_another_is_refused()
    {
        Venue.SetFees(1, FeeBasis.TradedValue, 0, new TierRates(Maker: -40, Taker: 50), new TierRates(Maker: 0, Taker: 30));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void A_multiple_that_lets_a_fee_exceed_the_premium_is_refused()
    {
        Venue.SetFees(1, FeeBasis.UnderlyingValue, 3_334, new TierRates(Taker: 300));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.SetFees(1, FeeBasis.UnderlyingValue, 3_333, new TierRates(Taker: 300));
        Assert.That(Engine.IsRefused(), Is.False);
        Venue.SetFees(1, FeeBasis.TradedValue, 1, new TierRates(Taker: 300));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), "it has no premium beside the traded value");
    }

    [Test]
    public void Fees_of_what_there_is_not_are_refused()
    {
        Venue.SetInstrumentFees(Perpetual, 3);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownFeeSchedule));
        Charge(new TierRates(Taker: 10));
        Venue.SetInstrumentFees(99, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownInstrument));
        Venue.SetInstrumentFees(Spread, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), "a strategy's fees are those of its legs");
        Venue.SetTier(60, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownAccount));
        Venue.SetTier(Alice, 8);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.SetTier(2, 1);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownAccount), "the venue's own");
    }

    private static Int128 Unit => (Int128)1 << 32;

    private static Int128 Ceiling(Int128 atoms, int ppm) => ((atoms * ppm * Unit) + 999_999) / 1_000_000;

    private static Int128 Floor(Int128 atoms, int ppm) => atoms * ppm * Unit / 1_000_000;

    private static Int128 D(long lots) => lots * 100_000;

    private Int128 Cash(uint account) =>
        (Engine.View.Cash(new AccountId(account)).Value * Unit) + Engine.View.Dust(new AccountId(account));

    private void Charge(params ReadOnlySpan<TierRates> tiers)
    {
        Venue.SetFees(1, FeeBasis.TradedValue, 0, tiers);
        Assert.That(Engine.IsRefused(), Is.False);
        Venue.SetInstrumentFees(Perpetual, 1);
        Assert.That(Engine.IsRefused(), Is.False);
    }

    private void Change(uint instrument, InstrumentState state) => Engine.SendInternal(
        InstrumentStateChangeEncoder.Wrap(Engine.Buffer).SetInstrumentId(instrument).SetState((byte)state).EncodedLength);
}
