using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Snapshots;

/// <summary>
/// The file of a snapshot: a header that says what it is of, then chunks, each proved by its checksum and by its place in the
/// chain. Reading maps the file and hands out one chunk after the other. Owner: one thread.
/// </summary>
public sealed class SnapshotFile : IDisposable
{
    private readonly StorageFile _file;
    private readonly string _location;
    private int _next;
    private long _offset = SnapshotHeader.LengthBytes;
    private uint _checksum;

    private SnapshotFile(StorageFile file, string location, SnapshotHeader header)
    {
        _file = file;
        _location = location;
        Header = header;
    }

    public SnapshotHeader Header { get; }

    public long LengthBytes => _file.LengthBytes;

    /// <summary>Writes a new file and waits until the device has it; its name is durable when the directory is synced.</summary>
    /// <exception cref="JournalException">There is no room, or the device failed.</exception>
    public static void Write(MappedStorage storage, string name, SnapshotHeader header, ISnapshotContent content)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(content);
        if (header.Limits.Length > SnapshotHeader.LimitsMaxBytes)
        {
            throw new ArgumentException("the limits do not fit the header", nameof(header));
        }

        var whole = header with { ChunkCount = content.ChunkCount, ContentBytes = content.LengthBytes };
        try
        {
            using var file = storage.CreateFile(name, whole.FileBytes);
            var checksum = 0u;
            var offset = (long)SnapshotHeader.LengthBytes;
            for (var number = 0; number < content.ChunkCount; number++)
            {
                var chunk = content.Chunk(number);
                checksum = SnapshotChunk.Write(file.Span(offset, SnapshotChunk.HeaderBytes), number, chunk, checksum);
                chunk.CopyTo(file.Span(offset + SnapshotChunk.HeaderBytes, chunk.Length));
                offset += SnapshotChunk.HeaderBytes + chunk.Length;
            }

            (whole with { ContentChecksum = checksum }).Write(file.Span(0, SnapshotHeader.LengthBytes));
            file.SyncRange(0, file.LengthBytes);
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"the snapshot {name} cannot be written");
        }
    }

    /// <summary>Opens a snapshot and proves its header and length.</summary>
    /// <exception cref="JournalException">It is not there, damaged, or of a format that this program does not know.</exception>
    public static SnapshotFile Open(MappedStorage storage, string name)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var location = $"{name} in {storage.Location}";
        StorageFile file;
        try
        {
            if (!storage.Exists(name))
            {
                throw Damaged(location, "there is no such file", CommandSequence.None, JournalFault.SnapshotMissing);
            }

            if (storage.LengthBytesOf(name) < SnapshotHeader.LengthBytes)
            {
                throw Damaged(location, $"it has {storage.LengthBytesOf(name)} bytes, less than its header");
            }

            file = storage.OpenFile(name, writable: false);
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"the snapshot {name} cannot be opened");
        }

        var header = SnapshotHeader.Read(file.Span(0, SnapshotHeader.LengthBytes), out var fault, out var isUnknown);
        if (header is not null && header.FileBytes != file.LengthBytes)
        {
            fault = $"it has {file.LengthBytes:N0} bytes, and its header says {header.FileBytes:N0}";
            header = null;
        }

        if (header is not null)
        {
            return new SnapshotFile(file, location, header);
        }

        file.Dispose();
        throw Damaged(
            location, fault!, CommandSequence.None, isUnknown ? JournalFault.FormatUnknown : JournalFault.SnapshotDamaged);
    }

    /// <summary>The next chunk's content, proved; empty behind the last. It lies in the mapped file.</summary>
    /// <exception cref="JournalException">It is damaged.</exception>
    public ReadOnlySpan<byte> NextChunk()
    {
        if (_next == Header.ChunkCount)
        {
            return _checksum == Header.ContentChecksum && _offset == _file.LengthBytes
                ? default
                : throw Damaged(_location, "its chunks are not those that its header names", Header.Sequence);
        }

        var isLast = _next == Header.ChunkCount - 1;
        var lengthBytes = isLast
            ? Header.ContentBytes - ((long)_next * Header.ChunkBytesMax)
            : Header.ChunkBytesMax;
        if (lengthBytes < 1 || lengthBytes > Header.ChunkBytesMax
            || _offset + SnapshotChunk.HeaderBytes + lengthBytes > _file.LengthBytes)
        {
            throw Damaged(_location, "its chunks do not fit it", Header.Sequence);
        }

        var head = _file.Span(_offset, SnapshotChunk.HeaderBytes);
        var content = _file.Span(_offset + SnapshotChunk.HeaderBytes, (int)lengthBytes);
        if (!SnapshotChunk.IsWhole(head, _next, content, _checksum, out _checksum))
        {
            throw Damaged(_location, $"chunk {_next} at byte {_offset:N0} is not what was written", Header.Sequence);
        }

        _next++;
        _offset += SnapshotChunk.HeaderBytes + lengthBytes;
        return content;
    }

    /// <summary>Proves every chunk; the next one asked for is the first again.</summary>
    /// <exception cref="JournalException">One is damaged.</exception>
    public void ProveAll()
    {
        Rewind();
        while (!NextChunk().IsEmpty)
        {
        }

        Rewind();
    }

    public void Dispose() => _file.Dispose();

    private void Rewind() => (_next, _offset, _checksum) = (0, SnapshotHeader.LengthBytes, 0);

    private static JournalException Damaged(
        string location, string what, CommandSequence sequence = default, JournalFault fault = JournalFault.SnapshotDamaged) =>
        new(
            fault,
            $"snapshot {location}: {what}.\n"
            + "  next: hftdelta snapshot list DIR tells the others; without any the journal is replayed from its beginning.")
        {
            Sequence = sequence,
        };
}
