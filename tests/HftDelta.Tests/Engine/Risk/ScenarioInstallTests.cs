using System.Numerics;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Greeks;
using HftDelta.Wire;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>Which scenario vectors a venue has, and from when.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ScenarioInstallTests
{
    [Test]
    public void Every_kind_has_its_vector_as_the_definition_says()
    {
        using var fixture = new RiskFixture();
        AssertVectors(fixture, RiskFixture.Price, "inline at listing");
        fixture.Venue.Oracle(1_013_007);
        AssertVectors(fixture, 1_013_007, "by the marker");
        fixture.AssertReplayed();
    }

    [Test]
    public void Options_of_an_expiry_with_a_surface_have_its_volatility_and_the_others_their_own()
    {
        using var fixture = new RiskFixture();
        fixture.Engine.TimeNanos += 3 * RiskFixture.Day;
        var fitted = fixture.Engine.TimeNanos - RiskFixture.Day;
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile, fitted);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));

        foreach (var (id, strike, isCall) in ((uint, long, bool)[])[(3, 1_050_000, true), (4, 900_000, false)])
        {
            var left = fixture.Near - fixture.Engine.TimeNanos;
            var volatility = SlowVectors.SviVolatility(
                RiskFixture.Smile, RiskFixture.Price, strike, fixture.Near - fitted, left);
            var told = (BigInteger)fixture.Engine.View.Volatility(new InstrumentId(id)).Value;
            Assert.That((double)told, Is.EqualTo((double)(volatility >> (BigBlack76.Bits - 48))).Within(16.0));
            AssertNear(fixture, id, SlowVectors.Of(
                RiskFixture.Price, strike, volatility, left,
                SlowVectors.Option(strike, left, isCall, RiskFixture.AtomsPerTick)));
        }

        Assert.That(
            fixture.Engine.View.Volatility(new InstrumentId(RiskFixture.FarCall)).Value,
            Is.EqualTo((long)RiskFixture.Volatility(0.7)));
        fixture.AssertReplayed();
    }

    [Test]
    public void An_instrument_that_is_listed_while_a_computation_is_under_way_has_its_vector_at_once()
    {
        using var fixture = new RiskFixture();
        var asked = fixture.Freeze(1_020_000);
        fixture.Venue.List(
            8, 1, InstrumentKind.EuropeanOption, OptionKind.Call, 1_000_000, fixture.Near,
            RiskFixture.Volatility(0.5), 0, 0);
        var listed = fixture.Scenarios(8);
        Assert.That(listed, Is.Not.Null);
        Assert.That(listed![13], Is.EqualTo(default(SubAtoms)));
        Assert.That(listed[14].Value, Is.GreaterThan((Int128)0), "a call gains with its price");

        var before = fixture.Scenarios(RiskFixture.NearCall);
        fixture.Engine.SendGreeksReady(1, asked);
        Assert.That(fixture.Scenarios(RiskFixture.NearCall), Is.EqualTo(before), "of another list of instruments");
        Assert.That(fixture.Scenarios(8), Is.EqualTo(listed));

        fixture.Engine.SendGreeksReady(1, fixture.Asked());
        Assert.That(fixture.Scenarios(RiskFixture.NearCall), Is.Not.EqualTo(before));
        fixture.AssertReplayed();
    }

    [Test]
    public void What_is_under_way_is_not_seen_before_its_marker()
    {
        using var fixture = new RiskFixture();
        var before = Enumerable.Range(1, (int)RiskFixture.Instruments).Select(id => fixture.Scenarios((uint)id)).ToArray();
        var hash = fixture.Engine.Processor.StateHash();
        var asked = fixture.Freeze(1_020_000);
        fixture.Engine.Processor.Risk.Compute(new UnderlyingId(1), new CommandSequence((long)asked));
        Assert.That(
            Enumerable.Range(1, (int)RiskFixture.Instruments).Select(id => fixture.Scenarios((uint)id)), Is.EqualTo(before));
        Assert.That(fixture.Engine.Processor.StateHash(), Is.Not.EqualTo(hash));

        fixture.Engine.SendGreeksReady(1, asked);
        for (uint id = 1; id <= RiskFixture.Instruments; id++)
        {
            Assert.That(fixture.Scenarios(id), Is.Not.EqualTo(before[id - 1]), $"instrument {id}");
        }
    }

    [Test]
    public void An_expired_instrument_has_no_vector_and_the_others_keep_theirs()
    {
        using var fixture = new RiskFixture();
        fixture.Venue.Oracle(1_000_001);
        fixture.Engine.TimeNanos = fixture.Near;
        fixture.Venue.Oracle(1_000_002);
        fixture.Engine.DrainPendingWork();
        Assert.That(fixture.Scenarios(RiskFixture.NearCall), Is.Null);
        Assert.That(fixture.Scenarios(RiskFixture.Future), Is.Null);
        Assert.That(fixture.Scenarios(RiskFixture.FarCall), Is.Not.Null);
        fixture.AssertReplayed();
    }

    [Test]
    public void A_venue_without_options_has_vectors_too()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.Oracle(100_000);
        venue.ListPerpetual(1);
        venue.Oracle(110_000);
        var components = new SubAtoms[ScenarioVectors.Count];
        Assert.That(engine.View.TryCopyScenarios(new InstrumentId(1), components), Is.True);
        Assert.That(components[14], Is.EqualTo(SubAtoms.FromAtoms(4_400)), "4 % of 110,000");
        Assert.That(engine.View.Mark(new InstrumentId(1)), Is.EqualTo(SubAtoms.FromAtoms(110_000)));
    }

    [Test]
    public void Computing_allocates_nothing()
    {
        using var fixture = new RiskFixture();
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile);
        var asked = new CommandSequence((long)fixture.Freeze(1_020_000));
        var risk = fixture.Engine.Processor.Risk;
        risk.Compute(new UnderlyingId(1), asked);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            risk.Compute(new UnderlyingId(1), asked);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void AssertVectors(RiskFixture fixture, long price, string when)
    {
        var now = fixture.Engine.TimeNanos;
        var volatility = SlowVectors.Wide((long)RiskFixture.Volatility(0.7));
        SlowVectors.Value linear = (moved, _) => moved * RiskFixture.AtomsPerTick << BigBlack76.Bits;
        SlowVectors.Value square = (moved, _) =>
            moved * moved * RiskFixture.SquareScale << (BigBlack76.Bits - RiskFixture.SquareScaleBits);
        Assert.Multiple(() =>
        {
            AssertNear(fixture, 1, SlowVectors.Of(price, 0, 0, RiskFixture.Period, linear), when);
            AssertNear(fixture, RiskFixture.Future, SlowVectors.Of(price, 0, 0, 30 * RiskFixture.Day, linear), when);
            AssertNear(fixture, RiskFixture.Square, SlowVectors.Of(price, 0, 0, RiskFixture.Period, square), when);
            AssertOption(RiskFixture.NearCall, 1_050_000, fixture.Near - now, isCall: true);
            AssertOption(RiskFixture.NearPut, 900_000, fixture.Near - now, isCall: false);
            AssertOption(RiskFixture.FarCall, 1_200_001, fixture.Far - now, isCall: true);
            AssertNear(
                fixture, RiskFixture.EverlastingPut,
                SlowVectors.Of(
                    price, 980_000, volatility, RiskFixture.Period,
                    SlowVectors.Everlasting(980_000, RiskFixture.Period, isCall: false, RiskFixture.AtomsPerTick)),
                when);
        });

        void AssertOption(uint id, long strike, ulong left, bool isCall) => AssertNear(
            fixture, id,
            SlowVectors.Of(
                price, strike, volatility, left, SlowVectors.Option(strike, left, isCall, RiskFixture.AtomsPerTick)),
            when);
    }

    /// <summary>Two floors and the kernel's error: 2^-45 of what a lot of the underlying is worth.</summary>
    private static void AssertNear(RiskFixture fixture, uint id, BigInteger[] expected, string when = "")
    {
        var slack = (BigInteger.One << 32) * RiskFixture.Price * RiskFixture.AtomsPerTick >> 45;
        var actual = fixture.Scenarios(id)!;
        for (var index = 0; index < expected.Length; index++)
        {
            Assert.That(
                BigInteger.Abs((BigInteger)actual[index].Value - expected[index]) <= slack + 2, Is.True,
                $"instrument {id}, component {index} {when}: {actual[index]}, expected {expected[index]}");
        }
    }
}
