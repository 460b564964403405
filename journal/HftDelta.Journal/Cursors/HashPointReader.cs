using HftDelta.Journal.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Cursors;

/// <summary>
/// Reads the hash point files: live or dead, changing nothing. A bad entry with nothing behind it is a torn one.
/// </summary>
internal sealed unsafe class HashPointReader
{
    private readonly List<HashPoint> _points = [];
    private bool _lastFileHasRoom;

    private HashPointReader()
    {
    }

    public IReadOnlyList<HashPoint> Points => _points;

    public Guid JournalId { get; private set; }

    /// <summary>Files that were begun.</summary>
    public int FileCount { get; private set; }

    /// <summary>Where the next entry of the last file goes.</summary>
    public long EndOffsetBytes { get; private set; } = HashPointLog.HeaderBytes;

    public JournalException? Fault { get; private set; }

    public static HashPointReader Read(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var reader = new HashPointReader();
        while (reader.Fault is null && storage.Exists(HashPointLog.NameOf(reader.FileCount)))
        {
            var name = HashPointLog.NameOf(reader.FileCount);
            if (storage.LengthBytesOf(name) < HashPointLog.HeaderBytes + HashPointLog.EntryBytes)
            {
                break;
            }

            using var file = storage.OpenFile(name, writable: false);
            if (!reader.ReadFile(file))
            {
                break;
            }
        }

        // The machine was started again, and of what was not on the device yet each part is there or not: the points end before
        // the first that is missing. Elsewhere that is damage.
        if (reader.Fault is not null && SafeCursorFile.WasSystemRestarted(storage))
        {
            reader.Fault = null;
        }

        return reader;
    }

    /// <summary>How many entries, whole or in part, lie behind the end of the points: what is left out.</summary>
    public int CountBehind(MappedStorage storage)
    {
        var count = 0;
        if (FileCount > 0)
        {
            using var last = storage.OpenFile(HashPointLog.NameOf(FileCount - 1), writable: false);
            count += CountFrom(last, EndOffsetBytes);
        }

        foreach (var name in storage.List().Where(name => HashPointLog.IsOwn(name, FileCount)))
        {
            if (storage.LengthBytesOf(name) >= HashPointLog.HeaderBytes + HashPointLog.EntryBytes)
            {
                using var file = storage.OpenFile(name, writable: false);
                count += CountFrom(file, HashPointLog.HeaderBytes);
            }
        }

        return count;
    }

    private static int CountFrom(StorageFile file, long offset)
    {
        var count = 0;
        for (; offset + HashPointLog.EntryBytes <= file.LengthBytes; offset += HashPointLog.EntryBytes)
        {
            count += file.Span(offset, HashPointLog.EntryBytes).ContainsAnyExcept((byte)0) ? 1 : 0;
        }

        return count;
    }

    /// <returns>False when the file was made and never begun.</returns>
    private bool ReadFile(StorageFile file)
    {
        if (Volatile.Read(ref *(ulong*)file.Pointer) == 0)
        {
            return false;
        }

        var header = file.Span(0, HashPointLog.HeaderBytes);
        if (!HashPointLog.IsHeaderValid(header))
        {
            Fault = Damaged(file.Name, 0);
            return true;
        }

        if (_lastFileHasRoom)
        {
            // The writer begins a file only when the one before it is full.
            Fault = Damaged(HashPointLog.NameOf(FileCount - 1), EndOffsetBytes);
            return true;
        }

        JournalId = new Guid(header.Slice(8, 16));
        FileCount++;
        var offset = (long)HashPointLog.HeaderBytes;
        while (offset + HashPointLog.EntryBytes <= file.LengthBytes && Volatile.Read(ref *(long*)(file.Pointer + offset)) != 0)
        {
            if (!HashPointLog.TryParse(file.Span(offset, HashPointLog.EntryBytes), out var point))
            {
                break;
            }

            _points.Add(point);
            offset += HashPointLog.EntryBytes;
        }

        EndOffsetBytes = offset;
        _lastFileHasRoom = offset + HashPointLog.EntryBytes <= file.LengthBytes;
        if (HasEntryBehind(file, offset))
        {
            Fault = Damaged(file.Name, offset);
        }

        return true;
    }

    // The writer fills one entry at a time, so a whole one behind a bad one proves that the bad one was whole once.
    internal static bool HasEntryBehind(StorageFile file, long offset)
    {
        var last = file.LengthBytes - HashPointLog.EntryBytes;
        for (var at = offset + HashPointLog.EntryBytes; at <= last; at += HashPointLog.EntryBytes)
        {
            if (*(long*)(file.Pointer + at) != 0)
            {
                return true;
            }
        }

        return false;
    }

    internal static JournalException Damaged(string name, long offset) =>
        new(
            JournalFault.HashPointsDamaged,
            $"{name} is damaged at offset {offset:N0} and entries follow; nothing was changed.\n"
            + "  next: put it back from a copy, or move all hash-points*.dat out of the directory: a replay then compares\n"
            + "  nothing, and the next start begins a new file. The journal itself is not affected.");
}
