using HftDelta.Journal.Recovery;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>
/// Power is cut while a venue with <c>disk</c> durability trades: of what was not synced each sector is there or not. It starts
/// again by itself, and everything that anybody was told of is there.
/// </summary>
[CancelAfter(120_000)]
internal sealed class PowerCutTests
{
    private const ulong FirstSeed = 500;

    [Test]
    public void A_venue_starts_again_after_a_power_cut_with_all_that_it_told()
    {
        var seeds = LongSuite.Volume(25, 2_000);
        var first = LongSuite.Seed(FirstSeed);
        var cuts = 0;
        var gaps = 0;
        for (var seed = first; seed < first + (ulong)seeds; seed++)
        {
            var noise = new HftDelta.Tests.Journal.Noise(seed);
            var storage = new VirtualStorage();
            using var driver = VenueDriver.Trading(Options(), storage);
            for (var round = 20 + noise.Next(150); round > 0; round--)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001 + noise.Next(5), 1 + noise.Next(9));
                driver.Order(VenueDriver.Taker, Side.Buy, 1_001 + noise.Next(5), 1 + noise.Next(9));
                driver.Step(noise.Next(3));
                driver.Received(VenueDriver.Maker);
                driver.Received(VenueDriver.Taker);
            }

            // Records that are in the journal and not synced yet.
            for (var order = noise.Next(60); order > 0; order--)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 1);
                driver.Venue.Agents.Ingress.DoWork();
                driver.Venue.Agents.Journal.DoWork();
            }

            var told = driver.Venue.EgressCounters.SafeSequence.Value;
            var cut = storage.AfterPowerCut(seed);
            var found = JournalRecovery.Examine(cut);
            Assert.That(found.Error, Is.Null, $"seed {seed}");
            var notices = new List<string>();
            using var again = new VenueDriver(Options() with { OnNotice = notices.Add }, cut);
            Assert.That(again.Venue.Recovered.LastSequence.Value, Is.GreaterThanOrEqualTo(told), $"seed {seed}");
            Assert.That(again.Venue.Recovered.FirstDifference, Is.Null, $"seed {seed}");
            Assert.That(again.Venue.Processor.View.ConservationError, Is.EqualTo(default(SubAtoms)), $"seed {seed}");
            Assert.That(
                notices.Any(words => words.StartsWith("HD2211", StringComparison.Ordinal)),
                Is.EqualTo(found.Torn is not null),
                $"seed {seed}: it is said");
            cuts += found.Torn is null ? 0 : 1;
            gaps += found.Torn is { HasRecordsBehind: true } ? 1 : 0;
            again.Venue.StartByHand();
            again.Venue.Settle();
            Assert.That(again.Venue.LastSequence, Is.GreaterThan(found.LastSequence), $"seed {seed}: it goes on");
            again.Venue.Stop();
        }

        Assert.That(cuts, Is.GreaterThan(seeds / 5));
        Assert.That(gaps, Is.GreaterThan(seeds / 10), "whole records behind a gap are met");
    }

    private static VenueOptions Options() =>
        VenueDriver.SmallOptions() with { Durability = DurabilityMode.Disk, OnNotice = _ => { } };
}
