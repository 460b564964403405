using System.Runtime.InteropServices;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Engine.Volatilities;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using InstrumentKind = HftDelta.Wire.InstrumentKind;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Mark, delta and scenario vector of one instrument: a pure function of its frozen inputs, the volatilities of its expiry and
/// the time. What is the same for instruments of one price is kept from one to the next. Whoever computes has one of its own.
/// </summary>
/// <param name="slices">Read only where an instrument's inputs point at.</param>
/// <param name="timeNanos">When the inputs were frozen.</param>
internal ref struct InstrumentRisk(SliceTable slices, ulong timeNanos)
{
    private ShockedPrices _prices;

    public void Evaluate(uint id, in FrozenInstrument inputs, ref InstrumentResult result)
    {
        if (_prices.Base.Value != inputs.Price)
        {
            _prices = ScenarioGrid.Default.Shock(new PriceTicks(inputs.Price));
        }

        var vector = MemoryMarshal.Cast<Int128, SubAtoms>((Span<Int128>)result.Vector);
        switch (inputs.Kind)
        {
            case InstrumentKind.PowerPerpetual:
                EvaluatePower(inputs, ref result, vector);
                break;
            case InstrumentKind.PerpetualOption:
                var everlasting = ScenarioVectors.Everlasting(
                    ScenarioGrid.Default, _prices, OptionOf(inputs, inputs.FundingPeriodNanos), inputs.AtomsPerUnderlyingTick,
                    vector);
                Write(everlasting, inputs, ref result);
                break;
            case InstrumentKind.EuropeanOption:
                var left = inputs.ExpiryTime > timeNanos ? inputs.ExpiryTime - timeNanos : 0;
                var option = ScenarioVectors.Option(
                    ScenarioGrid.Default, _prices, OptionOf(inputs, left), inputs.AtomsPerUnderlyingTick, vector);
                Write(option, inputs, ref result);
                break;
            default:
                ScenarioVectors.Linear(ScenarioGrid.Default, _prices, inputs.AtomsPerUnderlyingTick, vector);
                result.Delta = Scale.SubAtomsPerAtom;
                result.Mark = ((Int128)inputs.Price * inputs.AtomsPerUnderlyingTick) << Scale.SubAtomBits;
                break;
        }

        result.Digest = result.DigestOf(id);
    }

    /// <summary>
    /// The fair mark under continuous funding, rounded down, and the slope of the index as delta, to the nearest: what the mark
    /// moves beyond that comes with the true-up. Scenarios move the index. Listing has proved that all of it fits.
    /// </summary>
    private readonly void EvaluatePower(in FrozenInstrument inputs, ref InstrumentResult result, Span<SubAtoms> vector)
    {
        var price = new PriceTicks(inputs.Price);
        var scale = new BinaryFraction(inputs.PowerScale, inputs.PowerScaleBits);
        var fits = PowerPerpetual.TryIndexFloor(price, inputs.Degree, scale, out var index);
        fits &= PowerPerpetual.TrySlopeFloor(price, inputs.Degree, scale, out var slope);
        fits &= PowerPerpetual.TryDeltaNearest(slope, inputs.AtomsPerUnderlyingTick, out var delta);
        fits &= PowerPerpetual.TryFairRatioFloor(
            inputs.Degree, new VolatilityQ48((long)inputs.VolatilityQ48), inputs.FundingPeriodNanos, PowerFunding.Continuous,
            out var ratioQ62);
        fits &= ScenarioVectors.TryPower(ScenarioGrid.Default, _prices, inputs.Degree, scale, vector);
        Check.That(fits);
        result.Delta = delta.Value;
        result.Mark = PowerPerpetual.MarkFloor(index, ratioQ62).Value;
    }

    private readonly Black76Input OptionOf(in FrozenInstrument inputs, ulong timeNanosLeft)
    {
        var volatility = inputs.Slice == 0
            ? new VolatilityQ48((long)inputs.VolatilityQ48)
            : slices.Read(inputs.Slice).View(inputs.SliceSide)
                .Volatility(new PriceTicks(inputs.Price), new PriceTicks(inputs.Strike), timeNanosLeft);
        var kind = inputs.OptionKind == Wire.OptionKind.Call ? OptionKind.Call : OptionKind.Put;
        return new Black76Input(
            new PriceTicks(inputs.Price), new PriceTicks(inputs.Strike), volatility, timeNanosLeft, kind);
    }

    private static void Write(in Black76Result output, in FrozenInstrument inputs, ref InstrumentResult result)
    {
        result.Delta = output.DeltaNearest.Value;
        result.Mark = output.PriceSubAtomsFloor(inputs.AtomsPerUnderlyingTick).Value;
    }
}
