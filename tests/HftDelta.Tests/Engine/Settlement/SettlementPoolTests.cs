using System.Numerics;
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
    private const uint Buyer = 20;
    private const uint Seller = 21;
    private const uint Pool = 5;
    private const long Money = 145_000;
    private const ulong Day = 86_400 * VenueScript.Second;

    private EngineHarness _engine = null!;
    private VenueScript _venue = null!;
    private GivenDeltas _deltas = null!;
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
    public void Cash_below_zero_pays_interest_into_the_pool_and_nobody_else_does()
    {
        SetTerms(capAtoms: 1L << 40, rate: 365_000);
        Overdraw();
        var cash = _engine.View.Cash(new(Buyer)).Value;
        Assert.That(cash, Is.Negative);
        Assert.That(_engine.View.BorrowedAtoms, Is.EqualTo((Int128)(-cash)));
        var equity = _engine.View.Equity(new(Buyer)).Value;
        _venue.Wait(Day);
        var owed = equity - _engine.View.Equity(new(Buyer)).Value;

        // 36.5 % a year is a thousandth a day.
        Assert.That((double)owed / (1L << 32), Is.EqualTo(-cash / 1_000.0).Within(1e-3));
        Assert.That(Applied(Pool), Is.EqualTo(owed), "the pool is owed it before it is paid");
        _venue.Deposit(Buyer, 1);
        Assert.That(_engine.View.Cash(new(Pool)).Value, Is.EqualTo((long)(owed >> 32)));
        Assert.That(Interest(), Is.EqualTo(owed), "the report tells it");
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
        _venue.Wait(Day);
        var owed = _engine.View.Account(new(Buyer)).InterestOwed.Value;
        Assert.That((double)owed / (1L << 32), Is.EqualTo(-cash / 1_000.0).Within(1e-3));
        _venue.CancelWithdrawal(Buyer, 1);
        Assert.That(Interest(), Is.EqualTo(owed));
        Assert.That(Applied(Pool), Is.EqualTo(owed));
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
        _venue.Deposit(Buyer, (long)(-cash >> 32) + 10);
        Assert.That(Buy(1), Is.Null);
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

        Assert.That(_engine.View.Cash(new(Pool)).Value, Is.Positive);
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

    private Int128 Applied(uint account) => _engine.View.AsApplied(new AccountId(account), _scratch).Cash.Value;

    private (BigInteger Cash, BigInteger Claim) CashAndClaim()
    {
        var applied = _engine.View.AsApplied(new(Buyer), _scratch);
        return ((BigInteger)applied.Cash.Value, (BigInteger)(applied.Equity.Value - applied.Cash.Value));
    }

    private Int128 Interest() => _engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == AccountSettledDecoder.TemplateId)
        .Select(record => AccountSettledDecoder.Trusted(record.Frame).Interest.ToInt128()).Single();
}
