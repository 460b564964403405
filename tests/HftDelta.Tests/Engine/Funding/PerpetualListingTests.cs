using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;

namespace HftDelta.Tests.Engine.Funding;

/// <summary>What a listing of a perpetual kind must prove.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PerpetualListingTests
{
    private const ulong Volatility = VenueScript.FullVolatility;
    private const ulong Period = 420 * FundingFixture.Hour;

    private FundingFixture _at = null!;

    private static readonly TestCaseData[] Refused =
    [
        Case("A period of less than a second", FundingFixture.Option() with { FundingPeriod = FundingFixture.Second - 1 }),
        Case("A period shorter than the interval", FundingFixture.Option() with { FundingPeriod = 9 * FundingFixture.Second }),
        Case("A period of more than 366 days", FundingFixture.Option() with { FundingPeriod = 367 * 24 * FundingFixture.Hour }),
        Case("A perpetual option without a period", FundingFixture.Option() with { FundingPeriod = 0 }),
        Case("A perpetual option with an expiry", FundingFixture.Option() with { ExpiryTime = ulong.MaxValue }),
        Case("A perpetual option without a strike", FundingFixture.Option() with { Strike = 0 }),
        Case("A perpetual option that is neither call nor put", FundingFixture.Option() with { OptionKind = OptionKind.None }),
        Case("A perpetual option with a premium", FundingFixture.Option() with { CapPpb = 1 }),
        Case("A perpetual kind trued up more seldom", FundingFixture.Option() with { TrueUpEvery = 2 }),
        Case("A perpetual kind to be delivered", FundingFixture.Option() with { IsPhysical = true }),
        Case("A perpetual with funding and no cap", FundingFixture.Perpetual(capPpb: 0)),
        Case("A perpetual with a cap of more than everything", FundingFixture.Perpetual(capPpb: 1_000_000_001)),
        Case("A perpetual with impact lots below none", FundingFixture.Perpetual(impactLots: -1)),
        Case("A power perpetual with a strike", FundingFixture.Power(Volatility, Period) with { Strike = 1 }),
        Case("A power perpetual without a scale", FundingFixture.Power(Volatility, Period) with { PowerScale = 0 }),
        Case("A power that is none of the three", FundingFixture.Power(Volatility, Period) with { Degree = (PowerDegree)3 }),
        Case("A power perpetual worth less than an atom", FundingFixture.Power(Volatility, Period) with { PowerScaleBits = 90 }),
        Case("A power perpetual worth more than a lot may be",
            FundingFixture.Power(Volatility, Period) with { PowerScale = 28, PowerScaleBits = 0 }),
        Case("An option with a scale", FundingFixture.Option() with { PowerScale = 1 }),
        Case("A future with funding", new ListingWords
        {
            Instrument = 1, Kind = InstrumentKind.Future, ExpiryTime = ulong.MaxValue, FundingPeriod = FundingFixture.Hour,
        }),
    ];

    [SetUp]
    public void SetUp() => _at = new FundingFixture();

    [TearDown]
    public void TearDown() => _at.Dispose();

    [TestCaseSource(nameof(Refused))]
    public void Is_refused(ListingWords words)
    {
        _at.Venue.List(words);
        Assert.That(_at.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Assert.That(_at.Engine.View.InstrumentCount, Is.Zero);
    }

    [TestCase(PowerDegree.Two, 182_000)]
    [TestCase(PowerDegree.Three, 60_000)]
    public void A_drift_of_a_half_over_the_period_is_refused_and_one_below_is_not(PowerDegree degree, int milliDays)
    {
        // At 100 % the drift of S^p is p (p - 1) / 2 a year: half a year of it is too much, for the cube a sixth.
        var period = (ulong)milliDays * 24 * FundingFixture.Hour / 1_000;
        _at.Venue.List(FundingFixture.Power(Volatility, period * 102 / 100, degree));
        Assert.That(_at.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        _at.Venue.List(FundingFixture.Power(Volatility, period, degree));
        Assert.That(_at.Refusal(), Is.Null);
        _at.Venue.SetVolatility(1, Volatility * 11 / 10);
        Assert.That(_at.Refusal(), Is.EqualTo(RejectCode.BadParameter), "nor by a volatility that comes later");
    }

    [Test]
    public void Without_intervals_nothing_can_be_funded()
    {
        using var at = new FundingFixture(intervalNanos: 0);
        at.Venue.List(FundingFixture.Power(Volatility, Period));
        Assert.That(at.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        at.Venue.List(FundingFixture.Perpetual());
        Assert.That(at.Refusal(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void Prices_at_which_a_power_would_leave_its_bounds_are_refused()
    {
        _at.Venue.List(FundingFixture.Power(Volatility, Period, PowerDegree.Three));
        Assert.That(_at.Refusal(), Is.Null);

        // Twice the index, 2e-10 S^3 atoms, stays at or below 2^38.
        var most = (long)Math.Floor(Math.Cbrt((1L << 38) / 2e-10));
        _at.Venue.Oracle(most + 2_000);
        Assert.That(_at.Engine.View.OraclePrice(new(1)).Value, Is.EqualTo(FundingFixture.Price));
        _at.Venue.Oracle(most - 2_000);
        Assert.That(_at.Engine.View.OraclePrice(new(1)).Value, Is.EqualTo(most - 2_000));
        _at.Wait(10);
        _at.Engine.View.Audit();
    }

    [Test]
    public void A_ninth_perpetual_whose_book_would_be_looked_at_is_refused()
    {
        for (uint id = 1; id <= 9; id++)
        {
            _at.Venue.List(FundingFixture.Perpetual() with { Instrument = id });
        }

        Assert.That(_at.Refusal(), Is.EqualTo(RejectCode.CapacityExhausted));
        _at.Venue.List(FundingFixture.Perpetual(impactLots: 0) with { Instrument = 9 });
        Assert.That(_at.Refusal(), Is.Null, "its funding has no premium");
    }

    private static TestCaseData Case(string name, ListingWords words) =>
        new TestCaseData(words).SetName(name.Replace(' ', '_') + "_is_refused");
}
