using System.Runtime.InteropServices;

namespace HftDelta.Native;

/// <summary>What a report tells; <c>hftdelta_report_type</c> in the header.</summary>
internal static class ReportType
{
    public const byte Accepted = 0;
    public const byte Trade = 1;
    public const byte Canceled = 2;
    public const byte Replaced = 3;
    public const byte CancelRejected = 4;
    public const byte ReplaceRejected = 5;
    public const byte Rejected = 6;
}

/// <summary>Why; <c>hftdelta_reason</c> in the header.</summary>
internal static class Reason
{
    public const byte None = 0;
    public const byte UnknownOrder = 1;
    public const byte DuplicateId = 2;
    public const byte Invalid = 3;
    public const byte BookFull = 4;
    public const byte Immediate = 5;
}

/// <summary><c>hftdelta_report</c>: one cache line.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct NativeReport
{
    [FieldOffset(0)] public byte Type;
    [FieldOffset(1)] public byte Side;
    [FieldOffset(2)] public byte Reason;

    /// <summary>Of the command that caused it.</summary>
    [FieldOffset(8)] public ulong Sequence;

    /// <summary>The order it is about; 0 for a trade.</summary>
    [FieldOffset(16)] public ulong OrderId;

    [FieldOffset(24)] public long PriceTicks;
    [FieldOffset(32)] public long QuantityLots;
    [FieldOffset(40)] public ulong MakerId;
    [FieldOffset(48)] public ulong TakerId;
    [FieldOffset(56)] public ulong Reserved;
}

/// <summary><c>hftdelta_level</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeLevel
{
    public long PriceTicks;
    public long VolumeLots;
    public uint Orders;
    public uint Reserved;
}

/// <summary><c>hftdelta_book_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeOptions
{
    public uint StructBytes;
    public uint OrderCapacity;
    public uint LevelsMax;
    public uint ReportCapacity;
    public uint BandTicks;
    public uint Reserved;
    public long MiddleTicks;
}
