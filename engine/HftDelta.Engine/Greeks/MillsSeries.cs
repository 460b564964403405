using System.Numerics;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// The power series of the Mills ratio R(x) = tail / density about one point, from its equation R' = x R - 1: with
/// coefficients c, c1 = x c0 - 1 and (k + 1) c(k+1) = x ck + c(k-1). Only to build tables.
/// </summary>
internal sealed class MillsSeries
{
    /// <summary>Points and distances are in 2^-5.</summary>
    public const int PointBits = 5;

    private readonly BigInteger[] _terms;

    /// <param name="point">Where, from 0.</param>
    /// <param name="distanceMax">How far <see cref="ValueBefore"/> may go: at most a 32nd of the point plus one.</param>
    /// <param name="ratio">The Mills ratio at the point.</param>
    public MillsSeries(int point, int distanceMax, BigInteger ratio)
    {
        // 64 terms for the ratio itself, each five bits smaller. An error in it grows at first like x^k / k!, as the
        // other solution of the equation does: the sum must run on until that has cancelled out again.
        _terms = new BigInteger[64 + (3 * ((point * distanceMax) >> (2 * PointBits)))];
        _terms[0] = ratio;
        _terms[1] = ((ratio * point) >> PointBits) - BigFixed.One;
        for (var order = 1; order + 1 < _terms.Length; order++)
        {
            _terms[order + 1] = (((_terms[order] * point) >> PointBits) + _terms[order - 1]) / (order + 1);
        }
    }

    public BigInteger this[int order] => _terms[order];

    /// <summary>1 / (x + 1 / (x + 2 / (x + 3 / ...))), for a large whole x.</summary>
    public static BigInteger FromContinuedFraction(int whole)
    {
        var denominator = whole * BigFixed.One;
        for (var order = 64; order >= 1; order--)
        {
            denominator = (whole * BigFixed.One) + BigFixed.Divide(order * BigFixed.One, denominator);
        }

        return BigFixed.Divide(BigFixed.One, denominator);
    }

    /// <summary>The ratio at the point less the distance.</summary>
    public BigInteger ValueBefore(int distance)
    {
        var sum = BigInteger.Zero;
        for (var order = _terms.Length - 1; order >= 0; order--)
        {
            sum = _terms[order] - ((sum * distance) >> PointBits);
        }

        return sum;
    }
}
