using System.Globalization;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Recovery;

/// <summary>
/// Ends a journal behind a record that the operator names. What was acknowledged goes only when the loss is accepted in so many
/// words. Owner: one thread; nobody may be appending. Cursor and hash points go first, then whole segments, last first, then the
/// bytes: a kill in between leaves a journal that can be cut again.
/// </summary>
public static class JournalTruncation
{
    /// <summary>Cuts off everything behind a record.</summary>
    /// <param name="storage">The journal; locked by whoever asks.</param>
    /// <param name="last">The record that becomes the last one.</param>
    /// <param name="acceptsLoss">Whether acknowledged records may go.</param>
    /// <returns>What is there then.</returns>
    /// <exception cref="JournalException">There is no such whole record, or it would lose what was acknowledged.</exception>
    public static RecoveryReport Run(MappedStorage storage, CommandSequence last, bool acceptsLoss)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var found = JournalRecovery.Examine(storage);
        var first = found.Segments.Count == 0 ? CommandSequence.None : found.Segments[0].FirstSequence;
        if (first == CommandSequence.None || last < first || last > found.LastSequence)
        {
            throw NoSuchRecord(storage, first, found.LastSequence, last);
        }

        var points = HashPointLog.ReadAll(storage);
        var told = points.Count > 0 ? points[^1].Sequence : CommandSequence.None;
        told = found.SafeCursor.Sequence > told ? found.SafeCursor.Sequence : told;
        if (!acceptsLoss && (last < told || found.SafeCursor.State != SafeCursorState.Valid))
        {
            throw Acknowledged(found.SafeCursor.State, told, last);
        }

        try
        {
            var end = EndOf(storage, last);
            HashPointLog.DropTorn(storage);
            if (found.SafeCursor.State != SafeCursorState.Valid || last < found.SafeCursor.Sequence)
            {
                LowerCursor(storage, found.JournalId, last < told ? last : told);
            }

            DropHashPoints(storage, found.JournalId, points, last);
            DropSegments(storage, end.SegmentIndex);
            Zero(storage, end);
            storage.SyncDirectory();
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, "the journal cannot be cut off");
        }

        var cut = JournalRecovery.Examine(storage);
        cut.ThrowIfCorrupt();
        Check.That(cut.LastSequence == last);
        return cut;
    }

    private static JournalPosition EndOf(MappedStorage storage, CommandSequence last)
    {
        using var reader = new JournalReader(storage, last);
        Check.That(reader.Seek(last));
        Check.That(reader.TryRead(out _));
        return reader.Position;
    }

    // A cursor of the same journal, so that the next start can still tell a loss from a torn tail.
    private static void LowerCursor(MappedStorage storage, Guid journalId, CommandSequence safe)
    {
        SafeCursorFile.Discard(storage);
        using var cursor = SafeCursorFile.OpenOrCreate(storage, journalId);
        cursor.Store(safe);
        using var file = storage.OpenFile(SafeCursorFile.FileName, writable: true);
        file.SyncRange(0, file.LengthBytes);
        storage.SyncDirectory();
    }

    private static void DropHashPoints(
        MappedStorage storage, Guid journalId, IReadOnlyList<HashPoint> points, CommandSequence last)
    {
        if (points.Count == 0 || points[^1].Sequence <= last)
        {
            return;
        }

        for (var index = 0; storage.Exists(HashPointLog.NameOf(index)); index++)
        {
            storage.Delete(HashPointLog.NameOf(index));
        }

        using var log = HashPointLog.OpenOrCreate(storage, journalId);
        foreach (var point in points)
        {
            if (point.Sequence <= last)
            {
                log.Append(in point);
            }
        }
    }

    private static void DropSegments(MappedStorage storage, int lastIndex)
    {
        var indexes = SegmentCatalog.List(storage);
        for (var place = indexes.Count - 1; place >= 0 && indexes[place] >= lastIndex; place--)
        {
            // The index of a segment that goes, or that is not closed any more, goes with it.
            if (storage.Exists(SegmentIndex.NameOf(indexes[place])))
            {
                storage.Delete(SegmentIndex.NameOf(indexes[place]));
            }

            if (indexes[place] > lastIndex)
            {
                storage.Delete(SegmentLayout.NameOf(indexes[place]));
            }
        }
    }

    private static void Zero(MappedStorage storage, JournalPosition end)
    {
        using var file = storage.OpenFile(SegmentLayout.NameOf(end.SegmentIndex), writable: true);
        JournalTail.ZeroFrom(file, end.OffsetBytes);
    }

    private static JournalException NoSuchRecord(
        MappedStorage storage, CommandSequence first, CommandSequence last, CommandSequence wanted) => new(
        JournalFault.NoJournal,
        first == CommandSequence.None
            ? $"{storage.Location} holds no whole record; nothing was changed.\n  next: name the directory of a journal."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"record {wanted.Value:N0} is none of the whole ones, {first.Value:N0} to {last.Value:N0}.\n")
            + "  nothing was changed.\n  next: name one of them.");

    private static JournalException Acknowledged(SafeCursorState state, CommandSequence told, CommandSequence last) => new(
        JournalFault.AcknowledgedMissing,
        (state == SafeCursorState.Valid
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"acknowledged is through record {told.Value:N0}: cutting behind record {last.Value:N0} loses what was told.\n")
            : $"{SafeCursorFile.FileName} cannot be read: whether acknowledged records would be lost cannot be told.\n")
        + "  nothing was changed.\n"
        + "  next: restore the directory from a replica or a copy; --accept-loss cuts all the same.");
}
