using System.Globalization;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Snapshots;

/// <summary>
/// Names of snapshot files: the sequence in twenty digits, so that order by name is order by sequence. A file that is being
/// written has another ending, and only the finished one is ever renamed to the right one. Pure, but for listing.
/// </summary>
public static class SnapshotNames
{
    /// <summary>The directory within that of the journal.</summary>
    public const string DirectoryName = "snapshots";

    private const string Prefix = "snapshot-";
    private const string Ending = ".hds";
    private const string UnfinishedEnding = ".hds.new";
    private const int Digits = 20;

    public static string Of(CommandSequence sequence) =>
        Prefix + sequence.Value.ToString($"D{Digits}", CultureInfo.InvariantCulture) + Ending;

    /// <summary>While it is written and not yet proved.</summary>
    public static string UnfinishedOf(CommandSequence sequence) =>
        Prefix + sequence.Value.ToString($"D{Digits}", CultureInfo.InvariantCulture) + UnfinishedEnding;

    /// <summary>Whether it is the name of a finished snapshot.</summary>
    public static bool TryParse(string name, out CommandSequence sequence)
    {
        sequence = CommandSequence.None;
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length != Prefix.Length + Digits + Ending.Length
            || !name.StartsWith(Prefix, StringComparison.Ordinal)
            || !name.EndsWith(Ending, StringComparison.Ordinal)
            || !long.TryParse(
                name.AsSpan(Prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        sequence = new CommandSequence(value);
        return true;
    }

    /// <summary>Sequences of the finished snapshots, the newest first.</summary>
    public static IReadOnlyList<CommandSequence> List(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var found = new List<CommandSequence>();
        foreach (var name in storage.List())
        {
            if (TryParse(name, out var sequence))
            {
                found.Add(sequence);
            }
        }

        found.Reverse();
        return found;
    }

    /// <summary>Files that somebody began and did not finish.</summary>
    public static IReadOnlyList<string> Unfinished(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        return [.. storage.List().Where(name =>
            name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(UnfinishedEnding, StringComparison.Ordinal))];
    }
}
