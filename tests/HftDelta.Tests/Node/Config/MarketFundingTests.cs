using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Config;

/// <summary>Perpetual kinds, true-ups and delivery in a market's file.</summary>
[CancelAfter(20_000)]
internal sealed class MarketFundingTests
{
    private const string Underlying = """{"underlyingId":1,"symbol":"BTC","settlementIntervalNanos":1000000000}""";
    private const string Power =
        "\"periodNanos\":1512000000000000,\"power\":\"two\",\"powerScale\":10995116,\"powerScaleBits\":40";
    private const string Hours = "\"periodNanos\":28800000000000";

    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("hftdelta-market-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestCase("powerPerpetual", ",\"volatilityQ48\":225179981368525,\"funding\":{" + Power + "}", InstrumentState.Open)]
    [TestCase("perpetualCall", ",\"strikeTicks\":100000,\"volatilityQ48\":225179981368525,\"funding\":{" + Hours + "}",
        InstrumentState.Open)]
    [TestCase("perpetualPut", ",\"strikeTicks\":100000,\"volatilityQ48\":225179981368525,\"funding\":{" + Hours + "}",
        InstrumentState.Open)]
    [TestCase("perpetual", ",\"funding\":{" + Hours + ",\"basePpb\":100000,\"capPpb\":32000000,\"impactLots\":10}",
        InstrumentState.Open)]
    [TestCase("future", ",\"expiryTimeNanos\":1800000000000000000,\"deliveryNanos\":3600000000000,\"trueUpEvery\":3",
        InstrumentState.Open)]
    [TestCase("future",
        ",\"expiryTimeNanos\":1800000000000000000,\"deliveryNanos\":1,\"deliveryPenaltyPpm\":100000,\"trueUpEvery\":3",
        InstrumentState.Open)]
    public void What_is_read_is_what_the_engine_lists(string kind, string more, InstrumentState state)
    {
        var market = Read(kind, more);
        using var engine = new EngineHarness();
        new VenueScript(engine).ListUnderlying(intervalNanos: market.Underlyings[0].SettlementIntervalNanos);
        new VenueScript(engine).Oracle(100_000);
        engine.SendInternal(OperatorFrames.List(
            engine.Buffer, market.Instruments[0], market.Underlyings[0], new PriceTicks(100_000)));
        Assert.That(engine.View.InstrumentCount, Is.EqualTo(1));
        Assert.That(engine.View.InstrumentState(new(1)), Is.EqualTo(state));
        var told = InstrumentDefinitionDecoder.Trusted(engine.Events.Last(record =>
            record.SchemaId == HftDeltaSchema.Id && record.TemplateId == InstrumentDefinitionDecoder.TemplateId).Frame);
        Assert.That(told.FundingPeriodNanos, Is.EqualTo(market.Instruments[0].Funding?.PeriodNanos ?? 0));
        Assert.That(told.PowerScale, Is.EqualTo(market.Instruments[0].Funding?.PowerScale ?? 0));
        Assert.That(told.TrueUpEvery, Is.EqualTo(kind == "future" ? 3 : 1));
        Assert.That(told.IsPhysical, Is.EqualTo(kind == "future" ? 1 : 0));
    }

    [TestCase("powerPerpetual", "", "need funding")]
    [TestCase("perpetualCall", ",\"strikeTicks\":5", "need funding")]
    [TestCase("future", ",\"expiryTimeNanos\":9,\"funding\":{" + Hours + "}", "only perpetual kinds")]
    [TestCase("powerPerpetual", ",\"funding\":{" + Hours + "}", "needs powerScale")]
    [TestCase("perpetual", ",\"funding\":{" + Hours + "}", "capPpb must be")]
    [TestCase("perpetualPut", ",\"strikeTicks\":5,\"funding\":{" + Hours + ",\"capPpb\":1}", "capPpb must be")]
    [TestCase("perpetual", ",\"funding\":{\"periodNanos\":999999999,\"capPpb\":1}", "periodNanos")]
    [TestCase("perpetual", ",\"trueUpEvery\":2", "leave trueUpEvery out")]
    [TestCase("perpetual", ",\"deliveryNanos\":2", "deliveryNanos")]
    [TestCase("future", ",\"expiryTimeNanos\":9,\"deliveryNanos\":31622400000000001", "more than 366 days")]
    [TestCase("future", ",\"expiryTimeNanos\":9,\"deliveryPenaltyPpm\":1", "deliveryPenaltyPpm without deliveryNanos")]
    [TestCase("future", ",\"expiryTimeNanos\":9,\"deliveryNanos\":2,\"deliveryPenaltyPpm\":100001", "more than a tenth")]
    public void What_the_engine_would_refuse_is_refused_with_its_reason(string kind, string more, string reason) =>
        Assert.That(
            () => Read(kind, more),
            Throws.TypeOf<OperatorException>().With.Message.Contains(reason).And.Message.Contains("1 P:"));

    private MarketSettings Read(string kind, string more)
    {
        var path = Path.Combine(_folder, MarketSettings.FileName);
        File.WriteAllText(path, $$"""
            {"schema":"hftdelta.market/1","underlyings":[{{Underlying}}],
            "instruments":[{"instrumentId":1,"underlyingId":1,"symbol":"P","kind":"{{kind}}"{{more}} } ] }
            """);
        return MarketSettings.Read(path);
    }
}
