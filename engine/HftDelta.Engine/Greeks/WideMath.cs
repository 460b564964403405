using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace HftDelta.Engine.Greeks;

/// <summary>Products of 64-bit fixed-point numbers, rounded toward zero. Pure functions, equal on every processor.</summary>
internal static class WideMath
{
    /// <summary>The upper 64 bits of the product: a product of fractions in Q64, floored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHighFloor(ulong left, ulong right)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.MultiplyNoFlags(left, right);
        }

        if (ArmBase.Arm64.IsSupported)
        {
            return ArmBase.Arm64.MultiplyHigh(left, right);
        }

        return (ulong)(((UInt128)left * right) >> 64);
    }

    /// <summary>Shifts right, giving 0 from 64 bits on, where the machine would start again from 0 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightFloor(ulong value, int bits) => bits < 64 ? value >> bits : 0;

    /// <summary>The same number with its leading one in bit 63, and by how much it was shifted; not for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Normalise(ulong value, out int shiftBits)
    {
        shiftBits = BitOperations.LeadingZeroCount(value);
        return value << shiftBits;
    }
}
