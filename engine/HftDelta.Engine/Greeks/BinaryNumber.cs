using HftDelta.Primitives;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// The number mantissa / 2^fractionBits with 63 significant bits and a sign: how the greeks come out, whose size no fixed
/// scale covers (gamma falls with the forward and rises without bound as the time runs out).
/// </summary>
/// <param name="Mantissa">From 2^62 to 2^63 - 1 in magnitude, or 0.</param>
/// <param name="FractionBits">Any scale; 0 with a mantissa of 0.</param>
public readonly record struct BinaryNumber(long Mantissa, int FractionBits)
{
    /// <summary>The number times 2^bits, toward minus infinity; false when the magnitude would be 2^126 or more.</summary>
    public bool TryFixedFloor(int bits, out Int128 fixedPoint)
    {
        var shift = FractionBits - bits;
        var fits = shift > -64 || Mantissa == 0;
        // An arithmetic shift floors; from 63 on only the sign is left.
        fixedPoint = shift >= 0 ? Mantissa >> (shift < 63 ? shift : 63) : fits ? (Int128)Mantissa << -shift : 0;
        return fits;
    }

    /// <summary>The same for a caller whose limits exclude overflow.</summary>
    public Int128 FixedFloor(int bits)
    {
        var fits = TryFixedFloor(bits, out var fixedPoint);
        Check.That(fits);
        return fixedPoint;
    }
}
