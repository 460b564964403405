using System.Numerics;
using HftDelta.Engine.Greeks;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>
/// The textbook's greeks on big integers with 448 fractional bits, each with its natural scale: what it is where the
/// density and the distribution are 1.
/// </summary>
internal readonly record struct BigGreeks(
    BigInteger Gamma, BigInteger GammaScale, BigInteger Vega, BigInteger VegaScale,
    BigInteger Theta, BigInteger ThetaScale, BigInteger Rho, BigInteger RhoScale)
{
    public const int Bits = BigBlack76.Bits;

    public static BigGreeks Evaluate(Black76Input input)
    {
        BigInteger forward = input.Forward.Value;
        BigInteger strike = input.Strike.Value;
        var volatility = (BigInteger)input.Volatility.Value << (Bits - 48);
        var years = ((BigInteger)input.TimeToExpiryNanos << Bits) / 31_536_000_000_000_000;
        var root = BigBlack76.Root(years);
        var total = volatility * root >> Bits;
        var first = (BigBlack76.Ln((forward << Bits) / strike) << Bits) / total + (total >> 1);
        // Beyond 30 nothing is left of the density, and the series would run long.
        var density = BigInteger.Abs(first) > 30 * BigBlack76.One ? 0 : BigBlack76.Density(first);
        var below = BigBlack76.Normal(first - total);
        var gammaScale = (BigInteger.One << (2 * Bits)) / (forward * total);
        var vegaScale = forward * root;
        var thetaScale = (forward * volatility << Bits) / root;
        var rhoScale = strike * years;
        var isPut = input.Kind == OptionKind.Put;
        return new BigGreeks(
            density * gammaScale >> Bits, gammaScale,
            density * vegaScale >> Bits, vegaScale,
            -(density * thetaScale >> (Bits + 1)), thetaScale,
            isPut ? -((BigBlack76.One - below) * rhoScale >> Bits) : below * rhoScale >> Bits, rhoScale);
    }
}
