using System.Runtime.CompilerServices;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Strategies;

/// <summary>
/// The usual venue with a future beside the perpetual, both marked at 100,000, and two strategies: a spread that buys one
/// perpetual and sells one future, and a cover that buys one perpetual and sells two calls.
/// </summary>
public abstract class StrategyFixture : VenueFixture
{
    protected const uint Future = 3;
    protected const uint Spread = 4;
    protected const uint Cover = 5;

    [SetUp]
    public void ListStrategies()
    {
        Venue.ListFuture(Future, Expiry);
        Venue.ListStrategy(Spread, 4_096, -2_048, (Perpetual, 1), (Future, -1));
        Venue.ListStrategy(Cover, 0, 0, (Call, -2), (Perpetual, 1));
    }

    protected ulong Buy(uint account, uint instrument, long lots, long price, TimeInForce time = TimeInForce.GoodTillCancel) =>
        Venue.Order(account, instrument, Side.Buy, price, lots, time);

    protected ulong Sell(uint account, uint instrument, long lots, long price, TimeInForce time = TimeInForce.GoodTillCancel) =>
        Venue.Order(account, instrument, Side.Sell, price, lots, time);

    /// <summary>Reports of the last command with those of legs and public trades, in order.</summary>
    protected string[] Told() => Engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id)
        .Select(Line).OfType<string>().ToArray();

    protected static string Filled(ulong id, long lots, long price, string liquidity, long leaves) =>
        $"{id} filled {lots} @ {price} {liquidity} leaves {leaves}";

    protected long FreeEquity(uint account) => (long)(Engine.View.FreeEquity(new AccountId(account)).Value >> 32);

    private static string? Line(EngineEvent record)
    {
        var frame = record.Frame;
        switch (record.TemplateId)
        {
            case StrategyLegFilledDecoder.TemplateId:
                var leg = StrategyLegFilledDecoder.Trusted(frame);
                return Text(
                    $"{leg.ClientOrderId} leg {leg.InstrumentId} {leg.Side} {leg.Quantity} @ {leg.Price} {leg.Liquidity}");
            case TradeDecoder.TemplateId:
                var trade = TradeDecoder.Trusted(frame);
                return Text($"trade {trade.InstrumentId} {trade.AggressorSide} {trade.Quantity} @ {trade.Price}");
            default:
                return OrderWords.Line(record);
        }
    }

    private static string Text(DefaultInterpolatedStringHandler line) => line.ToStringAndClear();
}
