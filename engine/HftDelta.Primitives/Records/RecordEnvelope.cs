using System.Runtime.InteropServices;

namespace HftDelta.Primitives.Records;

/// <summary>
/// The fixed head of a record. A record is this envelope and one SBE frame, unchanged: the same bytes lie in the inbound
/// ring, in the journal and in the replication stream. Little-endian, 32 bytes:
/// <code>
/// offset size field
///      0    8 sequence       place in the venue's one sequence, from 1; 0 is never valid
///      8    8 timeNanos      venue time of the command: never before that of the record before it
///     16    4 term           leader term that sequenced it
///     20    4 sessionHandle  session of the client, 0 for what is internal
///     24    2 length         bytes of the frame that follows, 8 to 1,376
///     26    1 source         who handed it to the sequencer (RecordSource)
///     27    1 reserved       0
///     28    4 checksum       CRC32C of bytes 0..27 and the frame, seeded with the checksum of the record before it
/// </code>
/// In the outbound ring the sequence is that of the command that caused the event and the checksum is 0.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
public struct RecordEnvelope
{
    /// <summary>Bytes of the envelope.</summary>
    public const int LengthBytes = 32;

    /// <summary>Bytes of the envelope that the checksum covers.</summary>
    public const int ChecksummedBytes = 28;

    /// <summary>The largest frame: one datagram of 1,408 bytes less the transport's 32.</summary>
    public const int FrameLengthMaxBytes = 1_376;

    [FieldOffset(0)] public long Sequence;
    [FieldOffset(8)] public ulong TimeNanos;
    [FieldOffset(16)] public uint Term;
    [FieldOffset(20)] public uint SessionHandle;
    [FieldOffset(24)] public ushort Length;
    [FieldOffset(26)] public RecordSource Source;
    [FieldOffset(27)] public byte Reserved;
    [FieldOffset(28)] public uint Checksum;
}

/// <summary>Who handed a record to the sequencer, or where an event goes.</summary>
public enum RecordSource : byte
{
    /// <summary>Fills the slots before the wrap of a ring; carries no frame and never leaves the ring.</summary>
    Padding = 0,

    /// <summary>A client's session.</summary>
    Client = 1,

    /// <summary>The sequencer itself: clock ticks, terms.</summary>
    Sequencer = 2,

    /// <summary>The operator: listings, accounts, parameters.</summary>
    Operator = 3,

    /// <summary>A source of oracle reports.</summary>
    Oracle = 4,

    /// <summary>A risk worker.</summary>
    Risk = 5,

    /// <summary>Outbound: a report to one session.</summary>
    Report = 16,

    /// <summary>Outbound: public market data.</summary>
    MarketData = 17,

    /// <summary>Outbound: for agents of the venue itself (risk inputs, hash points, session states).</summary>
    Internal = 18,
}
