using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HftDelta.Primitives;

/// <summary>
/// Invariants that hold in production too. A false one is a bug in this program, never a fault of the input:
/// it throws <see cref="InvariantBrokenException"/>, which nobody catches but the outermost frame that ends the process.
/// </summary>
public static class Check
{
    public static void That(
        [DoesNotReturnIf(false)] bool holds,
        [CallerArgumentExpression(nameof(holds))] string rule = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!holds)
        {
            Broken(rule, file, line);
        }
    }

    /// <summary>States that this line cannot be reached.</summary>
    [DoesNotReturn]
    public static void Never(string rule, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Broken(rule, file, line);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Broken(string rule, string file, int line) =>
        throw new InvariantBrokenException(rule, Path.GetFileName(file), line);
}
