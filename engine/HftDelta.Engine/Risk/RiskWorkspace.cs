using System.Buffers.Binary;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Risk off the core: a pure function of frozen inputs, run by a worker agent beside the engine. The worker calls
/// <see cref="Compute"/> when it sees the RiskInputs event and sends the hash back as a GreeksReady command; the engine
/// installs the results at that command. A replay finds no results and computes them there, and the hashes must agree.
/// </summary>
public sealed class RiskWorkspace : IDisposable
{
    private readonly DenseTable<UnderlyingRecord, UnderlyingEncoding> _underlyings;
    private readonly HashedSlab<FrozenInstrument, FrozenEncoding> _frozen;

    internal RiskWorkspace(
        EngineLimits limits,
        DenseTable<UnderlyingRecord, UnderlyingEncoding> underlyings,
        HashedSlab<FrozenInstrument, FrozenEncoding> frozen)
    {
        _underlyings = underlyings;
        _frozen = frozen;
        Results = new RiskResults(limits.Instruments, limits.Underlyings);
    }

    internal RiskResults Results { get; }

    /// <summary>
    /// Computes what the engine froze at <paramref name="inputSequence"/>. May run on another thread than the engine's:
    /// it reads only what stays as it is until the marker, and writes only the results.
    /// </summary>
    /// <returns>The hash that the GreeksReady marker carries.</returns>
    public Hash256 Compute(UnderlyingId underlying, CommandSequence inputSequence)
    {
        ref readonly var inputs = ref _underlyings.Read(underlying.Value);
        var first = inputs.FrozenFirst;
        for (var id = first; id != 0; id = _frozen.Read(id).Next)
        {
            Evaluate(_frozen.Read(id), inputs.FrozenTime, ref Results.At(id));
        }

        Results.ComputedSequence(underlying.Value) = inputSequence.Value;
        return HashOf(underlying);
    }

    public void Dispose() => Results.Dispose();

    /// <summary>Delta and mark of one instrument.</summary>
    internal static void Evaluate(in FrozenInstrument inputs, ulong timeNanos, ref InstrumentResult result)
    {
        if (inputs.Kind == Wire.InstrumentKind.PowerPerpetual)
        {
            EvaluatePower(inputs, ref result);
            return;
        }

        if (inputs.Kind == Wire.InstrumentKind.PerpetualOption)
        {
            var everlasting = EverlastingOption.Evaluate(
                new PriceTicks(inputs.Price), new PriceTicks(inputs.Strike), new VolatilityQ48((long)inputs.VolatilityQ48),
                inputs.FundingPeriodNanos, KindOf(inputs));
            result.Delta = everlasting.DeltaNearest.Value;
            result.Mark = everlasting.PriceSubAtomsFloor(inputs.AtomsPerUnderlyingTick).Value;
            return;
        }

        var input = new Black76Input(
            new PriceTicks(inputs.Price),
            new PriceTicks(inputs.Strike),
            new VolatilityQ48((long)inputs.VolatilityQ48),
            inputs.ExpiryTime > timeNanos ? inputs.ExpiryTime - timeNanos : 0,
            KindOf(inputs));
        var output = Black76Kernel.Evaluate(input);
        result.Delta = output.DeltaNearest.Value;
        result.Mark = output.PriceSubAtomsFloor(inputs.AtomsPerUnderlyingTick).Value;
    }

    /// <summary>
    /// The fair mark under continuous funding, rounded down, and the slope of the index as delta, to the nearest: what the mark
    /// moves beyond that comes with the true-up. Listing has proved that all of it fits.
    /// </summary>
    private static void EvaluatePower(in FrozenInstrument inputs, ref InstrumentResult result)
    {
        var price = new PriceTicks(inputs.Price);
        var scale = new BinaryFraction(inputs.PowerScale, inputs.PowerScaleBits);
        var fits = PowerPerpetual.TryIndexFloor(price, inputs.Degree, scale, out var index);
        fits &= PowerPerpetual.TrySlopeFloor(price, inputs.Degree, scale, out var slope);
        fits &= PowerPerpetual.TryDeltaNearest(slope, inputs.AtomsPerUnderlyingTick, out var delta);
        fits &= PowerPerpetual.TryFairRatioFloor(
            inputs.Degree, new VolatilityQ48((long)inputs.VolatilityQ48), inputs.FundingPeriodNanos, PowerFunding.Continuous,
            out var ratioQ62);
        Check.That(fits);
        result.Delta = delta.Value;
        result.Mark = PowerPerpetual.MarkFloor(index, ratioQ62).Value;
    }

    private static OptionKind KindOf(in FrozenInstrument inputs) =>
        inputs.OptionKind == Wire.OptionKind.Call ? OptionKind.Call : OptionKind.Put;

    internal Hash256 HashOf(UnderlyingId underlying)
    {
        Span<byte> buffer = stackalloc byte[24];
        var sum = Hash256.Zero;
        for (var id = _underlyings.Read(underlying.Value).FrozenFirst; id != 0; id = _frozen.Read(id).Next)
        {
            ref readonly var result = ref Results.At(id);
            BinaryPrimitives.WriteInt128LittleEndian(buffer, result.Mark);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], result.Delta);
            sum += RecordHash.Compute(StateRecordType.RiskInputs, id, buffer);
        }

        return sum;
    }
}
