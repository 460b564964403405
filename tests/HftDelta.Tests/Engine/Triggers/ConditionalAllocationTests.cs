using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>Conditional orders come, follow prices, are activated and go without a single allocation.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ConditionalAllocationTests : TriggerFixture
{
    [Test]
    public void A_warm_core_with_conditional_orders_allocates_nothing()
    {
        for (var round = 0; round < 60; round++)
        {
            Round(100_000 + (round % 5 * 100));
        }

        using var second = new EngineHarness(Limits, answerRisk: false);
        var commands = Engine.Commands;
        var half = commands.Count / 2;
        for (var index = 0; index < half; index++)
        {
            var (envelope, frame) = commands[index];
            second.Processor.Apply(in envelope, frame);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = half; index < commands.Count; index++)
        {
            var (envelope, frame) = commands[index];
            second.Processor.Apply(in envelope, frame);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(commands.Count - half, Is.GreaterThan(400));
        Assert.That(second.Processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()));
    }

    private void Round(long price)
    {
        Venue.Oracle(price);
        Trade(price);
        var buy = Peg(Bob, Side.Buy, 2, -30, price);
        var sell = Peg(Bob, Side.Sell, 2, 30, price);
        Venue.Cancel(Alice, Perpetual, Stop(Alice, Side.Buy, 1, price + 10, price));
        Stop(Alice, Side.Sell, 1, price - 5, price - 20, type: OrderType.Stop);
        Trail(Alice, Side.Buy, 1, 20, price + 20);
        Stop(Alice, Side.Buy, 1, price + 2, price + 3, TriggerSource.Oracle, OrderType.Stop);
        Trade(price - 6);
        Trade(price + 15);
        Venue.Oracle(price + 5);
        Venue.Cancel(Bob, Perpetual, buy);
        Venue.Cancel(Bob, Perpetual, sell);
    }
}
