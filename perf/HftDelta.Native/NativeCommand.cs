using System.Runtime.InteropServices;

namespace HftDelta.Native;

/// <summary>What a command asks for; <c>hftdelta_command_type</c> in the header.</summary>
internal static class CommandType
{
    public const byte New = 0;
    public const byte Cancel = 1;
    public const byte Replace = 2;
}

/// <summary><c>hftdelta_command</c>: 40 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct NativeCommand
{
    [FieldOffset(0)] public byte Type;
    [FieldOffset(1)] public byte Side;

    /// <summary>1: what does not trade at once is cancelled.</summary>
    [FieldOffset(2)] public byte IsImmediate;

    [FieldOffset(8)] public ulong OrderId;
    [FieldOffset(16)] public ulong Sequence;
    [FieldOffset(24)] public long PriceTicks;
    [FieldOffset(32)] public long QuantityLots;
}
