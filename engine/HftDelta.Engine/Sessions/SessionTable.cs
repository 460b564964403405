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
    public const int ReportLengthMaxBytes = 828;

    internal const int ReportSlotBytes = 832;

    private const int LineBytes = 64;

    /// <summary>Reports that fit here with their length lie close together; the few longer ones have room elsewhere.</summary>
    private const int UsualReportBytes = 3 * LineBytes;

    private readonly HashedSlab<SessionRecord, SessionEncoding> _records;
    private readonly NativeSlab<RequestOutcomeRecord> _outcomes;
    private readonly NativeSlab<byte> _reports;
    private readonly NativeSlab<byte> _longReports;
    private readonly int _outcomesPerSession;
    private readonly int _reportsPerSession;

    public SessionTable(EngineLimits limits)
    {
        _outcomesPerSession = limits.OutcomesPerSession;
        _reportsPerSession = limits.ReportsPerSession;
        _records = new HashedSlab<SessionRecord, SessionEncoding>(limits.Sessions);
        _outcomes = new NativeSlab<RequestOutcomeRecord>(checked(limits.Sessions * _outcomesPerSession));
        _reports = new NativeSlab<byte>(checked(limits.Sessions * _reportsPerSession * UsualReportBytes));
        _longReports = new NativeSlab<byte>(checked(limits.Sessions * _reportsPerSession * ReportSlotBytes));
    }

    /// <summary>One more than the highest handle ever opened.</summary>
    public uint HandleLimit => _records.IdLimit;

    public bool CanExist(uint handle) => handle != 0 && handle < (uint)_records.Capacity;

    public bool Exists(uint handle) => CanExist(handle) && _records.Read(handle).Status != default;

    /// <summary>
    /// Whether another handle has this session, open or closed: one that had two would have its requests counted twice. All
    /// zeros is no name. Cold: looks at every session.
    /// </summary>
    public bool IsHeldElsewhere(uint handle, ReadOnlySpan<byte> sessionId)
    {
        if (sessionId.IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        for (uint other = 1; other < HandleLimit; other++)
        {
            if (other != handle && Exists(other) && sessionId.SequenceEqual(_records.Read(other).SessionId))
            {
                return true;
            }
        }

        return false;
    }

    public ref readonly SessionRecord Read(uint handle) => ref _records.Read(handle);

    public ref SessionRecord Write(uint handle) => ref _records.Write(handle);

    /// <summary>Asks the memory for a session that will be touched soon; any handle may be asked for.</summary>
    public void Prefetch(uint handle) => _records.Prefetch(handle);

    /// <summary>The same for the place of a request's outcome.</summary>
    public void PrefetchOutcome(uint handle, ulong sequence) => _outcomes.Prefetch(OutcomeIndex(handle, sequence));

    /// <summary>The same for the places of its next reports, once the session itself is there.</summary>
    public void PrefetchReport(uint handle)
    {
        var offset = ReportIndex(handle, _records.Read(handle).NextReport) * UsualReportBytes;
        for (var line = 0; line < UsualReportBytes; line += LineBytes)
        {
            _reports.Prefetch(offset + (uint)line);
        }
    }

    /// <summary>First report that can still be retransmitted.</summary>
    public ulong RetainedFrom(uint handle)
    {
        var next = _records.Read(handle).NextReport;
        return next > (ulong)_reportsPerSession ? next - (ulong)_reportsPerSession : 1;
    }

    public void KeepReport(uint handle, ulong sequence, ReadOnlySpan<byte> frame)
    {
        Check.That(frame.Length <= ReportLengthMaxBytes);
        var index = ReportIndex(handle, sequence);
        var usual = UsualReport(index);
        BinaryPrimitives.WriteInt32LittleEndian(usual, frame.Length);
        frame.CopyTo(frame.Length <= UsualReportBytes - sizeof(int) ? usual[sizeof(int)..] : LongReport(index));
    }

    /// <summary>A retained report, or nothing if it is too old or was never written.</summary>
    public ReadOnlySpan<byte> Report(uint handle, ulong sequence)
    {
        if (!Exists(handle) || sequence < RetainedFrom(handle) || sequence >= _records.Read(handle).NextReport)
        {
            return default;
        }

        var index = ReportIndex(handle, sequence);
        var usual = UsualReport(index);
        var lengthBytes = BinaryPrimitives.ReadInt32LittleEndian(usual);
        return lengthBytes <= UsualReportBytes - sizeof(int)
            ? usual.Slice(sizeof(int), lengthBytes)
            : LongReport(index)[..lengthBytes];
    }

    /// <summary>The outcome that stands in the session's record: of the request before the next one.</summary>
    public void KeepOutcome(uint handle)
    {
        ref readonly var record = ref _records.Read(handle);
        var sequence = record.NextRequest - 1;
        Outcome(handle, sequence) = new RequestOutcomeRecord
        {
            Sequence = sequence,
            OrderId = record.PresentOrderId,
            RejectCode = record.PresentRejectCode,
        };
    }

    /// <summary>The handle gets another session. Its reports go with its report count.</summary>
    public void ForgetOutcomes(uint handle) =>
        _outcomes.AsSpan().Slice((int)handle * _outcomesPerSession, _outcomesPerSession).Clear();

    public bool TryGetOutcome(uint handle, ulong sequence, out RequestOutcomeRecord outcome)
    {
        outcome = Exists(handle) ? Outcome(handle, sequence) : default;
        return outcome.Sequence == sequence && sequence != 0;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public void FoldSome() => _records.FoldSome();

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose()
    {
        _records.Dispose();
        _outcomes.Dispose();
        _reports.Dispose();
        _longReports.Dispose();
    }

    private ref RequestOutcomeRecord Outcome(uint handle, ulong sequence) => ref _outcomes[OutcomeIndex(handle, sequence)];

    private uint OutcomeIndex(uint handle, ulong sequence) =>
        (handle * (uint)_outcomesPerSession) + (uint)(sequence & (ulong)(_outcomesPerSession - 1));

    private Span<byte> UsualReport(uint index) => _reports.AsSpan().Slice((int)index * UsualReportBytes, UsualReportBytes);

    private Span<byte> LongReport(uint index) => _longReports.AsSpan().Slice((int)index * ReportSlotBytes, ReportSlotBytes);

    private uint ReportIndex(uint handle, ulong sequence) =>
        (handle * (uint)_reportsPerSession) + (uint)(sequence & (ulong)(_reportsPerSession - 1));
}
