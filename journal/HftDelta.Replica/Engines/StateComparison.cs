using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives.Units;

namespace HftDelta.Replica.Engines;

/// <summary>Between the state hash as the engine tells it and as the journal keeps it. Pure.</summary>
public static class StateComparison
{
    /// <summary>What <see cref="FirstDifference"/> says when a recorded hash is not the sum of its own components.</summary>
    public const string TotalName = "Total";

    /// <summary>What the log keeps of a state.</summary>
    public static HashPoint PointOf(CommandSequence sequence, in StateComponents components)
    {
        var kept = default(HashComponents);
        for (var index = 0; index < StateComponents.Count; index++)
        {
            kept[index] = WordsOf(components[index]);
        }

        return new HashPoint(sequence, WordsOf(components.Total), kept);
    }

    /// <summary>The state hash that a point holds.</summary>
    public static Hash256 TotalOf(in HashPoint point) =>
        new(point.Total.Word0, point.Total.Word1, point.Total.Word2, point.Total.Word3);

    /// <summary>The name of the first component that differs, such as <c>Account</c>; null when nothing does.</summary>
    public static string? FirstDifference(in HashPoint recorded, in StateComponents computed)
    {
        var told = default(StateComponents);
        for (var index = 0; index < StateComponents.Count; index++)
        {
            var words = recorded.Components[index];
            told[index] = new Hash256(words.Word0, words.Word1, words.Word2, words.Word3);
        }

        if (told.FirstDifference(in computed) is { } type)
        {
            return type.ToString();
        }

        return TotalOf(in recorded) == computed.Total ? null : TotalName;
    }

    private static HashWords WordsOf(Hash256 hash) => new(hash.Word0, hash.Word1, hash.Word2, hash.Word3);
}
