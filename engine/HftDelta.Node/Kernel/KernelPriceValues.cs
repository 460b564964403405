using System.Numerics;
using HftDelta.Engine.Greeks;

namespace HftDelta.Node.Kernel;

/// <summary>What the kernel computed, as exact fractions in the unit that the user wrote.</summary>
internal readonly record struct KernelPriceValues(
    Rational Price, Rational Delta, Rational Gamma, Rational Vega, Rational Theta, Rational Rho)
{
    /// <param name="greeks">In whole units.</param>
    /// <param name="unit">What one of them is worth.</param>
    public static KernelPriceValues Of(in Black76Greeks greeks, Rational unit) => new(
        Rational.Binary((BigInteger)greeks.Value.PriceQ62, Black76Result.FractionBits) * unit,
        Rational.Binary(greeks.Value.DeltaQ62, Black76Result.FractionBits),
        Rational.Of(greeks.Gamma) / unit,
        Rational.Of(greeks.Vega) * unit,
        Rational.Of(greeks.Theta) * unit,
        Rational.Of(greeks.Rho) * unit);

    /// <summary>
    /// The same option on a spot price S whose forward is F = S kept / discount: everything is discounted; delta and gamma
    /// are by S, which moves F by F / S; theta gains what the rates do: yield S delta - rate K N(d2) discount.
    /// </summary>
    /// <param name="carry">The rates.</param>
    /// <param name="spot">S.</param>
    /// <param name="kept">exp(-yield T).</param>
    /// <param name="discount">exp(-rate T).</param>
    /// <param name="years">T.</param>
    public KernelPriceValues ToSpot(SpotCarry carry, Rational spot, Rational kept, Rational discount, Rational years)
    {
        var delta = Delta * kept;
        var rho = Rho * discount;
        var theta = (Theta * discount) + (Rational.Of(carry.Yield) * spot * delta);
        return new KernelPriceValues(
            Price * discount,
            delta,
            Gamma * kept * kept / discount,
            Vega * discount,
            years.Numerator.IsZero ? theta : theta + -(Rational.Of(carry.Rate) * rho / years),
            rho);
    }
}
