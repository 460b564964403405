using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Replica.Engines;

/// <summary>
/// Between the hashes of a hash point as the engine tells them and as the journal keeps them: the state's by component, and the
/// history's. Two states may meet again after they differed; two histories do not. Pure.
/// </summary>
public static class StateComparison
{
    /// <summary>What <see cref="FirstDifference"/> says when a recorded hash is not the sum of its own components.</summary>
    public const string TotalName = "Total";

    /// <summary>What it says when the states are equal and the ways there were not.</summary>
    public const string HistoryName = "History";

    private const int HistoryPlace = HashComponents.Count - 1;

    /// <summary>What the log keeps of a state and of the history before the hash point.</summary>
    public static HashPoint PointOf(CommandSequence sequence, in StateComponents components, Hash256 history)
    {
        var kept = default(HashComponents);
        for (var index = 0; index < StateComponents.Count; index++)
        {
            kept[index] = WordsOf(components[index]);
        }

        // The place is free as long as the state has fewer kinds of records than there are places.
        Check.That(kept[HistoryPlace] == default);
        kept[HistoryPlace] = WordsOf(history);
        return new HashPoint(sequence, WordsOf(components.Total), kept);
    }

    /// <summary>The state hash that a point holds.</summary>
    public static Hash256 TotalOf(in HashPoint point) => HashOf(point.Total);

    /// <summary>The history hash that a point holds.</summary>
    public static Hash256 HistoryOf(in HashPoint point) => HashOf(point.Components[HistoryPlace]);

    /// <summary>The name of the first component that differs, such as <c>Account</c>; null when nothing does.</summary>
    public static string? FirstDifference(in HashPoint recorded, in StateComponents computed, Hash256 history)
    {
        var told = default(StateComponents);
        for (var index = 0; index < HistoryPlace; index++)
        {
            told[index] = HashOf(recorded.Components[index]);
        }

        if (told.FirstDifference(in computed) is { } type)
        {
            return type.ToString();
        }

        if (TotalOf(in recorded) != computed.Total)
        {
            return TotalName;
        }

        return HistoryOf(in recorded) == history ? null : HistoryName;
    }

    public static HashWords WordsOf(Hash256 hash) => new(hash.Word0, hash.Word1, hash.Word2, hash.Word3);

    public static Hash256 HashOf(in HashWords words) => new(words.Word0, words.Word1, words.Word2, words.Word3);
}
