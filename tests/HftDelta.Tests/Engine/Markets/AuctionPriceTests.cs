using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>
/// The price of an uncross against the rule as it is written: every order's price is judged by summing up all orders. Random
/// books of few prices, so that ties of every kind come up; and what an uncross does against what was indicated.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class AuctionPriceTests : VenueFixture
{
    private const long Lowest = 99_990;
    private const int Rounds = 150;

    private readonly List<(ulong Id, uint Account, Side Side, long Price, long Lots)> _orders = [];

    [Test]
    public void The_indication_follows_the_rule_after_every_order([Values(1UL, 2UL, 3UL, 4UL, 5UL, 6UL)] ulong seed)
    {
        var words = new SeededWords(seed);
        var lastTrade = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var name = $"seed {seed} round {round}";
            var increment = words.Below(3) == 0 ? 2 : 1;
            Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, increment)] });
            Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
            var told = Told.Nothing;
            for (var step = 0; step < 1 + words.Below(10); step++)
            {
                Act(words, increment);
                var expected = Expected(lastTrade == 0 ? 100_000 : lastTrade, increment);
                var indications = Engine.Events.Where(record => record.TemplateId == AuctionIndicationDecoder.TemplateId &&
                    record.SchemaId == HftDeltaSchema.Id).ToArray();
                Assert.That(indications, Has.Length.EqualTo(expected == told ? 0 : 1), name);
                told = indications.Length == 0 ? told : Told.Of(indications[0].Frame);
                Assert.That(told, Is.EqualTo(expected), $"{name} step {step}");
            }

            Venue.ChangeState(Perpetual, InstrumentState.Open);
            lastTrade = told.Price ?? lastTrade;
            CheckUncross(told, name);
            foreach (var order in _orders)
            {
                Venue.Cancel(order.Account, Perpetual, order.Id);
            }

            _orders.Clear();
            Assert.That(Engine.View.OrderCount, Is.Zero, name);
        }
    }

    private void CheckUncross(Told told, string name)
    {
        var trades = Engine.Events
            .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == TradeDecoder.TemplateId)
            .Select(record => (TradeDecoder.Trusted(record.Frame).Price, TradeDecoder.Trusted(record.Frame).Quantity))
            .ToArray();
        Assert.That(trades.Sum(trade => trade.Quantity), Is.EqualTo(told.Volume), name);
        Assert.That(trades.Select(trade => (long?)trade.Price), Is.All.EqualTo(told.Price), name);
        if (told.Price is not null)
        {
            Assert.That(Told.Of(Engine.Single(AuctionIndicationDecoder.TemplateId)), Is.EqualTo(told), name);
        }

        var has = Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var bid) &
            Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Sell, out var ask);
        Assert.That(has && bid.Price >= ask.Price, Is.False, $"{name}: still crossed");
    }

    private void Act(SeededWords words, int increment)
    {
        if (_orders.Count > 0 && words.Below(4) == 0)
        {
            var gone = words.Below(_orders.Count);
            Venue.Cancel(_orders[gone].Account, Perpetual, _orders[gone].Id);
            _orders.RemoveAt(gone);
            return;
        }

        var account = new[] { Alice, Bob, Carol }[words.Below(3)];
        var side = words.Below(2) == 0 ? Side.Buy : Side.Sell;
        var price = Lowest + (words.Below(10) * 2 / increment * increment);
        var lots = 1L + words.Below(5);
        var id = words.Below(4) == 0
            ? Venue.Extended(account, Perpetual, side, price, lots, terms => terms.DisplayQuantity = 1)
            : Venue.Order(account, Perpetual, side, price, lots);
        _orders.Add((id, account, side, price, lots));
    }

    private Told Expected(long reference, int increment)
    {
        var all = _orders.Select(order => order.Price).Distinct().Select(At).Where(told => told.Volume > 0).ToArray();
        if (all.Length == 0)
        {
            return Told.Nothing;
        }

        var most = all.Where(told => told.Volume == all.Max(other => other.Volume)).ToArray();
        var least = most.Where(told => Math.Abs(told.Imbalance) == most.Min(other => Math.Abs(other.Imbalance))).ToArray();
        if (reference % increment == 0 && least.Min(told => told.Price) <= reference &&
            reference <= least.Max(told => told.Price))
        {
            return At(reference);
        }

        return least.OrderBy(told => Math.Abs(told.Price!.Value - reference)).ThenBy(told => told.Price).First();
    }

    private Told At(long price)
    {
        var demand = _orders.Where(order => order.Side == Side.Buy && order.Price >= price).Sum(order => order.Lots);
        var supply = _orders.Where(order => order.Side == Side.Sell && order.Price <= price).Sum(order => order.Lots);
        return new Told(price, Math.Min(demand, supply), demand - supply);
    }

    private sealed record Told(long? Price, long Volume, long Imbalance)
    {
        public static readonly Told Nothing = new(null, 0, 0);

        public static Told Of(byte[] frame)
        {
            var told = AuctionIndicationDecoder.Trusted(frame);
            return new Told(
                told.Price == AuctionIndicationDecoder.PriceNull ? null : told.Price, told.Volume,
                told.ImbalanceSide == Side.Sell ? -told.Imbalance : told.Imbalance);
        }
    }
}
