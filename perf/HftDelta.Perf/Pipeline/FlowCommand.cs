using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Pipeline;

/// <summary>What a command of the flow is.</summary>
internal enum FlowKind
{
    Passive = 0,
    Cancel = 1,
    Aggressive = 2,
}

/// <summary>
/// One encoded command. Lives in native memory, so that <see cref="Frame"/> may point into it; frames of the flow have at
/// most 96 bytes.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct FlowCommand
{
    public const int FrameLengthMaxBytes = 96;

    [FieldOffset(0)] public SessionHandle Session;
    [FieldOffset(4)] public int LengthBytes;
    [FieldOffset(8)] public FlowKind Kind;
    [FieldOffset(32)] public fixed byte Bytes[FrameLengthMaxBytes];

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Frame => MemoryMarshal.CreateReadOnlySpan(in Bytes[0], LengthBytes);

    /// <summary>All 96 bytes, however long the frame is: what the floors copy.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> WholeFrame => MemoryMarshal.CreateReadOnlySpan(in Bytes[0], FrameLengthMaxBytes);

    [UnscopedRef]
    public Span<byte> Buffer => MemoryMarshal.CreateSpan(ref Bytes[0], FrameLengthMaxBytes);
}
