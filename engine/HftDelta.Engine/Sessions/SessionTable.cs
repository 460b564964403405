using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Sessions;

/// <summary>
/// All sessions by handle, with the outcomes of their last requests and their last recoverable reports. Reports are
/// covered by the running hash and by each session's report count, so the state hash does not read them again.
/// Owner: the engine agent.
/// </summary>
internal sealed class SessionTable : IDisposable
{
    /// <summary>The longest report; tests prove that every report of the schema fits.</summary>
    public const int ReportLengthMaxBytes = 188;

    private const int ReportSlotBytes = 192;

    private readonly NativeSlab<SessionRecord> _records;
    private readonly NativeSlab<RequestOutcomeRecord> _outcomes;
    private readonly NativeSlab<byte> _reports;
    private readonly RecordTracker<Records> _tracker;
    private readonly int _outcomesPerSession;
    private readonly int _reportsPerSession;

    public SessionTable(EngineLimits limits)
    {
        _outcomesPerSession = limits.OutcomesPerSession;
        _reportsPerSession = limits.ReportsPerSession;
        _records = new NativeSlab<SessionRecord>(limits.Sessions);
        _outcomes = new NativeSlab<RequestOutcomeRecord>(checked(limits.Sessions * _outcomesPerSession));
        _reports = new NativeSlab<byte>(checked(limits.Sessions * _reportsPerSession * ReportSlotBytes));
        _tracker = new RecordTracker<Records>(new Records(this), limits.Sessions);
    }

    /// <summary>One more than the highest handle ever opened.</summary>
    public uint HandleLimit { get; private set; } = 1;

    public bool CanExist(uint handle) => handle != 0 && handle < (uint)_records.Capacity;

    public bool Exists(uint handle) => CanExist(handle) && _records[handle].Status != default;

    public ref readonly SessionRecord Read(uint handle) => ref _records[handle];

    public ref SessionRecord Write(uint handle)
    {
        _tracker.Mark(handle);
        HandleLimit = handle >= HandleLimit ? handle + 1 : HandleLimit;
        return ref _records[handle];
    }

    /// <summary>First report that can still be retransmitted.</summary>
    public ulong RetainedFrom(uint handle)
    {
        var next = _records[handle].NextReport;
        return next > (ulong)_reportsPerSession ? next - (ulong)_reportsPerSession : 1;
    }

    public void KeepReport(uint handle, ulong sequence, ReadOnlySpan<byte> frame)
    {
        Check.That(frame.Length <= ReportLengthMaxBytes);
        var slot = ReportSlot(handle, sequence);
        BinaryPrimitives.WriteInt32LittleEndian(slot, frame.Length);
        frame.CopyTo(slot[4..]);
    }

    /// <summary>A retained report, or nothing if it is too old or was never written.</summary>
    public ReadOnlySpan<byte> Report(uint handle, ulong sequence)
    {
        if (!Exists(handle) || sequence < RetainedFrom(handle) || sequence >= _records[handle].NextReport)
        {
            return default;
        }

        var slot = ReportSlot(handle, sequence);
        return slot.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(slot));
    }

    public void KeepOutcome(uint handle, ulong sequence, ulong orderId, ushort rejectCode) =>
        Outcome(handle, sequence) =
            new RequestOutcomeRecord { Sequence = sequence, OrderId = orderId, RejectCode = rejectCode };

    public bool TryGetOutcome(uint handle, ulong sequence, out RequestOutcomeRecord outcome)
    {
        outcome = Exists(handle) ? Outcome(handle, sequence) : default;
        return outcome.Sequence == sequence && sequence != 0;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(this));

    public void Dispose()
    {
        _records.Dispose();
        _outcomes.Dispose();
        _reports.Dispose();
        _tracker.Dispose();
    }

    private ref RequestOutcomeRecord Outcome(uint handle, ulong sequence) =>
        ref _outcomes[(int)(handle * (uint)_outcomesPerSession) + (int)(sequence & (ulong)(_outcomesPerSession - 1))];

    private Span<byte> ReportSlot(uint handle, ulong sequence)
    {
        var index = (handle * (uint)_reportsPerSession) + (uint)(sequence & (ulong)(_reportsPerSession - 1));
        return _reports.AsSpan().Slice((int)index * ReportSlotBytes, ReportSlotBytes);
    }

    private readonly struct Records(SessionTable table) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.Session;

        public uint IdLimit => table.HandleLimit;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref table._records[id];
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.NextRequest);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.NextReport);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], record.LastClientOrderId);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], record.Account);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], record.OrderCount);
            BinaryPrimitives.WriteUInt16LittleEndian(buffer[32..], (ushort)record.Roles);
            buffer[34] = (byte)record.Status;
            buffer[35] = record.CancelOnDisconnect;
            buffer[36] = record.Closing;
            ((ReadOnlySpan<byte>)record.SessionId).CopyTo(buffer[37..]);

            // The last outcome stands for all: each was in this place when a hash point or a command passed it.
            var last = table.Outcome(id, record.NextRequest - 1);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[53..], last.OrderId);
            BinaryPrimitives.WriteUInt16LittleEndian(buffer[61..], last.RejectCode);
            lengthBytes = 63;
            return record.Status != default;
        }
    }
}
