using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>An underlying at 1,000,000 with an instrument of every kind, and two expiries: in 30 days and in 90.</summary>
internal sealed class RiskFixture : IDisposable
{
    public const long Price = 1_000_000;
    public const long AtomsPerTick = 1_000;
    public const ulong Day = 86_400 * VenueScript.Second;
    public const uint Future = 2;
    public const uint NearCall = 3;
    public const uint NearPut = 4;
    public const uint FarCall = 5;
    public const uint Square = 6;
    public const uint EverlastingPut = 7;
    public const uint Instruments = 7;

    /// <summary>1 of S^2 is worth this / 2^40 atoms.</summary>
    public const ulong SquareScale = 1_100_000;
    public const ushort SquareScaleBits = 40;
    public const ulong Period = 7 * Day;

    public static readonly SviParameters Smile = Svi(0.01, 0.1, -0.3, 0.02, 0.2);

    public RiskFixture(EngineHarness? engine = null)
    {
        Engine = engine ?? new EngineHarness();
        Venue = new VenueScript(Engine);
        Near = Engine.TimeNanos + (30 * Day);
        Far = Engine.TimeNanos + (90 * Day);
        Venue.ListUnderlying(intervalNanos: 10 * VenueScript.Second);
        Venue.Oracle(Price);
        ListAll();
    }

    public EngineHarness Engine { get; }

    public VenueScript Venue { get; }

    public ulong Near { get; }

    public ulong Far { get; }

    public static ulong Volatility(double value) => (ulong)(value * (1L << 48));

    public static SviParameters Svi(double a, double b, double rho, double m, double s) =>
        new(Q48(a), Q48(b), Q48(rho), Q48(m), Q48(s));

    public SubAtoms[]? Scenarios(uint instrument)
    {
        var components = new SubAtoms[ScenarioVectors.Count];
        return Engine.View.TryCopyScenarios(new InstrumentId(instrument), components) ? components : null;
    }

    /// <summary>A computation is outstanding until the test says otherwise.</summary>
    /// <returns>The sequence that it was frozen at.</returns>
    public ulong Freeze(long price)
    {
        Engine.AnswerRisk = false;
        Venue.Oracle(price);
        return Asked();
    }

    public ulong Asked() => RiskInputsDecoder.Trusted(Engine.Events.Last(record =>
        record.SchemaId == RiskInputsDecoder.SchemaId && record.TemplateId == RiskInputsDecoder.TemplateId).Frame).InputSequence;

    public void AssertReplayed()
    {
        Engine.View.Audit();
        using var replay = Engine.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()));
        Assert.That(replay.Processor.HistoryHash, Is.EqualTo(Engine.Processor.HistoryHash));
    }

    public void Dispose() => Engine.Dispose();

    private void ListAll()
    {
        var common = new ListingWords
        {
            Instrument = 1, Kind = InstrumentKind.Perpetual, AtomsPerTick = AtomsPerTick, AtomsPerUnderlyingTick = AtomsPerTick,
        };
        Venue.List(common with { FundingPeriod = Period, CapPpb = 1_000_000 });
        Venue.List(common with { Instrument = Future, Kind = InstrumentKind.Future, ExpiryTime = Near });
        var option = common with { Kind = InstrumentKind.EuropeanOption, Strike = 1_050_000, Volatility = Volatility(0.7) };
        Venue.List(option with { Instrument = NearCall, OptionKind = OptionKind.Call, ExpiryTime = Near });
        Venue.List(option with { Instrument = NearPut, OptionKind = OptionKind.Put, ExpiryTime = Near, Strike = 900_000 });
        Venue.List(option with { Instrument = FarCall, OptionKind = OptionKind.Call, ExpiryTime = Far, Strike = 1_200_001 });
        Venue.List(common with
        {
            Instrument = Square, Kind = InstrumentKind.PowerPerpetual, FundingPeriod = Period, Volatility = Volatility(0.6),
            Degree = PowerDegree.Two, PowerScale = SquareScale, PowerScaleBits = SquareScaleBits,
        });
        Venue.List(option with
        {
            Instrument = EverlastingPut, Kind = InstrumentKind.PerpetualOption, OptionKind = OptionKind.Put,
            FundingPeriod = Period, Strike = 980_000,
        });
        Assert.That(Engine.View.InstrumentCount, Is.EqualTo(Instruments));
    }

    private static long Q48(double value) => (long)(value * (1L << 48));
}
