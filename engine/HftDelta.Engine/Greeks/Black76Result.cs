using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// What <see cref="Black76Kernel"/> computes of one option. Invariants: the price of a call lies between intrinsic
/// value and forward, that of a put between intrinsic value and strike; call minus put is forward minus strike and
/// delta of the call minus delta of the put is 1, both without any remainder.
/// </summary>
/// <param name="PriceQ62">Undiscounted price in the unit of the forward, times 2^62: from 0 to 2^124.</param>
/// <param name="DeltaQ62">Derivative by the forward, times 2^62: 0 to 2^62 for a call, -2^62 to 0 for a put.</param>
public readonly record struct Black76Result(Int128 PriceQ62, long DeltaQ62)
{
    /// <summary>Bits of the fraction of both numbers.</summary>
    public const int FractionBits = 62;

    /// <summary>Prices are off by less than the forward divided by this power of two.</summary>
    private const int ErrorBits = 51;

    private const int DeltaShiftBits = FractionBits - Scale.SubAtomBits;

    /// <summary>The delta that settlement uses, to the nearest 2^-32.</summary>
    public DeltaUnits DeltaNearest => new((DeltaQ62 + (1L << (DeltaShiftBits - 1))) >> DeltaShiftBits);

    /// <summary>Option price in sub-atoms per lot, toward minus infinity; false when it would need 2^126 or more.</summary>
    /// <param name="atomsPerTickPerLot">Atoms that one unit of the forward is worth in one lot; at least 0.</param>
    /// <param name="price">The price, or zero.</param>
    public bool TryPriceSubAtomsFloor(long atomsPerTickPerLot, out SubAtoms price)
    {
        Check.That(atomsPerTickPerLot >= 0);
        var wholeTicks = (long)(PriceQ62 >> FractionBits);
        var fractionQ62 = (long)PriceQ62 & ((1L << FractionBits) - 1);
        // The product of the fraction ends 30 bits under a sub-atom; that of the whole ticks needs no rounding.
        var wholeAtoms = (Int128)wholeTicks * atomsPerTickPerLot;
        if (wholeAtoms >= (Int128)1 << (126 - 1 - Scale.SubAtomBits))
        {
            price = default;
            return false;
        }

        price = new SubAtoms((wholeAtoms << Scale.SubAtomBits) + (((Int128)fractionQ62 * atomsPerTickPerLot) >> DeltaShiftBits));
        return true;
    }

    /// <summary>
    /// Whole sub-atoms between which the true price lies for certain: the price less and plus the kernel's error of 2^-51 of
    /// the forward, rounded down and up. For requirements that must not be too small by a rounding.
    /// </summary>
    /// <param name="forward">Of the option.</param>
    /// <param name="atomsPerTickPerLot">As above.</param>
    /// <returns>Both ends; the lower one is at least 0.</returns>
    public (SubAtoms Lower, SubAtoms Upper) PriceSubAtomsBounds(PriceTicks forward, long atomsPerTickPerLot)
    {
        var error = (Int128)forward.Value << (FractionBits - ErrorBits);
        var lower = PriceQ62 < error ? Int128.Zero : PriceQ62 - error;
        return (
            new Black76Result(lower, DeltaQ62).PriceSubAtomsFloor(atomsPerTickPerLot),
            // What a floor cuts is less than one.
            new Black76Result(PriceQ62 + error, DeltaQ62).PriceSubAtomsFloor(atomsPerTickPerLot) + new SubAtoms(1));
    }

    /// <summary>The same for a caller whose listing limits exclude overflow.</summary>
    public SubAtoms PriceSubAtomsFloor(long atomsPerTickPerLot)
    {
        var fits = TryPriceSubAtomsFloor(atomsPerTickPerLot, out var price);
        Check.That(fits);
        return price;
    }
}
