using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Sessions;

/// <summary>
/// What of a session the state hash covers. Of the kept outcomes the last stands for all: each was the last when its command
/// was applied. Kept reports are covered by the running hash, by the report count and by the first of them.
/// </summary>
internal readonly struct SessionEncoding : IRecordEncoding<SessionRecord>
{
    public static StateRecordType Type => StateRecordType.Session;

    public static bool TryEncode(uint id, in SessionRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.NextRequest);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.NextReport);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.LastClientOrderId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.PresentOrderId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.Account);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[36..], record.OrderCount);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[40..], (ushort)record.Roles);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[42..], record.PresentRejectCode);
        buffer[44] = (byte)record.Status;
        buffer[45] = record.CancelOnDisconnect;
        buffer[46] = record.Closing;
        ((ReadOnlySpan<byte>)record.SessionId).CopyTo(buffer[47..]);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[63..], record.RetainedFrom);
        lengthBytes = 71;
        return record.Status != default;
    }
}
