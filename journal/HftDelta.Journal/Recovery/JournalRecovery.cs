using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Recovery;

/// <summary>How thoroughly a journal is examined.</summary>
public sealed record RecoveryOptions
{
    /// <summary>Whether block hashes are computed again and compared with the seals.</summary>
    public bool VerifiesBlockHashes { get; init; }

    /// <summary>Told the bytes done and the bytes in all, once per segment.</summary>
    public Action<long, long>? Progress { get; init; }
}

/// <summary>
/// Tells how a journal ends. It never guesses: a torn tail is one that nothing proves to have been whole and that lies beyond
/// the safe cursor; everything else is corruption and stops. Owner: one thread; nobody may be appending.
/// </summary>
public static unsafe class JournalRecovery
{
    /// <summary>Reads and proves the whole journal; changes nothing.</summary>
    public static RecoveryReport Examine(MappedStorage storage, RecoveryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        return new JournalExaminer(storage, options ?? new RecoveryOptions()).Run();
    }

    /// <summary>
    /// Zeroes a torn tail and drops segments that were never begun, then examines again. The report must be of this journal as
    /// it is now.
    /// </summary>
    /// <exception cref="JournalException">The journal is not merely torn, or the device refused.</exception>
    public static RecoveryReport Repair(MappedStorage storage, RecoveryReport report)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(report);
        if (report.Error is not null)
        {
            throw report.Error;
        }

        if (report.State != JournalEndState.TornTail)
        {
            return report;
        }

        try
        {
            DropUnbegun(storage, report);
            if (report.Segments.Count > 0)
            {
                ZeroBehind(storage, report);
            }

            if (report.UnfinishedSealIndex >= 0)
            {
                ZeroSeal(storage, report.UnfinishedSealIndex);
            }

            storage.SyncDirectory();
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, "the torn tail cannot be repaired");
        }

        var repaired = Examine(storage);
        Check.That(repaired.State is JournalEndState.Clean or JournalEndState.Empty);
        Check.That(repaired.LastSequence == report.LastSequence);
        return repaired;
    }

    internal static void DropUnbegun(MappedStorage storage, RecoveryReport report)
    {
        // Last first, so that a kill in between leaves no hole.
        for (var place = report.UnbegunSegments.Count - 1; place >= 0; place--)
        {
            storage.Delete(SegmentLayout.NameOf(report.UnbegunSegments[place]));
        }
    }

    private static void ZeroBehind(MappedStorage storage, RecoveryReport report)
    {
        var end = report.End;
        using var file = storage.OpenFile(SegmentLayout.NameOf(end.SegmentIndex), writable: true);
        var from = end.OffsetBytes + (report.IsSegmentClosed ? SegmentLayout.EndMarkerBytes : 0);
        var lengthBytes = file.LengthBytes - from;
        new Span<byte>(file.Pointer + from, checked((int)lengthBytes)).Clear();
        file.SyncRange(from, lengthBytes);
    }

    // The next opening hashes and seals again.
    private static void ZeroSeal(MappedStorage storage, int segmentIndex)
    {
        const int sealBytes = SegmentLayout.HeaderBytes - SegmentLayout.SealOffsetBytes;
        using var file = storage.OpenFile(SegmentLayout.NameOf(segmentIndex), writable: true);
        file.Span(SegmentLayout.SealOffsetBytes, sealBytes).Clear();
        file.SyncRange(SegmentLayout.SealOffsetBytes, sealBytes);
    }
}
