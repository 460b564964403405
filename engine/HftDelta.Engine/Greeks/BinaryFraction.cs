namespace HftDelta.Engine.Greeks;

/// <summary>
/// The number mantissa / 2^fractionBits, not negative: for inputs that are finer than the kernel's ordinary units, such
/// as a time below a nanosecond or a volatility with more than 48 fractional bits.
/// </summary>
/// <param name="Mantissa">Any value; with 64 significant bits nothing is lost.</param>
/// <param name="FractionBits">From -<see cref="FractionBitsMax"/> to <see cref="FractionBitsMax"/>.</param>
public readonly record struct BinaryFraction(ulong Mantissa, int FractionBits)
{
    public const int FractionBitsMax = 8192;

    public bool IsZero => Mantissa == 0;

    public bool IsInRange => FractionBits is >= -FractionBitsMax and <= FractionBitsMax;
}
