using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Deliveries;

/// <summary>How far the settlement of an expiry's obligations has come.</summary>
internal enum DeliveryPhase : byte
{
    /// <summary>Nothing is under way.</summary>
    None = 0,

    /// <summary>The expiry whose deadline passed first is looked for.</summary>
    Find = 1,

    /// <summary>Who gives is paired with who takes.</summary>
    Swap = 2,

    /// <summary>What is left is judged: who would have, and who failed.</summary>
    Judge = 3,

    /// <summary>Penalties are paid and what is left ends.</summary>
    End = 4,
}

/// <summary>Where the settlement of obligations stands, between the commands that go on with it.</summary>
internal struct DeliveryPassRecord
{
    /// <summary>When some obligation has to be looked at; the largest value: none has.</summary>
    public ulong NextTime;

    /// <summary>Delivered so far, in lots x atoms per tick.</summary>
    public Int128 Delivered;

    /// <summary>Left at the deadline: with those who failed to give and to take, and with those who would have.</summary>
    public Int128 FailedToGive;
    public Int128 FailedToTake;
    public Int128 ReadyToGive;
    public Int128 ReadyToTake;

    /// <summary>The expiry.</summary>
    public uint Point;

    /// <summary>The asset that is delivered.</summary>
    public uint Asset;

    /// <summary>The next place to look at; in the pairing that of who gives.</summary>
    public uint Next;

    /// <summary>In the pairing the next place of who takes.</summary>
    public uint NextTaker;
    public DeliveryPhase Phase;
}

/// <summary>All of it is state; none where nothing waits.</summary>
internal readonly struct DeliveryPassEncoding : IRecordEncoding<DeliveryPassRecord>
{
    public static StateRecordType Type => StateRecordType.PendingWork;

    public static bool TryEncode(uint id, in DeliveryPassRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.NextTime);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[8..], record.Delivered);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[24..], record.FailedToGive);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[40..], record.FailedToTake);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[56..], record.ReadyToGive);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[72..], record.ReadyToTake);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[88..], record.Point);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[92..], record.Asset);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[96..], record.Next);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[100..], record.NextTaker);
        buffer[104] = (byte)record.Phase;
        lengthBytes = 105;
        return record.NextTime != 0;
    }
}

/// <summary>The one pass that there is. Owner: the engine agent.</summary>
internal sealed class DeliveryPass : IDisposable
{
    private const uint Record = 1;

    private readonly HashedSlab<DeliveryPassRecord, DeliveryPassEncoding> _records = new((int)Record + 1);

    public DeliveryPass() => _records.Write(Record).NextTime = ulong.MaxValue;

    public ref readonly DeliveryPassRecord Read => ref _records.Read(Record);

    public ref DeliveryPassRecord Write => ref _records.Write(Record);

    /// <summary>From when on obligations wait for a pass; the largest value while one is under way.</summary>
    public ulong StartTime => Read.Phase == DeliveryPhase.None ? Read.NextTime : ulong.MaxValue;

    /// <summary>An obligation has a deadline.</summary>
    public void Note(ulong deadline)
    {
        if (deadline < Read.NextTime)
        {
            Write.NextTime = deadline;
        }
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
