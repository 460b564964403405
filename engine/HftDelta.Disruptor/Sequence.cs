using System.Globalization;
using System.Runtime.InteropServices;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// One number that one thread advances and others watch: how far a producer has published or a consumer has read.
/// The number stands alone: 128 bytes on either side are padding, because neighbouring cores prefetch lines in pairs.
/// One writer unless the interlocked members are used by all writers; any number of readers.
/// </summary>
public class Sequence
{
    /// <summary>The value before anything was published or read.</summary>
    public const long InitialCursorValue = -1;

    private PaddedValue _padded;

    public Sequence(long initialValue = InitialCursorValue) => _padded.Value = initialValue;

    /// <summary>
    /// The value, read with acquire: whatever its writer did before <see cref="SetValue"/> is visible after this read, and
    /// no later access of the reader moves before it.
    /// </summary>
    public long Value => Volatile.Read(ref _padded.Value);

    /// <summary>
    /// Writes with release: every earlier read and write of the writer is done before others can see the new value.
    /// A later read of the writer may still overtake the write; where that matters use <see cref="SetValueVolatile"/>.
    /// </summary>
    public void SetValue(long value) => Volatile.Write(ref _padded.Value, value);

    /// <summary>Writes with release and then waits until the write is visible before any later read (store-load order).</summary>
    public void SetValueVolatile(long value)
    {
        Volatile.Write(ref _padded.Value, value);

        // Release alone lets a later load pass the store on x64 and arm64; the full barrier forbids it.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Sets the value when it still is <paramref name="expectedSequence"/>. A full barrier either way.</summary>
    public bool CompareAndSet(long expectedSequence, long nextSequence) =>
        Interlocked.CompareExchange(ref _padded.Value, nextSequence, expectedSequence) == expectedSequence;

    /// <summary>Adds one atomically; a full barrier.</summary>
    /// <returns>The value after the addition.</returns>
    public long IncrementAndGet() => Interlocked.Increment(ref _padded.Value);

    /// <summary>Adds <paramref name="value"/> atomically; a full barrier.</summary>
    /// <returns>The value after the addition.</returns>
    public long AddAndGet(long value) => Interlocked.Add(ref _padded.Value, value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A struct, because the runtime keeps to the explicit size of structs and not to that of classes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + sizeof(long) + Padding.Bytes)]
    private struct PaddedValue
    {
        [FieldOffset(Padding.Bytes)]
        public long Value;
    }
}
