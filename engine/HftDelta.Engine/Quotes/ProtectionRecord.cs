using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Quotes;

/// <summary>Market-maker protection of one account in one underlying.</summary>
internal struct ProtectionRecord
{
    /// <summary>Sum of signed lots x delta of the window's fills, in 2^-32 lots.</summary>
    public Int128 Delta;

    /// <summary>0: off.</summary>
    public ulong WindowNanos;
    public ulong FreezeNanos;

    /// <summary>Limits; 0 is none.</summary>
    public long LotsMax;
    public long DeltaMax;

    public ulong WindowStart;
    public long Lots;

    /// <summary>Protected orders are refused before this time; 0: it has not acted since the last request.</summary>
    public ulong FrozenUntil;

    /// <summary>Protected orders up to the one with this number are not filled any more: it acted after them.</summary>
    public ulong PulledNumber;

    public uint CountMax;
    public uint Count;

    /// <summary>0 in a free record.</summary>
    public uint Account;
    public uint Underlying;

    /// <summary>The session that is walked for orders to end, or that was done last.</summary>
    public uint WalkSession;

    /// <summary>1: a window has begun.</summary>
    public byte HasWindow;

    /// <summary>1: orders are being ended as pending work; 2: and then once more, since it acted again.</summary>
    public byte Pulling;

    /// <summary>The next free record.</summary>
    public uint NextFree;

    public readonly bool IsReached =>
        (LotsMax != 0 && Lots >= LotsMax) ||
        (DeltaMax != 0 && (Delta < 0 ? -Delta : Delta) >= DeltaMax) ||
        (CountMax != 0 && Count >= CountMax);

    public void ClearCounts()
    {
        HasWindow = 0;
        WindowStart = 0;
        Lots = 0;
        Delta = 0;
        Count = 0;
    }
}

/// <summary>All of it is state but the free list, whose order a snapshot must carry beside the records.</summary>
internal readonly struct ProtectionEncoding : IRecordEncoding<ProtectionRecord>
{
    public static StateRecordType Type => StateRecordType.Account;

    public static bool TryEncode(uint id, in ProtectionRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer, record.Delta);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.WindowNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.FreezeNanos);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.LotsMax);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], record.DeltaMax);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], record.WindowStart);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], record.Lots);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[64..], record.FrozenUntil);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[72..], record.PulledNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[80..], record.CountMax);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[84..], record.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[88..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[92..], record.Underlying);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[96..], record.WalkSession);
        buffer[100] = record.HasWindow;
        buffer[101] = record.Pulling;
        lengthBytes = 102;
        return record.Account != 0;
    }
}
