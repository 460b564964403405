using System.Numerics;
using HftDelta.Engine;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Settlement;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>Cash below 0: how far it may go, what it costs, and who is paid for it.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SettlementPoolTests
{
    private const uint CrowdFirst = 1_000;
    private const uint CrowdLast = 1_039;
    private const uint Buyer = 20;
    private const uint Seller = 21;
    private const uint Other = 22;
    private const uint Pool = 5;
    private const long Money = 145_000;
    private const ulong Day = 86_400 * VenueScript.Second;

    private EngineHarness _engine = null!;
    private VenueScript _venue = null!;
    private GivenDeltas _deltas = null!;
    private ulong _withdrawals;
    private readonly AppliedPosition[] _scratch = new AppliedPosition[256];

    [SetUp]
    public void SetUp()
    {
        _engine = new EngineHarness();
        _venue = new VenueScript(_engine);
        _deltas = new GivenDeltas(_engine);
        _venue.ListUnderlying(intervalNanos: Day);
        _venue.Oracle(10_000);
        _venue.OpenTrader(Buyer, Money);
        _venue.OpenTrader(Seller, 1L << 40);
    }

    [TearDown]
    public void TearDown() => _engine.Dispose();

    [TestCase(0, 20_000u)]
    [TestCase(400_000, 60_000u)]
    [TestCase(800_000, 100_000u)]
    [TestCase(900_000, 550_000u)]
    [TestCase(1_000_000, 1_000_000u)]
    [TestCase(5_000_000, 1_000_000u)]
    public void The_rate_rises_with_the_use_of_the_pool_and_faster_from_the_kink_on(long borrowed, uint rate)
    {
        var terms = new PoolRecord
        {
            CapAtoms = 1_000_000, KinkPpm = 800_000, IdleRatePpm = 20_000, KinkRatePpm = 100_000, FullRatePpm = 1_000_000,
        };
        Assert.That(SettlementPool.RatePpm(terms, borrowed), Is.EqualTo(rate));
    }

    [Test]
    public void Cash_below_zero_pays_interest_through_the_pool_to_those_whose_cash_is_idle()
    {
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        _venue.OpenTrader(Other, 3 * (1L << 40));
        Overdraw();
        var (ofSeller, ofOther) = (Applied(Seller), Applied(Other));
        var idle = (double)(_engine.View.Cash(new(Seller)).Value + _engine.View.Cash(new(Other)).Value);
        var cash = _engine.View.Cash(new(Buyer)).Value;
        Assert.That(cash, Is.Negative);
        Assert.That(_engine.View.BorrowedAtoms, Is.EqualTo((Int128)(-cash)));
        var equity = _engine.View.Equity(new(Buyer)).Value;
        _venue.Wait(Day);
        var owed = equity - _engine.View.Equity(new(Buyer)).Value;

        // 36.5 % a year is a thousandth a day.
        Assert.That((double)owed / (1L << 32), Is.EqualTo(-cash / 1_000.0).Within(1e-3));
        var rise = (double)(Applied(Other) - ofOther);
        Assert.That(rise, Is.EqualTo((double)owed * _engine.View.Cash(new(Other)).Value / idle).Within(1_000));
        Assert.That(
            Applied(Other) - ofOther + Applied(Seller) - ofSeller + Applied(Pool), Is.EqualTo(owed), "what one pays others get");
        Assert.That(Applied(Pool), Is.InRange((Int128)0, (Int128)10_000), "roundings stay with the pool");
        Assert.That(Interest(Buyer), Is.EqualTo(owed), "the report tells it");
        var told = _engine.View.Cash(new(Other)).Value;
        _venue.Deposit(Other, 1);
        Assert.That(_engine.View.Cash(new(Other)).Value - told, Is.EqualTo(1 + (long)(rise / (1L << 32))));
        _venue.Deposit(Buyer, 1);
        Assert.That(Applied(Buyer), Is.EqualTo(((Int128)(cash + 1) << 32) - owed));
        _engine.View.Audit();
        Assert.That(_engine.Processor.RecomputeStateHash(), Is.EqualTo(_engine.Processor.StateHash()));
    }

    [Test]
    public void Money_that_comes_back_does_not_lessen_what_was_owed_before()
    {
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        _venue.RequestWithdrawal(Buyer, 100);
        Overdraw();
        var cash = _engine.View.Cash(new(Buyer)).Value;
        _engine.TimeNanos += Day / 2;
        _venue.CancelWithdrawal(Buyer, 1);
        var owed = _engine.View.Account(new(Buyer)).InterestOwed.Value;
        Assert.That((double)owed / (1L << 32), Is.EqualTo(-cash / 2_000.0).Within(1e-3), "half a day, without a tick");
        _venue.Deposit(Buyer, 1L << 20);
        _venue.Wait(Day / 2);
        _venue.Deposit(Buyer, 1);
        Assert.That(Interest(Buyer), Is.EqualTo(owed));
        Assert.That(Applied(Pool), Is.InRange((Int128)0, (Int128)10_000), "the rest is the lenders'");
    }

    [Test]
    public void Who_brings_money_in_just_before_a_tick_earns_from_then_on_and_no_more()
    {
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        _venue.OpenTrader(Other, 0);
        Overdraw();
        var cash = _engine.View.Cash(new(Buyer)).Value;
        _engine.TimeNanos += Day - VenueScript.Second;
        _venue.Deposit(Other, 1L << 42);
        _venue.Wait(VenueScript.Second);
        var earned = -_engine.View.Account(new(Other)).InterestOwed.Value;
        var ofSeller = -_engine.View.Account(new(Seller)).InterestOwed.Value;
        Assert.That((double)ofSeller / (1L << 32), Is.EqualTo(-cash / 1_000.0).Within(1e-3), "it lent all day");
        Assert.That(earned, Is.InRange((Int128)1, ofSeller / 86_400), "a second of the day");
        _engine.View.Audit();
    }

    [Test]
    public void Who_borrows_and_does_nothing_else_pays_all_the_same()
    {
        SettleAtIntervals();
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        Move(12_000);
        _engine.Tick();
        var cash = _engine.View.Cash(new(Buyer)).Value;
        Assert.That(cash, Is.Negative, "nobody but the pass has touched it");
        Assert.That(_engine.View.BorrowedAtoms, Is.EqualTo((Int128)(-cash)));
        Move(12_000);
        _engine.Tick();
        Assert.That(_engine.View.Cash(new(Buyer)).Value, Is.LessThanOrEqualTo(cash + (cash / 1_000)));
        Assert.That(-_engine.View.Account(new(Seller)).InterestOwed.Value >> 32, Is.EqualTo((Int128)(-cash / 1_000)));
        Move(16_000);
        _engine.Tick();
        Assert.That(_engine.View.BorrowedAtoms, Is.EqualTo((Int128)(-_engine.View.Cash(new(Buyer)).Value)));
    }

    [TestCase(8_000, RejectCode.SettlementPoolExhausted)]
    [TestCase(12_000, null)]
    public void What_an_account_owes_by_a_tick_counts_against_the_cap_before_it_is_applied(long cap, RejectCode? code)
    {
        SettleAtIntervals();
        SetTerms(cap);
        Move(12_000);
        Assert.That(Buy(1), Is.EqualTo(code), "about 5,000 by the tick, and 6,000 for the lot");
    }

    [Test]
    public void What_a_tick_has_paid_back_is_borrowed_no_more_before_it_is_applied()
    {
        SettleAtIntervals();
        SetTerms(capAtoms: 1L << 40);
        Move(12_000);
        _deltas.Next = 3m;
        _venue.Deposit(Buyer, 1);
        var borrowed = (long)_engine.View.BorrowedAtoms;
        Assert.That(borrowed, Is.Positive);
        SetTerms(borrowed);
        Move(14_000);
        Assert.That(Buy(1), Is.Null);
    }

    [Test]
    public void A_rate_that_governance_changes_costs_from_its_activation_on()
    {
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        Overdraw();
        var governance = new GovernanceScript(_engine);
        governance.SetKey(GovernanceScript.Governor, GovernanceRole.Governance);
        governance.Seal();
        SetTerms(capAtoms: 1L << 40, rate: 0);
        Assert.That(InternalRefusal(), Is.EqualTo(RejectCode.ParametersGoverned), "the operator's word is over");

        var cash = _engine.View.Cash(new(Buyer)).Value;
        var equity = _engine.View.Equity(new(Buyer)).Value;
        var activation = _engine.TimeNanos + Day;
        governance.Propose(ParameterId.PoolIdleRatePpm, 400_000, scope: 0);
        Assert.That(InternalRefusal(), Is.EqualTo(RejectCode.ParameterConflict), "above the rate at the kink, as it is now");
        foreach (var rate in new[] { ParameterId.PoolFullRatePpm, ParameterId.PoolKinkRatePpm })
        {
            governance.Propose(rate, 1_095_000, scope: 0);
            _engine.Tick();
        }

        governance.Propose(ParameterId.PoolIdleRatePpm, 1_095_000, activationTime: activation, scope: 0);
        governance.Propose(ParameterId.PoolKinkPpm, 0, scope: 0);
        Assert.That(InternalRefusal(), Is.EqualTo(RejectCode.ParameterConflict), "while there is a pool");
        _venue.Wait(Day);
        Assert.That(_engine.View.Parameter(ParameterId.PoolIdleRatePpm), Is.EqualTo(1_095_000));
        _venue.Wait(Day);
        var owed = equity - _engine.View.Equity(new(Buyer)).Value;

        // A thousandth in the first day and three in the second, for what was borrowed to pay the first too.
        Assert.That((double)owed / (1L << 32), Is.EqualTo(-cash * 0.004003).Within(0.001));
    }

    [Test]
    public void Who_has_borrowed_more_than_a_share_of_its_claim_takes_on_nothing_more()
    {
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: 800_000);
        Overdraw();
        var (cash, claim) = CashAndClaim();
        Assert.That(-cash, Is.LessThan(claim * 8 / 10));
        Assert.That(Buy(1), Is.Null);
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: (uint)(-cash * 1_000_000 / claim));
        Assert.That(Buy(1), Is.EqualTo(RejectCode.CashShortfall));
        Assert.That(Sell(1), Is.Null, "what reduces is taken");
        _venue.Deposit(Buyer, (long)(-cash >> 32) + 20_000);
        Assert.That(Buy(1), Is.Null);
    }

    [Test]
    public void What_an_order_would_pay_is_foreseen()
    {
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: 1);
        Overdraw();
        var (cash, _) = CashAndClaim();
        var index = (long)(_engine.View.DeltaIndex(new(1)).Value >> 32);
        Assert.That(index, Is.EqualTo(-6_000).Within(2));

        // A lot at 1 costs about 6,000, of which a millionth of a claim gives nothing back.
        _venue.Deposit(Buyer, (long)(-cash >> 32) + 5_990);
        Assert.That(Buy(1), Is.EqualTo(RejectCode.CashShortfall));
        _venue.Deposit(Buyer, 20);
        Assert.That(Buy(1), Is.Null);
        Assert.That(Buy(1), Is.EqualTo(RejectCode.CashShortfall), "what rests already is foreseen too");
    }

    [Test]
    public void The_cap_holds_also_for_what_an_order_would_borrow()
    {
        SetTerms(capAtoms: 1L << 40);
        Overdraw();
        var borrowed = (long)_engine.View.BorrowedAtoms;
        SetTerms(capAtoms: borrowed + 5_990);
        Assert.That(Buy(1), Is.EqualTo(RejectCode.SettlementPoolExhausted));
        Assert.That(Bound(), Is.EqualTo(borrowed + 5_990));
        SetTerms(capAtoms: borrowed + 6_010);
        Assert.That(Buy(1), Is.Null);
    }

    [Test]
    public void Who_is_short_is_called_after_the_tick_and_told_again_when_it_is_mended()
    {
        Overdraw();
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.False, "no terms, no calls");
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: 1);
        _engine.Tick();
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.True);
        Assert.That(_engine.View.IsLiquidityCalled(new(Seller)), Is.False);
        var call = Calls().Single();
        var (cash, claim) = CashAndClaim();
        Assert.That((call.Cash, call.Claim), Is.EqualTo((cash, claim)));
        Assert.That(call.Shortfall, Is.EqualTo(-cash - (claim / 1_000_000)), "a share of a millionth");
        _venue.Oracle(12_000);
        _engine.DrainPendingWork();
        Assert.That(Calls(), Is.Empty, "it is told once");
        var missing = (long)(-CashAndClaim().Cash >> 32);
        _venue.Deposit(Buyer, missing - 1);
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.True);
        _venue.Deposit(Buyer, 1_000);
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.False);
        Assert.That(Calls().Single().Shortfall, Is.EqualTo(BigInteger.Zero));
        _engine.View.Audit();
    }

    [Test]
    public void Who_is_called_gives_nothing_away_and_reduces_freely()
    {
        _engine.SendInternal(ListAssetEncoder.Wrap(_engine.Buffer).SetAssetId(1).SetUnderlyingId(1).SetAtomsPerUnit(1)
            .SetQuoteAtomsPerTick(1).SetVenueMaximum(1_000).SetAccountMaximum(1_000).SetHaircutPpm(0).EncodedLength);
        Overdraw();
        _engine.SendInternal(DepositEncoder.Wrap(_engine.Buffer).SetAccountId(Buyer).SetAssetId(1).SetAmount(900)
            .SetDepositId(1_000).EncodedLength);
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: 1);
        Assert.That(Withdraw(), Is.EqualTo(RejectCode.CashShortfall), "found by asking, before any tick");
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.True);
        Assert.That(Sell(1), Is.Null);
        SetTerms(capAtoms: 1L << 40, shareOfClaimPpm: 0);
        _engine.Tick();
        Assert.That(_engine.View.IsLiquidityCalled(new(Buyer)), Is.False, "the rule is gone");
        Assert.That(Withdraw(), Is.Null);
    }

    [Test]
    public void Every_account_is_looked_at_however_many_there_are()
    {
        using var engine = Crowd(out var venue);
        venue.Oracle(8_000);
        engine.DrainPendingWork();
        AllAreCalled(engine);

        engine.View.Audit();
    }

    [Test]
    public void A_pass_over_all_accounts_holds_up_nothing_else()
    {
        using var engine = Crowd(out var venue);
        for (var order = 0; order < 5; order++)
        {
            venue.Order(21, 1, Side.Sell, 10_000 + order, 1);
        }

        venue.Oracle(8_000);
        venue.CloseSession(21);
        for (var command = 0; command < 15; command++)
        {
            engine.Tick();
        }

        Assert.That(engine.View.OrderCount, Is.Zero);
        Assert.That(engine.Processor.HasPendingWork, "the pass goes on");
        engine.DrainPendingWork();
        AllAreCalled(engine);
    }

    [Test]
    public void Nobody_takes_on_more_while_all_is_borrowed_that_may_be()
    {
        SetTerms(capAtoms: 1L << 40);
        Overdraw();
        SetTerms(capAtoms: (long)_engine.View.BorrowedAtoms);
        _venue.Order(Seller, 1, Side.Sell, 9_000, 1);
        Assert.That(Refusal(), Is.EqualTo(RejectCode.SettlementPoolExhausted));
        SetTerms(capAtoms: (long)_engine.View.BorrowedAtoms + 1);
        _venue.Order(Seller, 1, Side.Sell, 9_000, 1);
        Assert.That(Refusal(), Is.Null);
    }

    [TestCase(800_001u, 500_000u, 1L, 1u, 2u, 3u)]
    [TestCase(1u, 0u, 1L, 1u, 2u, 3u)]
    [TestCase(1u, 1_000_000u, 1L, 1u, 2u, 3u)]
    [TestCase(1u, 500_000u, 0L, 1u, 2u, 3u)]
    [TestCase(1u, 500_000u, 1L, 3u, 2u, 3u)]
    [TestCase(1u, 500_000u, 1L, 1u, 4u, 3u)]
    [TestCase(1u, 500_000u, 1L, 1u, 2u, 10_000_001u)]
    public void Terms_that_make_no_curve_or_lend_more_than_eight_tenths_are_refused(
        uint share, uint kink, long cap, uint idle, uint kinkRate, uint full)
    {
        _engine.SendInternal(SettlementPoolTermsEncoder.Wrap(_engine.Buffer).SetShareOfClaimPpm(share).SetKinkPpm(kink)
            .SetCapAtoms(cap).SetIdleRatePpm(idle).SetKinkRatePpm(kinkRate).SetFullRatePpm(full).EncodedLength);
        Assert.That(_engine.Events.Any(record => record.SchemaId == InternalSchema.Id
            && record.TemplateId == CommandRefusedDecoder.TemplateId));
    }

    [Test]
    public void What_accounts_have_is_what_was_paid_in_through_random_debts_and_terms()
    {
        var seed = LongSuite.Seed(20_261_125);
        var random = new SeededRandom(seed);
        SetTerms(capAtoms: 1L << 40, rate: 9_000_000);
        Overdraw();
        _deltas.Each = _ => random.NextInRange(-2L << 32, 3L << 32);
        var paidIn = Money + (1L << 40) + 2;
        var price = 10_000L;
        for (var step = 0; step < 400; step++)
        {
            _engine.TimeNanos += random.NextBelow(Day);
            switch (random.NextBelow(4))
            {
                case 0:
                    price = Math.Max(5_000, price + random.NextInRange(-300L, 300));
                    _venue.Oracle(price);
                    break;
                case 1:
                    _venue.Deposit(random.Chance(1, 2) ? Buyer : Seller, 1);
                    paidIn++;
                    break;
                case 2:
                    SetTerms(
                        random.NextInRange(1L, 1L << 20), (uint)random.NextBelow(800_001), (uint)random.NextBelow(9_000_000));
                    break;
                default:
                    Buy(1);
                    break;
            }

            var sum = Applied(Buyer) + Applied(Seller) + Applied(Pool) + Applied(1);
            Assert.That(sum, Is.EqualTo((Int128)paidIn << 32), $"seed {seed}, step {step}");
            foreach (var account in new[] { Buyer, Seller })
            {
                Assert.That(
                    _engine.View.Equity(new(account)).Value,
                    Is.EqualTo(_engine.View.AsApplied(new(account), _scratch).Equity.Value), $"seed {seed}, step {step}");
            }

            _engine.View.Audit();
        }

        Assert.That(Applied(Pool) >= 0, Is.True, "the pool owes lenders no more than borrowers owe it");
    }

    /// <summary>The same call as of <see cref="Overdraw"/>, paid by a delta that means nothing, once a day alone.</summary>
    private void SettleAtIntervals()
    {
        _engine.Dispose();
        _engine = new EngineHarness();
        _venue = new VenueScript(_engine);
        _deltas = new GivenDeltas(_engine) { Next = -3m };
        _venue.ListUnderlying(thresholdTicks: 1L << 30, intervalNanos: Day);
        _venue.Oracle(10_000);
        _venue.OpenTrader(Buyer, Money);
        _venue.OpenTrader(Seller, 1L << 40);
        _venue.ListOption(1, isCall: true, 1_000, _engine.TimeNanos + (400 * Day), VenueScript.FullVolatility / 8);
        _venue.Order(Seller, 1, Side.Sell, 9_000, 10);
        _venue.Order(Buyer, 1, Side.Buy, 9_000, 10);
        _venue.SetVolatility(1, VenueScript.FullVolatility / 8);
    }

    /// <summary>A price that the next command settles at, before whatever it says.</summary>
    private void Move(long price)
    {
        _engine.TimeNanos += Day - (2 * VenueScript.Second);
        _venue.Oracle(price);
        _engine.TimeNanos += 3 * VenueScript.Second;
    }

    /// <summary>The buyer holds a call that is worth more than was paid, and is made to pay more than all its cash.</summary>
    private void Overdraw()
    {
        _venue.ListOption(1, isCall: true, 1_000, _engine.TimeNanos + (400 * Day), VenueScript.FullVolatility / 8);
        _venue.Order(Seller, 1, Side.Sell, 9_000, 10);
        _venue.Order(Buyer, 1, Side.Buy, 9_000, 10);
        Assert.That(_engine.View.Position(new(Buyer), new(1)).Value, Is.EqualTo(10));
        _venue.Deposit(Buyer, 1);
        _deltas.Next = -3m;
        _venue.SetVolatility(1, VenueScript.FullVolatility / 8);
        _deltas.Next = null;
        _venue.Oracle(12_000);
        _venue.Oracle(12_001);
        _venue.Deposit(Buyer, 1);
    }

    private void SetTerms(long capAtoms, uint shareOfClaimPpm = 800_000, uint rate = 0) =>
        _engine.SendInternal(SettlementPoolTermsEncoder.Wrap(_engine.Buffer).SetShareOfClaimPpm(shareOfClaimPpm)
            .SetKinkPpm(500_000).SetCapAtoms(capAtoms).SetIdleRatePpm(rate).SetKinkRatePpm(rate).SetFullRatePpm(rate)
            .EncodedLength);

    private RejectCode? Buy(long lots)
    {
        _venue.Order(Buyer, 1, Side.Buy, 1, lots);
        return Refusal();
    }

    private RejectCode? Sell(long lots)
    {
        _venue.Order(Buyer, 1, Side.Sell, 50_000, lots);
        return Refusal();
    }

    private RejectCode? Refusal() => _engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == OrderRejectedDecoder.TemplateId)
        .Select(record => (RejectCode?)OrderRejectedDecoder.Trusted(record.Frame).Code).FirstOrDefault();

    /// <summary>Many who hold a lot each with hardly more than its margin; work is done one unit a command.</summary>
    private static EngineHarness Crowd(out VenueScript venue)
    {
        var engine = new EngineHarness(
            EngineLimits.Small with { Accounts = 2_000, Sessions = 2_000, PendingUnitsPerCommand = 1 });
        venue = new VenueScript(engine);
        venue.ListUnderlying(intervalNanos: Day);
        venue.Oracle(10_000);
        venue.ListPerpetual(1);
        venue.OpenTrader(21, 1L << 40);
        for (var account = CrowdFirst; account <= CrowdLast; account++)
        {
            venue.OpenTrader(account, 1_100);
            venue.Order(21, 1, Side.Sell, 10_000, 1);
            venue.Order(account, 1, Side.Buy, 10_000, 1, session: account);
        }

        engine.SendInternal(SettlementPoolTermsEncoder.Wrap(engine.Buffer).SetShareOfClaimPpm(1).SetKinkPpm(1)
            .SetCapAtoms(1L << 40).EncodedLength);
        return engine;
    }

    private static void AllAreCalled(EngineHarness engine)
    {
        for (var account = CrowdFirst; account <= CrowdLast; account++)
        {
            Assert.That(engine.View.IsLiquidityCalled(new(account)), Is.True, $"account {account}");
        }
    }

    private RejectCode? InternalRefusal() => _engine.Events
        .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId)
        .Select(record => (RejectCode?)CommandRefusedDecoder.Trusted(record.Frame).Code).FirstOrDefault();

    private RejectCode? Withdraw()
    {
        _engine.SendInternal(WithdrawEncoder.Wrap(_engine.Buffer).SetAccountId(Buyer).SetAssetId(1).SetAmount(1)
            .SetWithdrawalId(++_withdrawals).EncodedLength);
        return _engine.Events
            .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId)
            .Select(record => (RejectCode?)CommandRefusedDecoder.Trusted(record.Frame).Code).FirstOrDefault();
    }

    private long Bound() => _engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == OrderRejectedDecoder.TemplateId)
        .Select(record => OrderRejectedDecoder.Trusted(record.Frame).Bound).Single();

    private (BigInteger Cash, BigInteger Claim, BigInteger Shortfall)[] Calls() => _engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == LiquidityCallDecoder.TemplateId)
        .Select(record => LiquidityCallDecoder.Trusted(record.Frame).Sums()).ToArray();

    private Int128 Applied(uint account) => _engine.View.AsApplied(new AccountId(account), _scratch).Cash.Value;

    private (BigInteger Cash, BigInteger Claim) CashAndClaim()
    {
        var applied = _engine.View.AsApplied(new(Buyer), _scratch);
        return ((BigInteger)applied.Cash.Value, (BigInteger)(applied.Equity.Value - applied.Cash.Value));
    }

    private Int128 Interest(uint account) => _engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == AccountSettledDecoder.TemplateId
            && AccountSettledDecoder.Trusted(record.Frame).AccountId == account)
        .Select(record => AccountSettledDecoder.Trusted(record.Frame).Interest.ToInt128()).Single();
}

internal static class LiquidityCallWords
{
    public static (BigInteger Cash, BigInteger Claim, BigInteger Shortfall) Sums(this LiquidityCallDecoder call) => (
        (BigInteger)call.Cash.ToInt128(), (BigInteger)call.Claim.ToInt128(), (BigInteger)call.Shortfall.ToInt128());
}
