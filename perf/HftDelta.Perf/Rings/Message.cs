using System.Runtime.InteropServices;

namespace HftDelta.Perf.Rings;

/// <summary>Two words that are written and read: enough to notice a wrong slot.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Message
{
    /// <summary>A slot that shares no cache line with another, as those of the venue do not.</summary>
    public const int LineBytes = 64;

    /// <summary>A slot without a byte more than the words.</summary>
    public const int PackedBytes = 2 * sizeof(long);

    public long Sequence;
    public long Check;
}
