using System.IO.Compression;
using HftDelta.Journal.Segments;
using HftDelta.Runtime.Memory;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Archive;

/// <summary>
/// An archive as the directory that its segments came from, to be read and never written: each segment is expanded into memory
/// when it is opened, proved against the list on the way, and gone when it is closed. A reader has two open at most, so that is
/// the scratch room: memory of two segments, nothing on any disk, and nothing to clean up whichever way the process ends. Owner:
/// one thread.
/// </summary>
public sealed class ArchiveStorage : MappedStorage, IDisposable
{
    private readonly Dictionary<string, ArchivedSegment> _segments;
    private readonly Dictionary<string, NativeRegion> _made = [];
    private readonly FileStorage _files;
    private readonly HashSet<string> _besides;

    /// <param name="directory">Of the archive.</param>
    /// <param name="besides">Names of plain files there that are shown too.</param>
    /// <exception cref="Faults.JournalException">Its list is damaged.</exception>
    public ArchiveStorage(string directory, IEnumerable<string> besides)
    {
        var list = ArchiveList.Read(directory).Segments;
        _segments = list.ToDictionary(segment => SegmentLayout.NameOf(segment.Index));
        _files = new FileStorage(directory);
        _besides = [.. besides];
        if (list is [{ Index: > 0 } first, ..])
        {
            // The journal's earlier segments are in no archive, or in another one: this is where it begins.
            JournalBase.Of(this, first.Index)?.Write(this);
        }
    }

    public override string Location => _files.Location;

    /// <summary>Only what says where the journal begins is ever made, in memory.</summary>
    public override StorageFile CreateFile(string name, long lengthBytes)
    {
        if (!JournalBase.TryParseName(name, out _))
        {
            throw ReadOnly(name);
        }

        _made[name] = new NativeRegion(lengthBytes, default);
        return new MemoryFile(name, _made[name], lengthBytes, isOwner: false);
    }

    public override StorageFile OpenFile(string name, bool writable)
    {
        if (writable)
        {
            throw ReadOnly(name);
        }

        if (_made.TryGetValue(name, out var made))
        {
            return new MemoryFile(name, made, made.LengthBytes, isOwner: false);
        }

        return _segments.TryGetValue(name, out var segment)
            ? Expand(name, segment)
            : _files.OpenFile(Shown(name), writable: false);
    }

    /// <summary>Expands no more than is asked for; what is read there proves itself.</summary>
    public override unsafe StorageFile OpenHead(string name, int lengthBytes)
    {
        if (!_segments.ContainsKey(name))
        {
            return OpenFile(name, writable: false);
        }

        var head = new MemoryFile(name, new NativeRegion(lengthBytes, default), lengthBytes, isOwner: true);
        try
        {
            using var stream = File.OpenRead(Path.Combine(Location, $"{name}.gz"));
            using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            gzip.ReadAtLeast(new Span<byte>(head.Pointer, lengthBytes), lengthBytes, throwOnEndOfStream: false);
            return head;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            head.Dispose();

            // Says what is wrong with it.
            return OpenFile(name, writable: false);
        }
    }

    public override IReadOnlyList<string> List() =>
        [.. _segments.Keys.Concat(_made.Keys).Concat(_files.List().Where(_besides.Contains)).Order(StringComparer.Ordinal)];

    public override long LengthBytesOf(string name) =>
        _segments.TryGetValue(name, out var segment) ? segment.LengthBytes
        : _made.TryGetValue(name, out var made) ? made.LengthBytes
        : _files.LengthBytesOf(Shown(name));

    public override bool Exists(string name) =>
        _segments.ContainsKey(name) || _made.ContainsKey(name) || (_besides.Contains(name) && _files.Exists(name));

    public override void Delete(string name) => throw ReadOnly(name);

    public override void Rename(string name, string newName) => throw ReadOnly(name);

    public override void SyncDirectory()
    {
    }

    public override IDisposable LockExclusive(string name) => throw ReadOnly(name);

    public void Dispose()
    {
        foreach (var made in _made.Values)
        {
            made.Dispose();
        }
    }

    private MemoryFile Expand(string name, ArchivedSegment segment)
    {
        var file = new MemoryFile(name, new NativeRegion(segment.LengthBytes, default), segment.LengthBytes, isOwner: true);
        try
        {
            JournalArchive.Expand(Location, segment, (offset, bytes) => bytes.CopyTo(file.Span(offset, bytes.Length)));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private string Shown(string name) => _besides.Contains(name)
        ? name
        : throw new StorageException(StorageFault.NotFound, Path.Combine(Location, name), "there is no such file");

    private StorageException ReadOnly(string name) =>
        new(StorageFault.Refused, Path.Combine(Location, name), "an archive is only read");

    private sealed unsafe class MemoryFile(string name, NativeRegion region, long lengthBytes, bool isOwner) : StorageFile
    {
        public override string Name => name;

        public override byte* Pointer => region.Pointer;

        public override long LengthBytes => lengthBytes;

        public override bool IsWritable => !isOwner;

        public override string? Populate(long offsetBytes, long length) => null;

        public override void SyncRange(long offsetBytes, long length)
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (isOwner)
            {
                region.Dispose();
            }
        }
    }
}
