using HftDelta.Engine;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>
/// Random orders of all terms under the smallest bounds: after every few commands the state is audited, nothing is left over in
/// the end, and the fixture replays it all.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class RandomTermsTests : VenueFixture
{
    private const int Commands = 4_000;

    private readonly List<(uint Account, ulong Id)> _sent = [];

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 128,
        ExtendedOrders = 16,
        LevelsPerBook = 8,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 7,
    };

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Random_orders_keep_every_promise_of_the_state(ulong seed)
    {
        var random = new SeededRandom(seed);
        Venue.Group(Alice, 1);
        Venue.Group(Bob, 1);
        var seen = new HashSet<ushort>();
        var day = 0UL;
        _sent.Clear();
        for (var command = 0; command < Commands; command++)
        {
            switch (random.NextBelow(20))
            {
                case < 3 when _sent.Count > 0:
                    var (owner, canceled) = _sent[(int)random.NextBelow((uint)_sent.Count)];
                    Venue.Cancel(owner, Perpetual, canceled);
                    break;
                case < 6 when _sent.Count > 0:
                    var (account, replaced) = _sent[(int)random.NextBelow((uint)_sent.Count)];
                    var quantity = 1 + (long)random.NextBelow(20);
                    _sent.Add((account, Venue.Replace(account, Perpetual, replaced, Price(random), quantity)));
                    break;
                case 6 when random.Chance(1, 20) && !Engine.Processor.HasPendingWork:
                    Venue.EndDay(++day);
                    break;
                default:
                    Order(random);
                    break;
            }

            seen.UnionWith(Engine.Words());
            if (command % 50 == 0)
            {
                Engine.View.Audit();
            }
        }

        Engine.DrainPendingWork();
        Venue.CloseSession(Alice);
        Venue.CloseSession(Bob);
        Venue.CloseSession(Carol);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero, $"seed {seed}");
        Assert.That(Engine.View.LastTradeId, Is.GreaterThan(100UL));
        Assert.That(seen, Does.Contain(OrderDecrementedDecoder.TemplateId).And.Contain(OrderReplacedDecoder.TemplateId));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
    }

    private static long Price(SeededRandom random) =>
        random.Chance(1, 30) ? 120_000 + (long)random.NextBelow(20) : 99_990 + (long)random.NextBelow(20);

    private void Order(SeededRandom random)
    {
        var account = 20 + (uint)random.NextBelow(3);
        var side = random.Chance(1, 2) ? Side.Buy : Side.Sell;
        var lots = 1 + (long)random.NextBelow(random.Chance(1, 10) ? 200u : 12u);
        var id = Venue.Extended(account, Perpetual, side, Price(random), lots, terms =>
        {
            terms.OrderType = (OrderType)(random.Chance(3, 4) ? 1 : 1 + random.NextBelow(3));
            terms.TimeInForce = (TimeInForce)(random.Chance(1, 2) ? 0 : random.NextBelow(5));
            terms.Flags = (ExecutionFlags)(random.Chance(2, 3) ? 0 : random.NextBelow(8));
            terms.SelfTradePrevention = (SelfTradePrevention)random.NextBelow(5);
            terms.DisplayQuantity = random.Chance(1, 3) ? 1 + (long)random.NextBelow(5) : 0;
            terms.MinimumQuantity = random.Chance(1, 6) ? 1 + (long)random.NextBelow(8) : 0;
            terms.ExpireTime = terms.TimeInForce == TimeInForce.GoodTillDate ? Engine.TimeNanos + random.NextBelow(50) : 0;
        });
        Engine.TimeNanos++;
        if (Engine.Count(OrderAcceptedDecoder.TemplateId) > 0)
        {
            _sent.Add((account, id));
        }
    }
}
