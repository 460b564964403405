using System.Numerics;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Settlement;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;

namespace HftDelta.Tests.Engine.Funding;

/// <summary>The delta index follows the mark at intervals.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TrueUpTests
{
    private FundingFixture _at = null!;

    [SetUp]
    public void SetUp() => _at = new FundingFixture();

    [TearDown]
    public void TearDown() => _at.Dispose();

    [Test]
    public void A_perpetual_kind_starts_at_its_mark_and_follows_it_at_every_interval()
    {
        _ = new GivenDeltas(_at.Engine) { Next = 0.1m };
        _at.Venue.List(FundingFixture.Option());
        Assert.That(_at.D(1), Is.EqualTo(_at.Mark(1)));
        _at.Venue.Oracle(103_000);
        _at.Wait(10);
        Assert.That(_at.D(1), Is.Not.EqualTo(_at.Mark(1)), "the kernel has spoken since: what delta did not explain is open");
        _at.Wait(10);
        Assert.That(_at.D(1), Is.EqualTo(_at.Mark(1)));
    }

    [Test]
    public void Threshold_ticks_that_come_more_often_than_intervals_hold_up_neither_true_ups_nor_funding()
    {
        using var at = new FundingFixture(thresholdTicks: 100);
        _ = new GivenDeltas(at.Engine) { Next = 0.1m };
        at.Venue.List(FundingFixture.Option());
        for (var second = 1; second <= 20; second++)
        {
            at.Venue.Oracle(second % 2 == 0 ? 103_000 : 104_000);
            Assert.That(
                at.Engine.Events.Count(record => record.TemplateId == DeltaSettlementDecoder.TemplateId), Is.EqualTo(1),
                "a threshold tick, which is the test's own premise");
            if (second is 9 or 10)
            {
                Assert.That(at.D(1), Is.Not.EqualTo(at.Mark(1)), "what delta did not explain is open");
            }

            at.Wait(1);
            Assert.That(at.Told(), second % 10 == 0 ? Is.Not.Empty : Is.Empty, $"funding at {second}");
            if (second % 10 == 0)
            {
                Assert.That(at.D(1), Is.EqualTo(at.Mark(1)), $"trued up at {second}");
            }
        }
    }

    [Test]
    public void A_dated_option_follows_its_mark_at_every_third_interval()
    {
        _at.Venue.List(Dated() with { TrueUpEvery = 3 });
        var first = _at.Mark(1);
        Assert.That(_at.D(1), Is.EqualTo(BigInteger.Zero));
        _at.Venue.Oracle(104_000);
        _at.Wait(20);
        var moved = (BigInteger)_at.Engine.View.Instrument(new(1)).DeltaIndex.Value;
        Assert.That(moved, Is.Not.EqualTo(_at.Mark(1) - first), "two intervals: by delta alone");
        var due = _at.Mark(1) - first;
        _at.Wait(10);
        Assert.That(_at.D(1), Is.EqualTo(due), "the mark of the tick that does it");
        Assert.That(Amount(), Is.EqualTo(due - moved), "the notice tells by how much");
        _at.Wait(20);
        Assert.That(_at.D(1), Is.EqualTo(due));
    }

    [Test]
    public void Governance_gives_an_option_its_true_up_and_takes_it_back()
    {
        _at.Venue.List(Dated());
        var governance = new GovernanceScript(_at.Engine);
        governance.SetKey(GovernanceScript.Governor, GovernanceRole.Governance);
        governance.Seal();
        governance.Propose(ParameterId.TrueUpIntervals, 3);
        _at.Engine.Tick();
        Assert.That(_at.Engine.View.Parameter(ParameterId.TrueUpIntervals, 1), Is.EqualTo(3));
        var first = _at.Mark(1);
        _at.Venue.Oracle(104_000);
        _at.Wait(20);
        Assert.That(_at.D(1), Is.Not.EqualTo(_at.Mark(1) - first), "two intervals: by delta alone");
        var due = _at.Mark(1) - first;
        _at.Wait(10);
        Assert.That(_at.D(1), Is.EqualTo(due), "the third, with the mark of the tick that does it");

        governance.Propose(ParameterId.TrueUpIntervals, 0);
        _at.Engine.Tick();
        var delta = _at.Engine.View.Delta(new(1)).Value;
        _at.Venue.Oracle(100_000);
        _at.Wait(60);
        Assert.That(_at.Engine.View.Parameter(ParameterId.TrueUpIntervals, 1), Is.Zero);
        Assert.That(_at.D(1) - due, Is.EqualTo((BigInteger)delta * -4_000), "by delta alone for good");
    }

    [Test]
    public void A_dated_option_without_true_up_keeps_what_delta_did_not_explain()
    {
        _at.Venue.List(Dated());
        var delta = _at.Engine.View.Delta(new(1)).Value;
        _at.Venue.Oracle(104_000);
        _at.Wait(60);
        Assert.That(_at.D(1), Is.EqualTo((BigInteger)delta * 4_000));
    }

    [Test]
    public void Without_intervals_a_true_up_cannot_be_listed()
    {
        using var at = new FundingFixture(intervalNanos: 0);
        at.Venue.List(Dated() with { TrueUpEvery = 1 });
        Assert.That(at.Refusal(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void Intervals_cannot_be_ended_while_something_is_paid_at_them()
    {
        _at.Venue.List(FundingFixture.Option());
        foreach (var value in new[] { 0L, (long)(8 * 24 * FundingFixture.Hour) })
        {
            _at.Engine.SendInternal(ParameterActivationEncoder.Wrap(_at.Engine.Buffer).SetUnderlyingId(1)
                .SetParameter(ParameterId.SettlementIntervalNanos).SetValue(value).EncodedLength);
            Assert.That(_at.Refusal(), Is.EqualTo(RejectCode.BadParameter), $"{value}");
        }
    }

    private ListingWords Dated() => new()
    {
        Instrument = 1, Kind = InstrumentKind.EuropeanOption, OptionKind = OptionKind.Call, Strike = 100_000,
        Volatility = VenueScript.FullVolatility, ExpiryTime = _at.Engine.TimeNanos + (24 * FundingFixture.Hour),
    };

    private BigInteger Amount()
    {
        var record = _at.Engine.Events.Single(record => record.SchemaId == HftDeltaSchema.Id
            && record.TemplateId == DeltaSettlementDecoder.TemplateId);
        foreach (var entry in DeltaSettlementDecoder.Trusted(record.Frame).Instruments)
        {
            return new Int128((ulong)entry.Amount.High, entry.Amount.Low);
        }

        return 0;
    }
}
