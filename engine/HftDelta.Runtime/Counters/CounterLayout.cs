using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// The counter file: a header, a metadata area, a values area. Little-endian.
/// <code>
/// header, 512 bytes: four lines of 128, each with one writer
///   offset size field
///        0    8 magic                "HDCOUNT" and a zero byte
///        8    4 version              1
///       12    4 headerBytes          512
///       16    4 metadataBytes        256, of one metadata record
///       20    4 valueBytes           128, of one value
///       24    4 capacity             counters that fit
///       28    4 processId            of the writer
///       32    8 startTimeNanos       since 1970-01-01 UTC
///       40    8 fileBytes            512 + capacity x (256 + 128)
///      128    8 heartbeatTimeNanos   written about once a second while the process lives
///      256    4 count                counters in use; their ids are 0 to count - 1
///      384    4 isClosed             1 after an orderly end
/// metadata record of counter id, at 512 + 256 x id
///        0    4 id
///        4    4 kind                 CounterKind
///        8    4 unit                 CounterUnit
///       12    2 nameBytes            1 to 112
///       14    2 labelBytes           0 to 128
///       16  112 name                 UTF-8, zeros behind it
///      128  128 label                UTF-8, zeros behind it
/// value of counter id, at 512 + 256 x capacity + 128 x id
///        0    8 value                signed; the other 120 bytes stay zero, so that no two writers share a line
/// </code>
/// A metadata record is complete before <c>count</c> covers it and never changes afterwards.
/// </summary>
public static class CounterLayout
{
    /// <summary>"HDCOUNT" and a zero byte, read as a little-endian number.</summary>
    public const ulong Magic = 0x00_54_4E_55_4F_43_44_48;
    public const int Version = 1;
    public const int HeaderBytes = 512;
    public const int MetadataBytes = 256;
    public const int NameBytesMax = 112;
    public const int LabelBytesMax = 128;

    /// <summary>Two cache lines: neighbouring cores prefetch lines in pairs.</summary>
    public const int ValueBytes = 128;

    /// <summary>The most counters that one file may hold.</summary>
    public const int CapacityMax = 65_536;

    public static long MetadataOffset(int id) => HeaderBytes + ((long)MetadataBytes * id);

    public static long ValueOffset(int id, int capacity) => MetadataOffset(capacity) + ((long)ValueBytes * id);

    public static long FileBytes(int capacity) => ValueOffset(capacity, capacity);
}

/// <summary>The header of the counter file: see <see cref="CounterLayout"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = CounterLayout.HeaderBytes)]
internal struct CounterHeader
{
    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public int Version;
    [FieldOffset(12)] public int HeaderBytes;
    [FieldOffset(16)] public int MetadataBytes;
    [FieldOffset(20)] public int ValueBytes;
    [FieldOffset(24)] public int Capacity;
    [FieldOffset(28)] public int ProcessId;
    [FieldOffset(32)] public ulong StartTimeNanos;
    [FieldOffset(40)] public long FileBytes;
    [FieldOffset(128)] public ulong HeartbeatTimeNanos;
    [FieldOffset(256)] public int Count;
    [FieldOffset(384)] public int IsClosed;
}

/// <summary>A metadata record of the counter file: see <see cref="CounterLayout"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = CounterLayout.MetadataBytes)]
internal unsafe struct CounterMetadata
{
    [FieldOffset(0)] public int Id;
    [FieldOffset(4)] public CounterKind Kind;
    [FieldOffset(8)] public CounterUnit Unit;
    [FieldOffset(12)] public ushort NameBytes;
    [FieldOffset(14)] public ushort LabelBytes;
    [FieldOffset(16)] public fixed byte Name[CounterLayout.NameBytesMax];
    [FieldOffset(128)] public fixed byte Label[CounterLayout.LabelBytesMax];
}
