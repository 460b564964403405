using System.Numerics;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Funding;

/// <summary>A venue whose underlying stands at 100,000 and settles every ten seconds, and two traders with money.</summary>
internal sealed class FundingFixture : IDisposable
{
    public const long Price = 100_000;
    public const ulong Second = VenueScript.Second;
    public const ulong Hour = 3_600 * Second;
    public const uint Long = 20;
    public const uint Short = 21;

    /// <summary>Scale of a square that makes the index as many atoms as the price has ticks: 1e-5 in 2^-40.</summary>
    public const ulong SquareScale = (1UL << 40) / 100_000;
    public const ushort SquareScaleBits = 40;

    public FundingFixture(ulong intervalNanos = 10 * Second, long thresholdTicks = 1_000_000_000)
    {
        Engine = new EngineHarness();
        Venue = new VenueScript(Engine);
        Venue.ListUnderlying(thresholdTicks: thresholdTicks, intervalNanos: intervalNanos);
        Venue.Oracle(Price);
        Venue.OpenTrader(Long, 1L << 50);
        Venue.OpenTrader(Short, 1L << 50);
    }

    public EngineHarness Engine { get; }

    public VenueScript Venue { get; }

    public BigInteger F(uint instrument) => (BigInteger)Engine.View.FundingIndex(new InstrumentId(instrument)).Value;

    public BigInteger D(uint instrument) => (BigInteger)Engine.View.DeltaIndex(new InstrumentId(instrument)).Value;

    public BigInteger Mark(uint instrument) => (BigInteger)Engine.View.Instrument(new InstrumentId(instrument)).Mark.Value;

    public static ListingWords Perpetual(
        ulong period = 8 * Hour, long basePpb = 100_000, long capPpb = 32_000_000, long impactLots = 10) => new()
        {
            Instrument = 1, Kind = InstrumentKind.Perpetual, FundingPeriod = period, BasePpb = basePpb, CapPpb = capPpb,
            ImpactLots = impactLots,
        };

    public static ListingWords Power(ulong volatility, ulong period, PowerDegree degree = PowerDegree.Two) => new()
    {
        Instrument = 1, Kind = InstrumentKind.PowerPerpetual, FundingPeriod = period, Volatility = volatility, Degree = degree,
        PowerScale = degree == PowerDegree.Two ? SquareScale : degree == PowerDegree.Root ? 316UL : (1UL << 60) / 10_000_000_000,
        PowerScaleBits = degree == PowerDegree.Two ? SquareScaleBits : degree == PowerDegree.Root ? (ushort)0 : (ushort)60,
    };

    public static ListingWords Option(OptionKind kind = OptionKind.Call, long strike = Price) => new()
    {
        Instrument = 1, Kind = InstrumentKind.PerpetualOption, OptionKind = kind, Strike = strike, FundingPeriod = 7 * 24 * Hour,
        Volatility = VenueScript.FullVolatility,
    };

    /// <summary>The long buys from the short at a price.</summary>
    public void Trade(long price, long lots)
    {
        Venue.Order(Short, 1, Side.Sell, price, lots);
        Venue.Order(Long, 1, Side.Buy, price, lots);
        Assert.That(Engine.View.Position(new AccountId(Long), new InstrumentId(1)).Value, Is.EqualTo(lots));
    }

    /// <summary>A second at a time, so that every sample is taken when it is due.</summary>
    public void Wait(ulong seconds)
    {
        for (ulong second = 0; second < seconds; second++)
        {
            Venue.Wait(Second);
        }
    }

    public (BigInteger Index, BigInteger Amount)[] Told() => Engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == FundingSettlementDecoder.TemplateId)
        .SelectMany(record => Lines(FundingSettlementDecoder.Trusted(record.Frame))).ToArray();

    public RejectCode? Refusal() => Engine.Events
        .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId)
        .Select(record => (RejectCode?)CommandRefusedDecoder.Trusted(record.Frame).Code).FirstOrDefault();

    public void Dispose() => Engine.Dispose();

    private static List<(BigInteger, BigInteger)> Lines(FundingSettlementDecoder message)
    {
        var lines = new List<(BigInteger, BigInteger)>();
        foreach (var entry in message.Instruments)
        {
            lines.Add(((BigInteger)entry.FundingIndex.ToInt128(), (BigInteger)entry.Amount.ToInt128()));
        }

        return lines;
    }
}
