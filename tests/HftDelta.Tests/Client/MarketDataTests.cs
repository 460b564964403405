using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

[CancelAfter(20_000)]
internal sealed class MarketDataTests
{
    [Test]
    public void Public_messages_are_told_in_units_and_missing_ones_are_counted()
    {
        using var world = new ClientWorld().Establish();
        world.Pass(5_000_000);
        world.Venue.Public(buffer =>
        {
            var trade = TradeEncoder.Wrap(buffer).SetTradeId(4).SetAggressorSide(Side.Sell).SetPrice(-5).SetQuantity(3);
            trade.DeltaIndex.SetLow(ulong.MaxValue).SetHigh(-1);
            return trade.EncodedLength;
        });
        world.Venue.Public(buffer => BookTopEncoder.Wrap(buffer).SetInstrumentId(9).SetAskPrice(101).SetAskQuantity(7)
            .EncodedLength);
        world.Venue.Public(
            buffer => OraclePriceEncoder.Wrap(buffer).SetUnderlyingId(1).SetPrice(6_000_000).SetSources(3).EncodedLength,
            skipped: 2);
        world.Venue.Public(buffer => InstrumentDefinitionEncoder.Wrap(buffer).SetInstrumentId(9)
            .SetState(InstrumentState.Open).SetSymbol("BTC-PERP"u8).EncodedLength);
        world.Venue.Public(WriteSettlement);
        world.Until(() => world.Told.Lines.Any(line => line.EndsWith("last True", StringComparison.Ordinal)));
        Assert.That(
            world.Told.Lines.Where(line => line.StartsWith("public", StringComparison.Ordinal)),
            Is.EqualTo(new[]
            {
                "public trade 4 Sell -5 x 3 index -1", "public top 9 0@0 7@101", "public gap 2",
                "public price 1 6000000 of 3", "public instrument 9 Open BTC-PERP",
                "public move 9 100->110 delta 4294967296 last False", "public move 10 100->110 delta -1 last True",
            }));
    }

    [Test]
    public void Strategies_market_states_and_auctions_are_told()
    {
        using var world = new ClientWorld().Establish();
        world.Pass(5_000_000);
        world.Venue.Public(buffer =>
        {
            var message = StrategyDefinitionEncoder.Wrap(buffer).SetInstrumentId(9);
            var legs = message.SetLegs(2);
            legs.Next().SetInstrumentId(3).SetRatio(1);
            legs.Next().SetInstrumentId(4).SetRatio(-2);
            return message.EncodedLength;
        });
        world.Venue.Public(buffer => InstrumentStatusEncoder.Wrap(buffer).SetInstrumentId(3)
            .SetState(InstrumentState.OpeningAuction).SetEndTime(77).EncodedLength);
        world.Venue.Public(buffer => AuctionIndicationEncoder.Wrap(buffer).SetInstrumentId(3)
            .SetState(InstrumentState.OpeningAuction).SetImbalanceSide(Side.Sell).SetImbalance(4).SetEndTime(77).EncodedLength);
        world.Venue.Public(buffer => AuctionIndicationEncoder.Wrap(buffer).SetInstrumentId(3)
            .SetState(InstrumentState.Open).SetImbalanceSide(Side.Buy).SetPrice(100).SetVolume(5).EncodedLength);
        world.Until(() => world.Told.Lines.Any(line => line.EndsWith("over True", StringComparison.Ordinal)));
        Assert.That(
            world.Told.Lines.Where(line => line.StartsWith("public", StringComparison.Ordinal)),
            Is.EqualTo(new[]
            {
                "public strategy 9: 1 x 3, -2 x 4", "public state 3 OpeningAuction until 77",
                "public auction 3 OpeningAuction 0 @ none Sell 4 until 77 over False",
                "public auction 3 Open 5 @ 100 Buy 0 until 0 over True",
            }));
    }

    [Test]
    public void A_client_that_wants_no_public_data_gets_none()
    {
        using var world = new ClientWorld(options => options with { MarketDataStreamId = 0 }).Establish();
        Assert.That(
            NegotiateDecoder.Trusted(world.Venue.Last(NegotiateDecoder.TemplateId).Frame).MarketDataStreamId, Is.Zero);
        Assert.That(world.Send().IsSent);
    }

    private static int WriteSettlement(byte[] buffer)
    {
        var message = DeltaSettlementEncoder.Wrap(buffer);
        message.SetUnderlyingId(1).SetTrigger(SettlementTrigger.Threshold).SetLast(1).SetPrice(110);
        var entries = message.SetInstruments(2);
        entries.Next().SetInstrumentId(9).SetPreviousPrice(100).SetDelta(1L << 32);
        entries.Next().SetInstrumentId(10).SetPreviousPrice(100).SetDelta(-1);
        return message.EncodedLength;
    }
}
