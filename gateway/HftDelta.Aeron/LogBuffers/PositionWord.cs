using System.Runtime.InteropServices;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// A position of a stream that one thread writes and others read, alone on its cache lines. The writer reads its own with
/// <see cref="Plain"/>.
/// </summary>
internal sealed class PositionWord
{
    private PaddedLong _word;

    public PositionWord(long position)
    {
        _word.Value = position;
    }

    /// <summary>For the one writer.</summary>
    public long Plain => _word.Value;

    // acquire: whoever sees the position sees what was written or given free before it moved there.
    public long Acquire() => Volatile.Read(ref _word.Value);

    // release: what was done before is seen by whoever sees the position.
    public void Release(long position) => Volatile.Write(ref _word.Value, position);

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedLong
    {
        [FieldOffset(64)]
        public long Value;
    }
}
