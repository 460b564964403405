using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Cursors;

/// <summary>
/// Reads the hash points of a venue that may be running, one after the other and each once; at the present end it says so and
/// finds more when asked again. Owner: one thread. Changes nothing.
/// </summary>
public sealed unsafe class HashPointFollower : IDisposable
{
    private readonly MappedStorage _storage;
    private readonly Guid _journalId;
    private StorageFile? _file;
    private int _fileIndex;
    private long _offsetBytes;
    private CommandSequence _last;

    /// <param name="storage">The journal's directory.</param>
    /// <param name="journalId">The journal whose points are wanted.</param>
    public HashPointFollower(MappedStorage storage, Guid journalId)
    {
        ArgumentNullException.ThrowIfNull(storage);
        _storage = storage;
        _journalId = journalId;
    }

    /// <returns>False at the end as it is now.</returns>
    /// <exception cref="JournalException">The log is damaged or of another journal.</exception>
    public bool TryRead(out HashPoint point)
    {
        point = default;
        while (_file is not null || TryOpen())
        {
            if (_offsetBytes + HashPointLog.EntryBytes > _file!.LengthBytes)
            {
                Leave();
                continue;
            }

            if (Volatile.Read(ref *(long*)(_file.Pointer + _offsetBytes)) == 0)
            {
                return false;
            }

            if (!HashPointLog.TryParse(_file.Span(_offsetBytes, HashPointLog.EntryBytes), out point) || point.Sequence <= _last)
            {
                // Torn by a power cut: the venue goes on here when it is back, unless it was whole once.
                return HashPointReader.HasEntryBehind(_file, _offsetBytes) && !SafeCursorFile.WasSystemRestarted(_storage)
                    ? throw HashPointReader.Damaged(_file.Name, _offsetBytes)
                    : false;
            }

            _last = point.Sequence;
            _offsetBytes += HashPointLog.EntryBytes;
            return true;
        }

        return false;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Leave()
    {
        Dispose();
        _fileIndex++;
    }

    private bool TryOpen()
    {
        var name = HashPointLog.NameOf(_fileIndex);
        if (!_storage.Exists(name)
            || _storage.LengthBytesOf(name) < HashPointLog.HeaderBytes + HashPointLog.EntryBytes)
        {
            return false;
        }

        var file = _storage.OpenFile(name, writable: false);
        if (Volatile.Read(ref *(ulong*)file.Pointer) == 0)
        {
            file.Dispose();
            return false;
        }

        var header = file.Span(0, HashPointLog.HeaderBytes);
        var found = new Guid(header.Slice(8, 16));
        var isWhole = HashPointLog.IsHeaderValid(header);
        if (!isWhole || found != _journalId)
        {
            file.Dispose();
            throw isWhole
                ? new JournalException(
                    JournalFault.ForeignFile,
                    $"{name} belongs to journal {found}, not to {_journalId}; nothing was changed.\n"
                    + "  next: put the directory back as it was; files of two journals lie in it.")
                : HashPointReader.Damaged(name, 0);
        }

        _file = file;
        _offsetBytes = HashPointLog.HeaderBytes;
        return true;
    }
}
