using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>A venue with conditional orders, and two more traders who make prices.</summary>
public abstract class TriggerFixture : VenueFixture
{
    protected const uint Maker = 40;
    protected const uint Taker = 41;

    protected override EngineLimits Limits =>
        EngineLimits.Small with { Accounts = 64, Orders = 4_096, EventSlotsPerCommand = 4_096 };

    [SetUp]
    public void OpenPriceMakers()
    {
        Venue.OpenTrader(Maker, Money);
        Venue.OpenTrader(Taker, Money);
    }

    /// <summary>One lot trades at the price, which must lie between the best of both sides.</summary>
    protected void Trade(long price, long lots = 1)
    {
        Venue.Order(Maker, Perpetual, Side.Sell, price, lots);
        Venue.Order(Taker, Perpetual, Side.Buy, price, lots);
    }

    protected ulong Stop(
        uint account, Side side, long lots, long trigger, long price, TriggerSource source = TriggerSource.LastTrade,
        OrderType type = OrderType.StopLimit, uint instrument = Perpetual) => Venue.Extended(
        account, instrument, side, price, lots, terms =>
        {
            terms.OrderType = type;
            terms.TriggerSource = source;
            terms.TriggerPrice = trigger;
        });

    protected ulong Trail(
        uint account, Side side, long lots, long amount, long price, TrailingUnit unit = TrailingUnit.Ticks,
        TriggerSource source = TriggerSource.LastTrade) => Venue.Extended(account, Perpetual, side, price, lots, terms =>
        {
            terms.OrderType = OrderType.TrailingStop;
            terms.TriggerSource = source;
            terms.TrailingAmount = amount;
            terms.TrailingUnit = unit;
        });

    protected ulong Peg(uint account, Side side, long lots, long offset, long limit) =>
        Venue.Extended(account, Perpetual, side, limit, lots, terms =>
        {
            terms.OrderType = OrderType.Pegged;
            terms.PegOffset = offset;
        });

    /// <summary>What the last command caused for orders of these accounts' conditional orders: activations and prices.</summary>
    protected string[] Repriced() => Engine.Reports()
        .Where(line => line.Contains(" Triggered ", StringComparison.Ordinal) ||
            line.Contains(" OracleMoved ", StringComparison.Ordinal)).ToArray();

    protected long Top(Side side)
    {
        Engine.View.TryGetTop(new InstrumentId(Perpetual), (HftDelta.Primitives.Units.Side)side, out var top);
        return top.Price.Value;
    }

    protected Int128 Reserved(uint account)
    {
        var id = new AccountId(account);
        return (Engine.View.Equity(id).Value - Engine.View.FreeEquity(id).Value) >> Scale.SubAtomBits;
    }
}
