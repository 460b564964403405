using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Faults;

/// <summary>
/// An operating error of a journal: what happened, where, and what to do next, in the words that the operator reads. Nothing
/// was changed when it is thrown, unless its text says so.
/// </summary>
public sealed class JournalException : Exception
{
    private const int ExitNoSpace = 10;
    private const int ExitCorrupt = 12;
    private const int ExitVersion = 13;
    private const int ExitSync = 14;
    private const int ExitUsage = 2;

    public JournalException()
    {
    }

    public JournalException(string message)
        : base(message)
    {
    }

    public JournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public JournalException(JournalFault fault, string message, Exception? cause = null)
        : base(message, cause)
    {
        Fault = fault;
    }

    public JournalFault Fault { get; }

    /// <summary>Where, when the fault has a place.</summary>
    public JournalPosition? Position { get; init; }

    /// <summary>The record that was expected there, when there is one.</summary>
    public CommandSequence Sequence { get; init; }

    /// <summary>Such as <c>HD2204</c>.</summary>
    public string Code => $"HD{(int)Fault}";

    /// <summary>The exit code of a program that ends because of this.</summary>
    public int ExitCode => Fault switch
    {
        JournalFault.NoSpace => ExitNoSpace,
        JournalFault.SyncFailed => ExitSync,
        JournalFault.FormatUnknown => ExitVersion,
        JournalFault.NoJournal or JournalFault.Locked or JournalFault.Archived => ExitUsage,
        JournalFault.SnapshotMissing or JournalFault.SnapshotLocked => ExitUsage,
        _ => ExitCorrupt,
    };

    /// <summary>The whole text for a terminal.</summary>
    /// <param name="weight">Its first word: <c>warning</c> when the process goes on.</param>
    public string ToOperatorText(string weight = "error") => $"{weight} {Code}: {Message}";
}
