using HftDelta.Runtime.Storage;

namespace HftDelta.Simulation.Storage;

/// <summary>A mapping of a virtual file. Its memory is that of the image, so all mappings of a file see the same bytes.</summary>
internal sealed unsafe class VirtualFile(VirtualStorage storage, string name, VirtualImage image, bool writable) : StorageFile
{
    private bool _isDisposed;

    public override string Name => name;

    public override byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return image.Written;
        }
    }

    public override long LengthBytes => image.LengthBytes;

    public override bool IsWritable => writable;

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
        storage.CountSync(name);
        image.Sync(offsetBytes, lengthBytes);
    }

    protected override void Dispose(bool disposing) => _isDisposed = true;
}
