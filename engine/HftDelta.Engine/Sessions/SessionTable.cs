using HftDelta.Engine.State;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Sessions;

/// <summary>
/// All sessions by handle, with the outcomes of their last requests and their last recoverable reports. Reports are covered by
/// the running hash, by each session's report count and by the first that is kept, so the state hash does not read them again.
/// Owner: the engine agent.
/// </summary>
internal sealed class SessionTable : IDisposable
{
    /// <summary>The longest report; tests prove that every report of the schema fits.</summary>
    public const int ReportLengthMaxBytes = 828;

    /// <summary>Room for each report that is kept: only a mass quote's is longer, and takes the room of older ones.</summary>
    internal const int ReportRoomBytes = 192;

    private readonly HashedSlab<SessionRecord, SessionEncoding> _records;
    private readonly NativeSlab<RequestOutcomeRecord> _outcomes;
    private readonly FrameHistory _reports;
    private readonly int _outcomesPerSession;

    public SessionTable(EngineLimits limits)
    {
        _outcomesPerSession = limits.OutcomesPerSession;
        _records = new HashedSlab<SessionRecord, SessionEncoding>(limits.Sessions);
        _outcomes = new NativeSlab<RequestOutcomeRecord>(checked(limits.Sessions * _outcomesPerSession));
        _reports = new FrameHistory(
            limits.Sessions, limits.ReportsPerSession, ReportBytes(limits.ReportsPerSession), ReportLengthMaxBytes);
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

    /// <summary>The same for the places of its next reports.</summary>
    public void PrefetchReport(uint handle) => _reports.Prefetch(handle);

    /// <summary>First report that can still be retransmitted.</summary>
    public ulong RetainedFrom(uint handle) => _reports.FirstOf(handle);

    /// <summary>What the reports of one session may take together.</summary>
    public static int ReportBytes(int reportsPerSession) =>
        int.Max(checked(reportsPerSession * ReportRoomBytes), ReportLengthMaxBytes);

    /// <summary>Keeps a report whose sequence number the session has just given.</summary>
    public void KeepReport(uint handle, ulong sequence, ReadOnlySpan<byte> frame)
    {
        _reports.Keep(handle, sequence, frame);

        // The number that it was given has marked the record.
        _records.Cached(handle).RetainedFrom = _reports.FirstOf(handle);
    }

    /// <summary>A retained report, or nothing if it is too old or was never written.</summary>
    public ReadOnlySpan<byte> Report(uint handle, ulong sequence) =>
        Exists(handle) ? _reports.Find(handle, sequence) : default;

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

    /// <summary>The handle gets another session: the outcomes and reports of the last one go.</summary>
    public void Forget(uint handle)
    {
        _outcomes.AsSpan().Slice((int)handle * _outcomesPerSession, _outcomesPerSession).Clear();
        _reports.Restart(handle, 1);
    }

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
    }

    private ref RequestOutcomeRecord Outcome(uint handle, ulong sequence) => ref _outcomes[OutcomeIndex(handle, sequence)];

    private uint OutcomeIndex(uint handle, ulong sequence) =>
        (handle * (uint)_outcomesPerSession) + (uint)(sequence & (ulong)(_outcomesPerSession - 1));
}
