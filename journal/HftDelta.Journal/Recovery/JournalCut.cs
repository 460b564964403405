using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Recovery;

/// <summary>
/// Takes records off the end of a journal that nobody was told of: behind the safe cursor, and nothing else. They are kept in a
/// file beside it first. Then the end is taken away from behind, so that a kill at any moment leaves a journal that ends earlier,
/// with at most a torn record. Owner: one thread that holds the journal's lock.
/// </summary>
public static unsafe class JournalCut
{
    private const string UnfinishedSuffix = ".new";

    /// <summary>Name of the file that keeps what was cut off, from this record on.</summary>
    /// <param name="first">The first record that went.</param>
    /// <param name="attempt">From 1 on; further ones where another cut at the same record kept something else.</param>
    public static string KeptNameOf(CommandSequence first, int attempt = 1) =>
        attempt == 1 ? $"cut-{first.Value:D20}.records" : $"cut-{first.Value:D20}-{attempt}.records";

    /// <summary>Cuts off this record and all behind it.</summary>
    /// <param name="storage">The journal's directory.</param>
    /// <param name="report">Of the journal as it is; clean.</param>
    /// <param name="first">The first record that goes.</param>
    /// <param name="keptName">The file that keeps them.</param>
    /// <returns>How the journal ends now.</returns>
    /// <exception cref="JournalException">It was acknowledged, or whether it was is not known; or the device refused.</exception>
    public static RecoveryReport From(MappedStorage storage, RecoveryReport report, CommandSequence first, out string keptName)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(report);
        report.ThrowIfCorrupt();
        if (report.Doubt is { } doubt)
        {
            throw doubt;
        }

        Check.That(report.State == JournalEndState.Clean);
        Check.That(first.Value >= 1 && first <= report.LastSequence);
        if (first <= report.SafeCursor.Sequence)
        {
            throw new JournalException(
                JournalFault.AcknowledgedMissing,
                $"record {first} was acknowledged (through {report.SafeCursor.Sequence}): it cannot be taken out, who was told "
                + "relies on it; nothing was changed.\n  next: start the program that applied it, and report it.")
            {
                Sequence = first,
            };
        }

        try
        {
            var at = Keep(storage, report, first, out keptName);
            ZeroFrom(storage, report, at);
            storage.SyncDirectory();
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"the journal cannot be cut at record {first}");
        }

        var left = JournalRecovery.Examine(storage);
        Check.That(left.LastSequence == new CommandSequence(first.Value - 1));
        return left.State == JournalEndState.TornTail ? JournalRecovery.Repair(storage, left) : left;
    }

    /// <summary>Copies envelopes and frames, one behind the other, into a file of their own.</summary>
    private static JournalPosition Keep(
        MappedStorage storage, RecoveryReport report, CommandSequence first, out string keptName)
    {
        using var reader = new JournalReader(storage, report.LastSequence);
        reader.Seek(first);
        var at = reader.Position;
        var bytes = new MemoryStream();
        JournalPosition? exact = null;
        while (reader.TryRead(out var record))
        {
            exact ??= PositionOf(reader, in record);
            fixed (RecordEnvelope* envelope = &record.Envelope)
            {
                bytes.Write(new ReadOnlySpan<byte>(envelope, RecordEnvelope.LengthBytes));
            }

            bytes.Write(record.Frame);
        }

        keptName = KeepFile(storage, first, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        return exact ?? at;
    }

    /// <summary>
    /// Whole under its name or not at all. A run before this one that was killed kept more than is left now: its file stays. So
    /// does that of another cut at this record.
    /// </summary>
    private static string KeepFile(MappedStorage storage, CommandSequence first, ReadOnlySpan<byte> bytes)
    {
        var attempt = 1;
        while (storage.Exists(KeptNameOf(first, attempt)) && !Holds(storage, KeptNameOf(first, attempt), bytes))
        {
            attempt++;
        }

        var name = KeptNameOf(first, attempt);
        if (!storage.Exists(name))
        {
            var unfinished = name + UnfinishedSuffix;
            if (storage.Exists(unfinished))
            {
                storage.Delete(unfinished);
            }

            using (var kept = storage.CreateFile(unfinished, bytes.Length))
            {
                bytes.CopyTo(kept.Span(0, bytes.Length));
                kept.SyncRange(0, kept.LengthBytes);
            }

            storage.Rename(unfinished, name);
        }

        storage.SyncDirectory();
        return name;
    }

    private static bool Holds(MappedStorage storage, string name, ReadOnlySpan<byte> bytes)
    {
        if (storage.LengthBytesOf(name) < bytes.Length)
        {
            return false;
        }

        using var kept = storage.OpenFile(name, writable: false);
        return kept.Span(0, bytes.Length).SequenceEqual(bytes);
    }

    private static JournalPosition PositionOf(JournalReader reader, in RecordView record) => new(
        reader.Position.SegmentIndex, reader.Position.OffsetBytes - SegmentLayout.RecordBytes(record.Frame.Length));

    private static void ZeroFrom(MappedStorage storage, RecoveryReport report, JournalPosition at)
    {
        for (var index = report.Segments.Count - 1; index > at.SegmentIndex; index--)
        {
            storage.Delete(SegmentLayout.NameOf(index));
            storage.SyncDirectory();
        }

        using var file = storage.OpenFile(SegmentLayout.NameOf(at.SegmentIndex), writable: true);
        JournalTail.ZeroFrom(file, at.OffsetBytes);
    }
}
