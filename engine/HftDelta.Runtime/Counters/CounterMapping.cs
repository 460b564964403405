using System.IO.MemoryMappedFiles;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// A mapped view of a counter file. The writer never unmaps it by hand: each <see cref="Counter"/> holds it, so that no
/// counter can outlive its memory, and the collector unmaps it when the last one is gone. The reader disposes it.
/// </summary>
internal sealed unsafe class CounterMapping : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    public CounterMapping(FileStream stream, long lengthBytes, bool writable)
    {
        var access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
        _file = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, lengthBytes, access, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, lengthBytes, access);
        LengthBytes = lengthBytes;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    ~CounterMapping() => Release();

    public long LengthBytes { get; }

    public CounterHeader* Header => (CounterHeader*)_start;

    public CounterMetadata* Metadata(int id) => (CounterMetadata*)(_start + CounterLayout.MetadataOffset(id));

    public long* Value(int id, int capacity) => (long*)(_start + CounterLayout.ValueOffset(id, capacity));

    public void Dispose()
    {
        Release();

        // The handle first: a view that is open would be synced, which nobody asked for and locked memory refuses.
        _view.SafeMemoryMappedViewHandle.Dispose();
        _view.Dispose();
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        // Null after an exception in the constructor as well: the finalizer runs then, too.
        if (_start != null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }
}
