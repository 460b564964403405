using HftDelta.Runtime.Storage;

namespace HftDelta.Simulation.Storage;

/// <summary>A mapping of a virtual file. Its memory is that of the image, so all mappings of a file see the same bytes.</summary>
internal sealed unsafe class VirtualFile : StorageFile
{
    private readonly VirtualStorage _storage;
    private readonly VirtualImage _image;
    private bool _isDisposed;

    public VirtualFile(VirtualStorage storage, string name, VirtualImage image, bool writable)
    {
        _storage = storage;
        _image = image;
        Name = name;
        IsWritable = writable;
        storage.CountOpen(1);
    }

    public override string Name { get; }

    public override byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _image.Written;
        }
    }

    public override long LengthBytes => _image.LengthBytes;

    public override bool IsWritable { get; }

    public override string? Populate(long offsetBytes, long lengthBytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes, LengthBytes - lengthBytes);
        return null;
    }

    public override void SyncRange(long offsetBytes, long lengthBytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes, LengthBytes - lengthBytes);
        _storage.CountSync(Name);
        _image.Sync(offsetBytes, lengthBytes, _storage.Faults);
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _storage.CountOpen(-1);
        }
    }
}
