using HftDelta.Journal.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Cursors;

/// <summary>
/// Looks at the safe cursor of a venue that may be running, again and again: the page stays mapped, so a look is a few loads.
/// Owner: one thread. Changes nothing.
/// </summary>
public sealed class SafeCursorReader(MappedStorage storage) : IDisposable
{
    private StorageFile? _file;

    /// <summary>What it says now; absent until the venue has made it.</summary>
    /// <exception cref="JournalException">It is damaged.</exception>
    public SafeCursorReading Read()
    {
        _file ??= Open();
        if (_file is null)
        {
            return default;
        }

        var reading = SafeCursorFile.Parse(_file);
        return reading.State == SafeCursorState.Damaged ? throw SafeCursorFile.Damaged(storage) : reading;
    }

    /// <summary>The next look is at the file that then has the name: somebody may have put another one there.</summary>
    public void Reopen() => Dispose();

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private StorageFile? Open() =>
        storage.Exists(SafeCursorFile.FileName) && storage.LengthBytesOf(SafeCursorFile.FileName) >= SafeCursorFile.LengthBytes
            ? storage.OpenFile(SafeCursorFile.FileName, writable: false)
            : null;
}
