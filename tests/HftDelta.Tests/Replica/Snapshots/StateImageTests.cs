using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Money;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>A state that was kept and loaded goes on as the original does.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class StateImageTests
{
    [Test]
    public void Random_lives_with_money_go_on_from_a_snapshot_as_without()
    {
        var seed = LongSuite.Seed(20_261_123);
        for (var life = 0; life < LongSuite.Volume(40, 4_000); life++)
        {
            var own = SplitMix64.Mix(seed + (ulong)life);
            using var money = new MoneyLife(own);
            money.Run(commands: 100);
            if (!money.IsGarbled)
            {
                SnapshotLife.Prove(money.Engine, own);
            }
        }
    }

    [Test]
    public void Random_trading_goes_on_from_a_snapshot_as_without()
    {
        var seed = LongSuite.Seed(20_261_124);
        for (var life = 0; life < LongSuite.Volume(4, 400); life++)
        {
            var own = SplitMix64.Mix(seed + (ulong)life);
            var world = life % 2 == 0 ? DifferentialWorld.World : DifferentialWorld.Small;
            using var venue = new EngineVenue(world, keepsCommands: true);
            foreach (var command in new CommandDraw(world, VenueFeatures.All, own).Draw(2_000))
            {
                venue.Apply(command);
            }

            SnapshotLife.Prove(venue.Harness, own, places: 2);
        }
    }

    [Test]
    public void What_is_loaded_is_written_with_the_same_bytes_again()
    {
        using var money = new MoneyLife(7);
        money.Run(commands: 100);
        var first = StateImage.Write(money.Engine.Processor, 1 << 20);
        using var loaded = SnapshotLife.Load(money.Engine);
        var second = StateImage.Write(loaded.Processor, 1 << 20);
        Assert.That(second.LengthBytes, Is.EqualTo(first.LengthBytes));
        for (var chunk = 0; chunk < first.ChunkCount; chunk++)
        {
            Assert.That(first.Chunk(chunk).SequenceEqual(second.Chunk(chunk)), $"chunk {chunk}");
        }
    }

    [Test]
    public void An_engine_of_other_limits_does_not_take_it()
    {
        using var money = new MoneyLife(8);
        var image = StateImage.Write(money.Engine.Processor, 1 << 20);
        using var other = new EngineHarness(money.Engine.Limits with { Orders = 2_048 });
        Assert.That(
            () => StateImage.Read(other.Processor, SnapshotLife.InputOf(image)), Throws.InstanceOf<FormatException>());
    }
}
