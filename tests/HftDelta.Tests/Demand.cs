using System.Runtime.CompilerServices;

namespace HftDelta.Tests;

/// <summary>
/// What must be so, for tests that ask it a million times: a text is made only when it is not. Any thread.
/// </summary>
internal static class Demand
{
    /// <exception cref="InvalidOperationException">It is not so.</exception>
    public static void That(bool isSo, [InterpolatedStringHandlerArgument(nameof(isSo))] DemandText what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"not so: {what.ToString()}");
        }
    }

    /// <exception cref="InvalidOperationException">It is not so.</exception>
    public static void That(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"not so: {what}");
        }
    }
}

/// <summary>Words that are put together only when they are wanted.</summary>
[InterpolatedStringHandler]
internal readonly ref struct DemandText
{
    private readonly System.Text.StringBuilder? _words;

    public DemandText(int literalLength, int formattedCount, bool isSo, out bool isWanted)
    {
        isWanted = !isSo;
        _words = isSo ? null : new System.Text.StringBuilder(literalLength + (formattedCount * 16));
    }

    public void AppendLiteral(string text) => _words!.Append(text);

    public void AppendFormatted<T>(T value) => _words!.Append(value);

    public override string ToString() => _words?.ToString() ?? "";
}
