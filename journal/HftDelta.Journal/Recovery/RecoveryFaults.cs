using System.Globalization;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Recovery;

/// <summary>The words for what an examination finds: what happened, where, and what to do next.</summary>
internal static class RecoveryFaults
{
    public static JournalException AcknowledgedMissing(JournalPosition end, long nextSequence, CommandSequence safeCursor)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"the journal ends with record {nextSequence - 1:N0} "
            + $"(segment {end.SegmentIndex:D10}, offset {end.OffsetBytes:N0}), "
            + $"acknowledged is through record {safeCursor.Value:N0}.");
        return new JournalException(
            JournalFault.AcknowledgedMissing,
            $"{text}\n  acknowledged records are missing, so this is a loss, not a torn tail; nothing was changed.\n"
            + "  next: restore the directory from a replica; hftdelta journal verify --output json tells what is here.")
        {
            Position = end,
            Sequence = new CommandSequence(nextSequence),
        };
    }

    /// <summary>The end of a journal cannot be judged, because nothing tells how far it was acknowledged.</summary>
    /// <param name="location">The directory.</param>
    /// <param name="state">Absent or damaged.</param>
    /// <param name="last">The last whole record.</param>
    /// <param name="proved">The last recorded state hash: records through it were acknowledged.</param>
    /// <param name="torn">Whether bytes follow the last record that are none.</param>
    public static JournalException SafeCursorUnknown(
        string location, SafeCursorState state, long last, CommandSequence proved, bool torn)
    {
        var invariant = CultureInfo.InvariantCulture;
        var what = state == SafeCursorState.Absent ? "is missing or holds nothing" : "is damaged";
        var known = proved == CommandSequence.None
            ? "  no state hash was recorded either"
            : string.Create(invariant, $"  the last recorded state hash proves it through record {proved.Value:N0}");
        return new JournalException(
            JournalFault.SafeCursorDamaged,
            $"{SafeCursorFile.FileName} in {location} {what}: which records were acknowledged cannot be told.\n"
            + string.Create(
                invariant,
                $"  the journal is whole through record {last:N0}; ")
            + (torn
                ? "torn bytes follow, and they may have been acknowledged records;\n"
                : "whether acknowledged records stood behind it is not known;\n")
            + $"{known}; nothing was changed.\n"
            + "  next: restore the file or the directory from a replica or a copy.");
    }

    public static JournalException SealFault(int index, string words) =>
        new(
            JournalFault.BlockHashMismatch,
            $"journal segment {index:D10} {words} (offset {SegmentLayout.SealOffsetBytes:N0}); nothing was changed.\n"
            + "  next: hftdelta journal verify --output json   and restore the directory from a replica or a copy.")
        {
            Position = new JournalPosition(index, SegmentLayout.SealOffsetBytes),
        };

    public static JournalException Behind(int index, long offset, string proof) =>
        new(
            JournalFault.RecordDamaged,
            string.Create(
                CultureInfo.InvariantCulture,
                $"journal segment {index:D10} has bytes behind its end marker (offset {offset:N0}).")
            + $"\n  {proof}, so this is corruption; nothing was changed.\n"
            + "  next: hftdelta journal verify --output json   and restore the directory from a replica or a copy.")
        {
            Position = new JournalPosition(index, offset),
        };

    public static JournalException HeaderLost(int index) =>
        new(
            JournalFault.HeaderDamaged,
            $"journal segment {index:D10} has no header (offset 0) and holds valid records, so this is corruption; "
            + "nothing was changed.\n"
            + "  next: hftdelta journal verify --output json   and restore the directory from a replica or a copy.")
        {
            Position = new JournalPosition(index, 0),
        };

    public static JournalException TooShort(int index, long lengthBytes) =>
        new(
            JournalFault.SegmentLength,
            string.Create(
                CultureInfo.InvariantCulture, $"journal segment {index:D10} is {lengthBytes:N0} bytes long: it was cut.")
            + "\n  nothing was changed.\n  next: restore it from a replica or a copy.")
        {
            Position = new JournalPosition(index, 0),
        };
}
