using HftDelta.Engine;
using HftDelta.Engine.Risk;
using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>What a marker must say, whoever computed, and what happens when none comes.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MarkerTests
{
    [Test]
    public void Result_and_marker_do_not_depend_on_the_number_of_workers_nor_on_their_order()
    {
        using var alone = new RiskFixture();
        var asked = alone.Freeze(1_020_000);
        var expected = alone.Engine.Processor.Risk.Compute(new UnderlyingId(1), new CommandSequence((long)asked));
        alone.Engine.SendGreeksReady(1, asked);

        var words = new SeededWords(1);
        foreach (var workers in (int[])[1, 2, 3, 5])
        {
            using var fixture = new RiskFixture();
            Assert.That(fixture.Freeze(1_020_000), Is.EqualTo(asked));
            foreach (var part in Enumerable.Range(0, workers).OrderBy(_ => words.Next()))
            {
                fixture.Engine.Processor.Risk.ComputePart(new UnderlyingId(1), part, workers);
            }

            var hash = fixture.Engine.Processor.Risk.Finish(new UnderlyingId(1), new CommandSequence((long)asked));
            Assert.That(hash, Is.EqualTo(expected), $"{workers} workers");
            fixture.Engine.CorruptRisk = _ => hash;
            fixture.Engine.SendGreeksReady(1, asked);
            for (uint id = 1; id <= RiskFixture.Instruments; id++)
            {
                Assert.That(fixture.Scenarios(id), Is.EqualTo(alone.Scenarios(id)), $"{workers} workers, instrument {id}");
            }

            Assert.That(fixture.Engine.Processor.StateHash(), Is.EqualTo(alone.Engine.Processor.StateHash()));
        }
    }

    /// <summary>A worker that is wrong by one bit, and sure of itself: its hash fits what it says.</summary>
    [TestCase(-2, TestName = "A_mark_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    [TestCase(-1, TestName = "A_delta_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    [TestCase(0, TestName = "The_first_component_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    [TestCase(17, TestName = "A_component_in_the_middle_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    [TestCase(18, TestName = "The_component_behind_it_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    [TestCase(34, TestName = "The_last_component_that_is_wrong_by_one_bit_is_found_by_a_replay")]
    public void Wrong_results_are_found(int component)
    {
        for (uint instrument = 1; instrument <= RiskFixture.Instruments; instrument++)
        {
            using var fixture = new RiskFixture();
            var wrong = instrument;
            fixture.Engine.CorruptRisk = underlying =>
            {
                Spoil(ref fixture.Engine.Processor.Risk.Computed(wrong), wrong, component);
                return fixture.Engine.Processor.Risk.HashOf(new UnderlyingId(underlying));
            };
            fixture.Venue.Oracle(1_020_000);
            fixture.Engine.Tick();
            Assert.That(() => fixture.Engine.Replay(), Throws.TypeOf<StateDivergenceException>(), $"instrument {instrument}");
        }
    }

    [Test]
    public void A_marker_that_does_not_fit_the_results_stops_the_venue_itself()
    {
        using var fixture = new RiskFixture();
        fixture.Engine.CorruptRisk = underlying =>
            fixture.Engine.Processor.Risk.HashOf(new UnderlyingId(underlying)) + new Hash256(1, 0, 0, 0);
        Assert.That(() => fixture.Venue.Oracle(1_020_000), Throws.TypeOf<StateDivergenceException>());
    }

    [Test]
    public void Requirements_widen_while_a_marker_is_late_and_shrink_when_it_comes()
    {
        using var fixture = new RiskFixture();
        var account = new AccountId(20);
        fixture.Venue.OpenTrader(20, 1L << 50);
        fixture.Venue.OpenTrader(21, 1L << 50);
        fixture.Venue.Order(21, 1, Side.Sell, RiskFixture.Price, 10);
        fixture.Venue.Order(20, 1, Side.Buy, RiskFixture.Price, 10);
        var asked = fixture.Freeze(1_020_000);
        var requirement = Requirement();
        Assert.That(requirement, Is.GreaterThan((Int128)0));

        // The computation may take ten seconds; then requirements grow to twice in as many.
        fixture.Engine.TimeNanos += (10 * VenueScript.Second) - 1;
        fixture.Engine.Tick();
        Assert.That(Requirement(), Is.EqualTo(requirement));
        fixture.Engine.TimeNanos += (5 * VenueScript.Second) + 1;
        fixture.Engine.Tick();
        Assert.That((double)Requirement(), Is.EqualTo(1.5 * (double)requirement).Within(1e-6 * (double)requirement));
        fixture.Engine.TimeNanos += 60 * VenueScript.Second;
        fixture.Engine.Tick();
        Assert.That((double)Requirement(), Is.EqualTo(2.0 * (double)requirement).Within(1e-6 * (double)requirement));

        fixture.Engine.SendGreeksReady(1, asked);
        Assert.That(Requirement(), Is.EqualTo(requirement));
        fixture.AssertReplayed();

        Int128 Requirement() =>
            fixture.Engine.View.Equity(account).Value - fixture.Engine.View.FreeEquity(account).Value;
    }

    private static void Spoil(ref InstrumentResult result, uint instrument, int component)
    {
        switch (component)
        {
            case -2:
                result.Mark ^= 1;
                break;
            case -1:
                result.Delta ^= 1;
                break;
            default:
                result.Vector[component] ^= 1;
                break;
        }

        result.Digest = result.DigestOf(instrument);
    }
}
