namespace HftDelta.Runtime.Storage;

/// <summary>
/// A file as memory. Written bytes survive a killed process at once, and a power cut once <see cref="SyncRange"/> returned.
/// Owner: whoever opened it, who disposes it when no agent holds its pointer any more.
/// </summary>
public abstract unsafe class StorageFile : IDisposable
{
    /// <summary>Name within its storage.</summary>
    public abstract string Name { get; }

    /// <summary>The first byte; valid until disposed. Nothing checks bounds: whoever writes proves them.</summary>
    public abstract byte* Pointer { get; }

    public abstract long LengthBytes { get; }

    public abstract bool IsWritable { get; }

    /// <summary>Makes pages of the range present before a hot path writes them; only while nobody else writes there.</summary>
    /// <returns>What the system refused, or null; the range can be used all the same.</returns>
    public abstract string? Populate(long offsetBytes, long lengthBytes);

    /// <summary>Waits until the range is on the device. After a failure never retry: stop.</summary>
    /// <exception cref="StorageException">The device failed.</exception>
    public abstract void SyncRange(long offsetBytes, long lengthBytes);

    /// <summary>The range as a span, bounds checked; for cold paths.</summary>
    public Span<byte> Span(long offsetBytes, int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes, LengthBytes - lengthBytes);
        return new Span<byte>(Pointer + offsetBytes, lengthBytes);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
