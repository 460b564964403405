using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Disruptor.Util;

/// <summary>Throws from outside the hot methods, so that those stay small enough to be inlined.</summary>
internal static class ThrowHelper
{
    public static void ThrowIfNotPowerOfTwo(int count, [CallerArgumentExpression(nameof(count))] string name = "")
    {
        if (count < 1 || !BitOperations.IsPow2(count))
        {
            throw new ArgumentException("must be a power of 2 and at least 1", name);
        }
    }

    // Not marked against inlining: then the compiler would not see that it never returns, and callers would save registers.
    [DoesNotReturn]
    public static void ThrowCountOutOfRange() =>
        throw new ArgumentException("n must be at least 1 and at most the size of the buffer");
}
