using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Greeks;

/// <summary>A whole number of up to 256 bits, for exact products of three prices and a scale. Pure.</summary>
internal struct WideNumber
{
    private const int LimbCount = 4;

    private Limbs _limbs;

    public WideNumber(ulong value)
    {
        _limbs = default;
        _limbs[0] = value;
    }

    /// <summary>The product; the caller knows that it fits 256 bits.</summary>
    public readonly WideNumber Times(ulong factor)
    {
        var product = default(WideNumber);
        var carry = UInt128.Zero;
        for (var index = 0; index < LimbCount; index++)
        {
            carry += (UInt128)_limbs[index] * factor;
            product._limbs[index] = (ulong)carry;
            carry >>= 64;
        }

        return product;
    }

    /// <summary>Divided by 2^bits (multiplied, when negative) and floored; false when that is 2^127 or more.</summary>
    public readonly bool TryShiftFloor(int bits, out Int128 value)
    {
        value = 0;
        if (bits <= -127)
        {
            return IsBelow(0);
        }

        if (bits < 0)
        {
            var fits = IsBelow(127 + bits);
            value = fits ? (Int128)Low(0, 0) << -bits : 0;
            return fits;
        }

        if (bits >= 64 * LimbCount)
        {
            return true;
        }

        value = (Int128)Low(bits >> 6, bits & 63);
        return IsBelow(127 + bits);
    }

    /// <summary>128 bits from a limb and a bit on.</summary>
    private readonly UInt128 Low(int limb, int bit)
    {
        var low = At(limb);
        var middle = At(limb + 1);
        var high = At(limb + 2);
        return bit == 0
            ? new UInt128(middle, low)
            : new UInt128((middle >> bit) | (high << (64 - bit)), (low >> bit) | (middle << (64 - bit)));
    }

    private readonly ulong At(int limb) => limb < LimbCount ? _limbs[limb] : 0;

    /// <summary>Below 2^bits.</summary>
    private readonly bool IsBelow(int bits)
    {
        for (var index = 0; index < LimbCount; index++)
        {
            var within = bits - (64 * index);
            if (within < 64 && (within <= 0 ? _limbs[index] : _limbs[index] >> within) != 0)
            {
                return false;
            }
        }

        return true;
    }

    [InlineArray(LimbCount)]
    private struct Limbs
    {
        private ulong _first;
    }
}
