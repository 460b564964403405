using System.Runtime.InteropServices;

namespace HftDelta.Perf.Rings;

/// <summary>One cache line, of which two words are written and read: enough to notice a wrong slot.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct Message
{
    [FieldOffset(0)] public long Sequence;
    [FieldOffset(56)] public long Check;
}
