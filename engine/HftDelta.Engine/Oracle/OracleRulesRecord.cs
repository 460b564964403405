using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Oracle;

/// <summary>What reports of one underlying must satisfy and how its price ages; 0 switches a rule off.</summary>
internal struct OracleRulesRecord
{
    /// <summary>The most that a report may be away from its source's last accepted one, in millionths of that.</summary>
    public uint ReportJumpPpm;

    /// <summary>The most that a report may be away from the underlying's price.</summary>
    public uint MedianDeviationPpm;

    /// <summary>Bit n - 1: source n is not listened to.</summary>
    public byte DisabledSources;

    public ulong ClockSkewMaxNanos;
    public ulong ReportAgeMaxNanos;
    public ulong LateAfterNanos;
    public ulong StaleAfterNanos;
    public ulong DeadAfterNanos;
    public ulong RecoveryNanos;
    public ulong SettlementWindowNanos;

    /// <summary>No rule of any kind.</summary>
    public readonly bool IsNone => ReportJumpPpm == 0 && MedianDeviationPpm == 0 && DisabledSources == 0 &&
        (ClockSkewMaxNanos | ReportAgeMaxNanos | LateAfterNanos | StaleAfterNanos | DeadAfterNanos | RecoveryNanos
            | SettlementWindowNanos) == 0;

    /// <summary>The price has a staleness class.</summary>
    public readonly bool HasClasses => LateAfterNanos != 0;

    public readonly bool IsDisabled(uint source) => (DisabledSources >> (int)(source - 1) & 1) != 0;
}

/// <summary>All of it is state; none where there are no rules.</summary>
internal readonly struct OracleRulesEncoding : IRecordEncoding<OracleRulesRecord>
{
    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in OracleRulesRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, record.ReportJumpPpm);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.MedianDeviationPpm);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.ClockSkewMaxNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.ReportAgeMaxNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.LateAfterNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], record.StaleAfterNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], record.DeadAfterNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], record.RecoveryNanos);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], record.SettlementWindowNanos);
        buffer[64] = record.DisabledSources;
        lengthBytes = 65;
        return buffer[..lengthBytes].ContainsAnyExcept((byte)0);
    }
}
