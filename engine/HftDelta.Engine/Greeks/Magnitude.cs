using System.Numerics;
using System.Runtime.CompilerServices;
using HftDelta.Primitives;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// A number of 0 or more as a mantissa of 64 significant bits and a scale, for results whose size is not bounded by their
/// formula. Every operation rounds toward zero and is off by less than 2^-62 of itself. Invariant: the mantissa has its
/// top bit or is 0. Pure.
/// </summary>
internal readonly struct Magnitude
{
    private Magnitude(ulong mantissa, int fractionBits)
    {
        Mantissa = mantissa;
        FractionBits = fractionBits;
    }

    public static Magnitude One => new(1UL << 63, 63);

    public ulong Mantissa { get; }

    /// <summary>The value is the mantissa divided by this power of two.</summary>
    public int FractionBits { get; }

    public bool IsZero => Mantissa == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Magnitude Of(ulong value, int fractionBits)
    {
        if (value == 0)
        {
            return default;
        }

        var mantissa = WideMath.Normalise(value, out var shift);
        return new Magnitude(mantissa, fractionBits + shift);
    }

    public static Magnitude OfFloor(UInt128 value, int fractionBits)
    {
        var drop = 64 - BitOperations.LeadingZeroCount((ulong)(value >> 64));
        return Of((ulong)(value >> drop), fractionBits - drop);
    }

    public static Magnitude Of(BinaryFraction fraction) => Of(fraction.Mantissa, fraction.FractionBits);

    /// <summary>|ln(forward / strike)|.</summary>
    public static Magnitude Of(in LogRatio ratio) => Of(ratio.Mantissa, ratio.FractionBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Magnitude TimesFloor(Magnitude other)
    {
        var upper = WideMath.MultiplyHighFloor(Mantissa, other.Mantissa);
        var lower = unchecked(Mantissa * other.Mantissa);
        if (upper == 0)
        {
            return default;
        }

        // Two mantissas of one to two give one to four: at most one leading zero.
        var shift = BitOperations.LeadingZeroCount(upper);
        var mantissa = shift == 0 ? upper : (upper << 1) | (lower >> 63);
        return new Magnitude(mantissa, FractionBits + other.FractionBits - 64 + shift);
    }

    public Magnitude TimesFloor(ulong factor) => TimesFloor(Of(factor, 0));

    /// <summary>Exactly so many octaves larger, or smaller.</summary>
    public Magnitude TimesTwoToThe(int power) => new(Mantissa, IsZero ? 0 : FractionBits - power);

    /// <summary>Not for a divisor of 0.</summary>
    public Magnitude OverFloor(Magnitude divisor)
    {
        Check.That(!divisor.IsZero);
        return OfFloor(((UInt128)Mantissa << 63) / divisor.Mantissa, FractionBits + 63 - divisor.FractionBits);
    }

    public Magnitude PlusFloor(Magnitude other)
    {
        if (IsZero || other.IsZero)
        {
            return IsZero ? other : this;
        }

        var (larger, smaller) = FractionBits <= other.FractionBits ? (this, other) : (other, this);
        var aligned = WideMath.ShiftRightFloor(smaller.Mantissa, smaller.FractionBits - larger.FractionBits);
        return OfFloor((UInt128)larger.Mantissa + aligned, larger.FractionBits);
    }

    /// <summary>1 / sqrt: an even exponent first, then a root of a quarter to one. Not for 0.</summary>
    public Magnitude ReciprocalRoot()
    {
        Check.That(!IsZero);
        var exponent = 64 - FractionBits;
        var odd = exponent & 1;
        var reciprocal = TotalVolatility.ReciprocalRootQ62(Mantissa >> odd);
        return Of(reciprocal, 62 + ((exponent + odd) >> 1));
    }

    public Magnitude RootFloor() => IsZero ? this : TimesFloor(ReciprocalRoot());

    /// <summary>The value times 2^bits, or <paramref name="most"/> when it would be more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong FloorAtMost(int bits, ulong most)
    {
        var shift = FractionBits - bits;
        var fixedPoint = shift >= 0 ? WideMath.ShiftRightFloor(Mantissa, shift) : IsZero ? 0 : most;
        return fixedPoint < most ? fixedPoint : most;
    }

    /// <summary>The value times 2^bits; false when that is 2^127 or more.</summary>
    public bool TryFloor(int bits, out Int128 fixedPoint)
    {
        var shift = FractionBits - bits;
        var fits = shift > -64 || IsZero;
        fixedPoint = shift >= 0 ? WideMath.ShiftRightFloor(Mantissa, shift) : fits ? (Int128)Mantissa << -shift : 0;
        return fits;
    }

    public BinaryFraction ToFraction() => new(Mantissa, FractionBits);

    /// <summary>With a sign, which costs one bit.</summary>
    public BinaryNumber ToNumber(bool isNegative)
    {
        var mantissa = (long)(Mantissa >> 1);
        return new BinaryNumber(isNegative ? -mantissa : mantissa, IsZero ? 0 : FractionBits - 1);
    }
}
