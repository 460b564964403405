using System.IO.Compression;
using System.Security.Cryptography;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Archive;

/// <summary>
/// Copies of closed and sealed segments, compressed, in a directory of their own: <c>journal-0000000042.seg.gz</c> and a list.
/// A segment that was sealed is never written again, so a running venue is archived as well. Each file is read back before the
/// list names it, and again before its segment may go. A kill at any moment leaves a whole archive and a whole journal; the next
/// run goes on. Owner: one thread.
/// </summary>
public static unsafe class JournalArchive
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Archives every sealed segment that is not archived yet.</summary>
    /// <param name="storage">The journal.</param>
    /// <param name="directory">Of the archive; made when it is not there.</param>
    /// <param name="progress">Told segments done and segments in all.</param>
    /// <returns>What was added.</returns>
    /// <exception cref="JournalException">The archive is another journal's or damaged, or there is no room.</exception>
    public static IReadOnlyList<ArchivedSegment> Add(
        MappedStorage storage, string directory, Action<long, long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory.CreateDirectory(directory);
        var list = ArchiveList.Read(directory);
        var added = new List<ArchivedSegment>();
        var indexes = SegmentCatalog.List(storage);
        if (indexes.Count == 0)
        {
            return added;
        }

        var next = list.Segments.Count == 0 ? indexes[0] : list.Segments[^1].Index + 1;
        if (next < indexes[0])
        {
            throw Gap(directory, next, indexes[0]);
        }

        for (var index = next; index < indexes[^1]; index++)
        {
            if (JournalBase.Of(storage, index + 1) is not { } after)
            {
                break;
            }

            if (list.Segments.Count > 0 && list.Segments[^1].JournalId != after.JournalId)
            {
                throw Foreign(directory, list.Segments[^1].JournalId, after.JournalId);
            }

            var segment = Compress(storage, directory, index, after);
            list.Add(segment);
            added.Add(segment);
            progress?.Invoke(index - next + 1, indexes[^1] - next);
        }

        return added;
    }

    /// <summary>
    /// Takes archived segments away from a journal at rest, oldest first, but for the newest ones. Each is compared with its copy
    /// first. The journal then begins later, and says so.
    /// </summary>
    /// <param name="storage">The journal; nobody is appending.</param>
    /// <param name="directory">Of the archive.</param>
    /// <param name="keep">Closed segments that stay in any case.</param>
    /// <param name="needed">The first record that must stay: from here a start still needs the journal.</param>
    /// <returns>How many went.</returns>
    /// <exception cref="JournalException">A copy is not what the segment is.</exception>
    public static int Remove(MappedStorage storage, string directory, int keep, CommandSequence needed)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        var archived = ArchiveList.Read(directory).Segments.ToDictionary(segment => segment.Index);
        var indexes = SegmentCatalog.List(storage);
        if (indexes.Count == 0)
        {
            return 0;
        }

        // Leftovers of a run that was killed are no part of the journal any more.
        RemoveBefore(storage, indexes[0]);
        var first = indexes[0];
        while (first < indexes[^1] - keep && archived.TryGetValue(first, out var copy) && copy.LastSequence < needed
            && JournalBase.Of(storage, first + 1) is not null)
        {
            Prove(directory, copy);
            if (HashOf(storage, first) != copy.Sha256)
            {
                throw Different(directory, copy);
            }

            first++;
        }

        if (first == indexes[0])
        {
            return 0;
        }

        var begin = JournalBase.Of(storage, first);
        Check.That(begin is not null);
        begin.Write(storage);
        RemoveBefore(storage, first);
        storage.SyncDirectory();
        return first - indexes[0];
    }

    /// <summary>Proves every file of an archive against its list, and the list's chain.</summary>
    /// <exception cref="JournalException">A file is missing or is not what was written.</exception>
    public static ArchiveList Verify(string directory, Action<long, long>? progress = null)
    {
        var list = ArchiveList.Read(directory);
        for (var place = 0; place < list.Segments.Count; place++)
        {
            Prove(directory, list.Segments[place]);
            progress?.Invoke(place + 1, list.Segments.Count);
        }

        return list;
    }

    /// <summary>Puts segments back into a journal, newest first, so that a kill leaves no hole.</summary>
    /// <param name="directory">Of the archive.</param>
    /// <param name="storage">The journal, at rest, or an empty directory.</param>
    /// <param name="progress">Told segments done and segments in all.</param>
    /// <returns>How many were put back.</returns>
    public static int Restore(string directory, MappedStorage storage, Action<long, long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var list = ArchiveList.Read(directory).Segments;
        if (list.Count == 0)
        {
            return 0;
        }

        var end = FirstWhole(storage) ?? list[^1].Index + 1;
        if (end > list[^1].Index + 1)
        {
            throw Gap(directory, list[^1].Index + 1, end);
        }

        RemoveBefore(storage, end);
        var restored = 0;
        for (var place = list.Count - 1; place >= 0; place--)
        {
            if (list[place].Index >= end)
            {
                continue;
            }

            RestoreOne(directory, storage, list[place]);
            restored++;
            progress?.Invoke(restored, list.Count);
        }

        if (list[0].Index == 0)
        {
            DropBases(storage, _ => true);
        }

        return restored;
    }

    private static ArchivedSegment Compress(MappedStorage storage, string directory, int index, JournalBase after)
    {
        using var file = storage.OpenFile(SegmentLayout.NameOf(index), writable: false);
        if (SegmentHeader.Read(file.Pointer, out var header) != PageState.Valid)
        {
            throw new JournalException(
                JournalFault.HeaderDamaged,
                $"journal segment {index:D10} has a damaged header; it was not archived.\n"
                + "  next: hftdelta journal verify --output json   and restore the directory from a replica or a copy.");
        }

        var path = Path.Combine(directory, ArchiveList.FileNameOf(index));
        try
        {
            DurableFile.Replace(path, stream => Compress(file, stream));
        }
        catch (IOException refusal)
        {
            throw JournalFaults.From(StorageException.From(refusal, path), $"segment {index:D10} cannot be archived");
        }

        var segment = new ArchivedSegment(
            after.JournalId,
            index,
            new CommandSequence(header.FirstSequence),
            new CommandSequence(after.First.Value - 1),
            new TimeNanos(header.BeginTimeNanos),
            file.LengthBytes,
            new FileInfo(path).Length,
            HashOf(path),
            HashOf(file),
            Convert.ToHexStringLower(after.BlockHash));
        Prove(directory, segment);
        return segment;
    }

    private static void Compress(StorageFile file, Stream stream)
    {
        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        for (var offset = 0L; offset < file.LengthBytes; offset += CopyBytes)
        {
            gzip.Write(file.Span(offset, (int)Math.Min(CopyBytes, file.LengthBytes - offset)));
        }
    }

    private static string HashOf(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string HashOf(MappedStorage storage, int index)
    {
        using var file = storage.OpenFile(SegmentLayout.NameOf(index), writable: false);
        return HashOf(file);
    }

    private static string HashOf(StorageFile file)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var offset = 0L; offset < file.LengthBytes; offset += CopyBytes)
        {
            sha256.AppendData(file.Span(offset, (int)Math.Min(CopyBytes, file.LengthBytes - offset)));
        }

        return Convert.ToHexStringLower(sha256.GetHashAndReset());
    }

    /// <summary>Reads a copy back.</summary>
    private static void Prove(string directory, ArchivedSegment segment) => Expand(directory, segment, (_, _) => { });

    /// <summary>Expands a segment and proves it and its file by the list; what was taken is good when this returns.</summary>
    internal static void Expand(string directory, ArchivedSegment segment, Action<long, byte[]> take)
    {
        var path = Path.Combine(directory, ArchiveList.FileNameOf(segment.Index));
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        try
        {
            // Of the file as well: what a decompressor overlooks is damage too.
            if (HashOf(path) != segment.FileSha256)
            {
                throw Damaged(path, segment, null);
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            var buffer = new byte[CopyBytes];
            int read;
            while (length < segment.LengthBytes
                && (read = gzip.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0)
            {
                sha256.AppendData(buffer, 0, read);
                take(length, read == buffer.Length ? buffer : buffer[..read]);
                length += read;
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(path, segment, fault);
        }

        if (length != segment.LengthBytes || Convert.ToHexStringLower(sha256.GetHashAndReset()) != segment.Sha256)
        {
            throw Damaged(path, segment, null);
        }
    }

    private static void RestoreOne(string directory, MappedStorage storage, ArchivedSegment segment)
    {
        // Proved before anything is written: what is put back under a segment's name is that segment.
        Prove(directory, segment);
        var name = SegmentLayout.NameOf(segment.Index);
        try
        {
            using var file = storage.CreateFile(name, segment.LengthBytes);
            var header = new byte[SegmentLayout.HeaderBytes];
            Expand(directory, segment, (offset, bytes) =>
            {
                // The header comes last: a segment that was cut short by a kill is one that was never begun.
                var from = offset == 0 ? SegmentLayout.HeaderBytes : 0;
                bytes.AsSpan(from).CopyTo(file.Span(offset + from, bytes.Length - from));
                if (offset == 0)
                {
                    bytes.AsSpan(0, header.Length).CopyTo(header);
                }
            });
            file.SyncRange(0, file.LengthBytes);
            header.CopyTo(file.Span(0, header.Length));
            file.SyncRange(0, header.Length);
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"segment {segment.Index:D10} cannot be restored");
        }

        // From here on the journal begins one segment earlier.
        JournalBase.Of(storage, segment.Index)?.Write(storage);
        DropBases(storage, index => index > segment.Index);
        storage.SyncDirectory();
    }

    // What a run that was killed left has no header yet.
    private static int? FirstWhole(MappedStorage storage)
    {
        int? first = null;
        foreach (var name in storage.List())
        {
            if (SegmentLayout.TryParseName(name, out var index) && (first is null || index < first)
                && storage.LengthBytesOf(name) >= SegmentLayout.SegmentBytesMin)
            {
                using var file = storage.OpenFile(name, writable: false);
                first = SegmentHeader.Read(file.Pointer, out _) == PageState.Blank ? first : index;
            }
        }

        return first;
    }

    private static void RemoveBefore(MappedStorage storage, int first)
    {
        foreach (var name in storage.List())
        {
            var isPart = SegmentLayout.TryParseName(name, out var index) || SegmentIndex.TryParseName(name, out index);
            if (isPart && index < first)
            {
                storage.Delete(name);
            }
        }

        DropBases(storage, index => index < first);
    }

    private static void DropBases(MappedStorage storage, Func<int, bool> isOld)
    {
        foreach (var name in storage.List())
        {
            if (JournalBase.TryParseName(name, out var index) && isOld(index))
            {
                storage.Delete(name);
            }
        }
    }

    private static JournalException Damaged(string path, ArchivedSegment segment, Exception? cause) => new(
        JournalFault.ArchiveDamaged,
        $"{path} is not segment {segment.Index:D10} as it was archived.\n"
        + "  nothing was changed.\n  next: put the file back from a copy, or delete file and list and archive again.",
        cause);

    private static JournalException Different(string directory, ArchivedSegment segment) => new(
        JournalFault.ArchiveDamaged,
        $"segment {segment.Index:D10} of the journal is not the one that was archived in {directory}.\n"
        + "  nothing was taken away.\n  next: hftdelta journal verify tells which of the two is damaged.");

    private static JournalException Foreign(string directory, Guid found, Guid wanted) => new(
        JournalFault.ForeignFile,
        $"{directory} holds the archive of journal {found}, not of {wanted}; nothing was changed.\n"
        + "  next: name a directory of this journal's own.");

    private static JournalException Gap(string directory, int next, int first) => new(
        JournalFault.SegmentMissing,
        $"{directory} would go on with segment {next:D10}, the journal begins with segment {first:D10}; nothing was changed.\n"
        + "  next: name the archive that holds the segments between them.");
}
