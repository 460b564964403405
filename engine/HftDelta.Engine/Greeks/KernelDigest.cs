using System.Buffers.Binary;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Numbers;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// One hash over everything that the kernel computes for a fixed sequence of inputs: two machines, builds or settings of the
/// processor that show the same one settle to the same atom. Pure; every call starts anew.
/// </summary>
public static class KernelDigest
{
    private const ulong Seed = 0x6B65_726E_656C;

    /// <param name="samples">How many inputs, above 0; a few thousand reach every table.</param>
    public static Hash256 Compute(int samples)
    {
        Check.That(samples > 0);
        var state = Seed;
        var hash = default(RunningHash);
        Span<byte> bytes = stackalloc byte[512];
        Span<SubAtoms> vector = stackalloc SubAtoms[ScenarioVectors.Count];
        for (var sample = 0; sample < samples; sample++)
        {
            var input = Next(ref state);
            var writer = new Writer(bytes);
            Fold(ref writer, input);
            FoldPower(ref writer, input, ref state);
            FoldSlice(ref writer, input, isChecked: (sample & 15) == 0, ref state);
            hash.Fold(writer.Written);
            if ((sample & 15) == 0)
            {
                FoldVectors(ref hash, input, vector);
            }
        }

        return hash.Value;
    }

    private static Black76Input Next(ref ulong state)
    {
        var forward = Sized(ref state, 58);
        // A strike within an octave and a half, or anywhere.
        var strike = (SplitMix64.Next(ref state) & 7) == 0
            ? Sized(ref state, 58)
            : (long)(((UInt128)(ulong)forward * ((SplitMix64.Next(ref state) >> 33) + (1UL << 29))) >> 31);
        var volatility = long.Min(Sized(ref state, 51), VolatilityQ48.Max.Value);
        return new Black76Input(
            new PriceTicks(forward),
            new PriceTicks(long.Max(1, strike)),
            new VolatilityQ48(volatility),
            (ulong)Sized(ref state, 58),
            (OptionKind)(SplitMix64.Next(ref state) >> 63));
    }

    /// <summary>From 1 to below 2^bits, each number of bits equally likely.</summary>
    private static long Sized(ref ulong state, int bits)
    {
        var count = (int)(SplitMix64.Next(ref state) % (uint)bits);
        return (long)((SplitMix64.Next(ref state) | (1UL << 63)) >> (63 - count));
    }

    private static void Fold(ref Writer writer, in Black76Input input)
    {
        var greeks = Black76Greeks.Evaluate(input);
        writer.Add(greeks.Value);
        writer.Add(greeks.Gamma);
        writer.Add(greeks.Vega);
        writer.Add(greeks.Theta);
        writer.Add(greeks.Rho);
        writer.Add(EverlastingOption.Evaluate(
            input.Forward, input.Strike, input.Volatility, input.TimeToExpiryNanos, input.Kind));
        var implied = ImpliedVolatility.Solve(
            input.Forward, input.Strike, input.TimeToExpiryNanos, input.Kind, greeks.Value.PriceQ62);
        writer.Add(implied.Volatility.Value);
        writer.Add(((long)implied.Evaluations << 8) + (long)implied.Status);
    }

    private static void FoldPower(ref Writer writer, in Black76Input input, ref ulong state)
    {
        var scale = new BinaryFraction(SplitMix64.Next(ref state), 64 + (int)(SplitMix64.Next(ref state) & 127));
        for (var degree = PowerDegree.Root; degree <= PowerDegree.Three; degree++)
        {
            _ = PowerPerpetual.TryIndexFloor(input.Forward, degree, scale, out var index);
            _ = PowerPerpetual.TryFairRatioFloor(
                degree, input.Volatility, input.TimeToExpiryNanos, PowerFunding.Discrete, out var ratio);
            writer.Add(index.Value);
            writer.Add(ratio);
        }
    }

    private static void FoldSlice(ref Writer writer, in Black76Input input, bool isChecked, ref ulong state)
    {
        const int Bits = SviParameters.FractionBits;
        var parameters = new SviParameters(
            (long)(SplitMix64.Next(ref state) >> 18),
            (long)(SplitMix64.Next(ref state) >> 17),
            (long)(SplitMix64.Next(ref state) >> 16) - (1L << (Bits - 1)),
            (long)(SplitMix64.Next(ref state) >> 16) - (1L << (Bits - 1)),
            1 + (long)(SplitMix64.Next(ref state) >> 18));
        var slice = VolatilitySlice.OfSvi(parameters, Black76Input.YearNanos);
        var variance = slice.TotalVariance(input.Forward, input.Strike, input.TimeToExpiryNanos);
        writer.Add((long)variance.Mantissa);
        writer.Add((long)variance.FractionBits);
        writer.Add(slice.Volatility(input.Forward, input.Strike, input.TimeToExpiryNanos).Value);
        writer.Add(isChecked ? (long)SurfaceChecks.Svi(parameters) : -1L);
    }

    private static void FoldVectors(ref RunningHash hash, in Black76Input input, Span<SubAtoms> vector)
    {
        Span<byte> bytes = stackalloc byte[ScenarioVectors.Count * 16];
        var prices = ScenarioGrid.Default.Shock(input.Forward);
        for (var isEverlasting = 0; isEverlasting <= 1; isEverlasting++)
        {
            _ = isEverlasting == 0
                ? ScenarioVectors.Option(ScenarioGrid.Default, prices, input, 1, vector)
                : ScenarioVectors.Everlasting(ScenarioGrid.Default, prices, input, 1, vector);
            var writer = new Writer(bytes);
            foreach (var component in vector)
            {
                writer.Add(component.Value);
            }

            hash.Fold(writer.Written);
        }
    }

    /// <summary>Numbers in little-endian bytes, one after the other.</summary>
    private ref struct Writer(Span<byte> bytes)
    {
        private readonly Span<byte> _bytes = bytes;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

        public void Add(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes[_length..], value);
            _length += sizeof(long);
        }

        public void Add(Int128 value)
        {
            BinaryPrimitives.WriteInt128LittleEndian(_bytes[_length..], value);
            _length += 2 * sizeof(long);
        }

        public void Add(in Black76Result result)
        {
            Add(result.PriceQ62);
            Add(result.DeltaQ62);
        }

        public void Add(BinaryNumber number)
        {
            Add(number.Mantissa);
            Add((long)number.FractionBits);
        }
    }
}
