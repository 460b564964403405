using System.Buffers.Binary;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// What each session was told: its last reports, to send them again, and how its last requests ended, to answer duplicates.
/// Filled from what egress releases, and before the agents run from the engine's state; so everything in it is safe.
/// Owner: the egress agent; whoever wires the venue, before that runs.
/// Invariant: the reports of a session are kept without gaps, in the order of their sequence numbers.
/// </summary>
public sealed class SessionStore : IDisposable
{
    /// <summary>The longest report: a mass quote's with all its entries.</summary>
    internal const int ReportLengthMaxBytes = 828;

    /// <summary>A slot holds a length and a report.</summary>
    private const int ReportSlotBytes = 832;

    private readonly NativeSlab<Entry> _entries;
    private readonly NativeSlab<Outcome> _outcomes;
    private readonly NativeSlab<byte> _reports;
    private readonly uint _outcomesPerSession;
    private readonly uint _reportsPerSession;

    /// <param name="handleLimit">Session handles are below this.</param>
    /// <param name="reportsPerSession">Reports kept of each; a power of two.</param>
    /// <param name="outcomesPerSession">Outcomes kept of each; a power of two.</param>
    public SessionStore(int handleLimit, int reportsPerSession = 256, int outcomesPerSession = 1_024)
    {
        if (!int.IsPow2(reportsPerSession) || !int.IsPow2(outcomesPerSession))
        {
            throw new ArgumentException("reportsPerSession and outcomesPerSession must be powers of two");
        }

        _reportsPerSession = (uint)reportsPerSession;
        _outcomesPerSession = (uint)outcomesPerSession;
        _entries = new NativeSlab<Entry>(handleLimit);
        _outcomes = new NativeSlab<Outcome>(checked(handleLimit * outcomesPerSession));
        _reports = new NativeSlab<byte>(checked(handleLimit * reportsPerSession * ReportSlotBytes));
    }

    /// <summary>Sequence number of the report that comes next.</summary>
    public ulong NextReport(SessionHandle session) => Read(session).LastReport + 1;

    /// <summary>The first report that can be sent again.</summary>
    public ulong RetainedFrom(SessionHandle session)
    {
        var entry = Read(session);
        var window = entry.LastReport >= _reportsPerSession ? entry.LastReport - _reportsPerSession + 1 : 1;
        return window > entry.FirstReport ? window : Math.Max(entry.FirstReport, 1);
    }

    /// <summary>
    /// A session as the engine knows it when the venue starts; its reports and outcomes follow in order.
    /// </summary>
    /// <param name="session">Its handle.</param>
    /// <param name="firstReport">The first report that follows, or the next one if none does.</param>
    public void Restore(SessionHandle session, ulong firstReport)
    {
        Check.That(firstReport > 0);
        _entries.At(session.Value) = new Entry { FirstReport = firstReport, LastReport = firstReport - 1 };
    }

    /// <summary>
    /// The engine told of a session whose first report is still to come: what its handle had before belonged to another one.
    /// </summary>
    internal void Begin(SessionHandle session)
    {
        if (NextReport(session) > 1)
        {
            Restore(session, 1);
            _outcomes.AsSpan().Slice((int)(session.Value * _outcomesPerSession), (int)_outcomesPerSession).Clear();
        }
    }

    /// <summary>An outcome as the engine knows it.</summary>
    public void RestoreOutcome(SessionHandle session, ulong requestSequence, OrderId order, ushort rejectCode) =>
        OutcomeAt(session.Value, requestSequence) =
            new Outcome { Sequence = requestSequence, OrderId = order.Value, RejectCode = rejectCode };

    /// <summary>Keeps a report that is released, and what it says about the request that it answers.</summary>
    /// <param name="session">Whose it is.</param>
    /// <param name="frame">Any frame to a session; one without a place among the recoverable reports is not kept.</param>
    public void Keep(SessionHandle session, ReadOnlySpan<byte> frame)
    {
        if (session.Value >= (uint)_entries.Capacity)
        {
            return;
        }

        var header = ReportHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        var sequence = header.Sequence;
        if (sequence == 0)
        {
            return;
        }

        ref var entry = ref _entries[session.Value];
        Check.That(sequence == entry.LastReport + 1);
        Check.That(frame.Length <= ReportSlotBytes - sizeof(int));
        entry.LastReport = sequence;
        var slot = ReportAt(session.Value, sequence);
        BinaryPrimitives.WriteInt32LittleEndian(slot, frame.Length);
        frame.CopyTo(slot[sizeof(int)..]);
        KeepOutcome(session.Value, header.RequestSequence, frame);
    }

    /// <summary>A report that is kept; empty when it is too old or was not released yet.</summary>
    public ReadOnlySpan<byte> Report(SessionHandle session, ulong sequence)
    {
        if (sequence < RetainedFrom(session) || sequence >= NextReport(session))
        {
            return default;
        }

        var slot = ReportAt(session.Value, sequence);
        return slot.Slice(sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(slot));
    }

    /// <summary>How a request ended whose command is safe and released.</summary>
    /// <param name="session">Whose it is.</param>
    /// <param name="requestSequence">The request.</param>
    /// <param name="nextRequest">The request that the venue expects next.</param>
    /// <param name="order">The order that it made or changed; none when it was refused or concerned none.</param>
    /// <param name="rejectCode">0 when it was accepted.</param>
    /// <returns>False when it is too long ago.</returns>
    public bool TryGetOutcome(
        SessionHandle session, ulong requestSequence, ulong nextRequest, out OrderId order, out ushort rejectCode)
    {
        order = default;
        rejectCode = 0;
        if (session.Value >= (uint)_entries.Capacity || requestSequence == 0 || requestSequence >= nextRequest
            || nextRequest - requestSequence > _outcomesPerSession)
        {
            return false;
        }

        ref readonly var outcome = ref OutcomeAt(session.Value, requestSequence);
        if (outcome.Sequence == requestSequence)
        {
            order = new OrderId(outcome.OrderId);
            rejectCode = outcome.RejectCode;
        }

        // Applied, and no report answers it under its number: an oracle report that was accepted, or a mass cancel, whose end
        // may come after later requests.
        return outcome.Sequence <= requestSequence;
    }

    public void Dispose()
    {
        _entries.Dispose();
        _outcomes.Dispose();
        _reports.Dispose();
    }

    /// <summary>Templates that only the request itself causes, and at most one of them for each request.</summary>
    private void KeepOutcome(uint session, ulong request, ReadOnlySpan<byte> frame)
    {
        ulong order = 0;
        ushort code = 0;
        switch (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]))
        {
            case OrderAcceptedDecoder.TemplateId:
                order = OrderAcceptedDecoder.Trusted(frame).OrderId;
                break;
            case OrderReplacedDecoder.TemplateId:
                order = OrderReplacedDecoder.Trusted(frame).OrderId;
                break;
            case OrderCanceledDecoder.TemplateId:
                var canceled = OrderCanceledDecoder.Trusted(frame);
                if (canceled.Reason != CancelReason.Requested)
                {
                    return;
                }

                order = canceled.OrderId;
                break;
            case OrderRejectedDecoder.TemplateId:
                code = (ushort)OrderRejectedDecoder.Trusted(frame).Code;
                break;
            case OrderCancelRejectedDecoder.TemplateId:
                code = (ushort)OrderCancelRejectedDecoder.Trusted(frame).Code;
                break;
            case OracleReportRefusedDecoder.TemplateId:
                code = (ushort)OracleReportRefusedDecoder.Trusted(frame).Code;
                break;
            case MassQuoteReportDecoder.TemplateId:
                code = MassQuoteReportDecoder.Trusted(frame).Code;
                break;
            case MassCancelReportDecoder.TemplateId:
                code = MassCancelReportDecoder.Trusted(frame).Code;
                if (code == 0)
                {
                    return;
                }

                break;
            case ProtectionReportDecoder.TemplateId:
                var protection = ProtectionReportDecoder.Trusted(frame);
                if (protection.ClientOrderId == 0 && protection.Code == 0)
                {
                    // It has acted.
                    return;
                }

                code = protection.Code;
                break;
            default:
                return;
        }

        OutcomeAt(session, request) = new Outcome { Sequence = request, OrderId = order, RejectCode = code };
    }

    private Entry Read(SessionHandle session) =>
        session.Value < (uint)_entries.Capacity ? _entries[session.Value] : default;

    private ref Outcome OutcomeAt(uint session, ulong request) =>
        ref _outcomes.At((session * _outcomesPerSession) + (uint)(request & (_outcomesPerSession - 1)));

    private Span<byte> ReportAt(uint session, ulong sequence)
    {
        var index = (session * _reportsPerSession) + (uint)(sequence & (_reportsPerSession - 1));
        return _reports.AsSpan().Slice(checked((int)(index * ReportSlotBytes)), ReportSlotBytes);
    }

    private struct Entry
    {
        /// <summary>The first report that was kept since the start; 0: all since the first.</summary>
        public ulong FirstReport;
        public ulong LastReport;
    }

    private struct Outcome
    {
        public ulong Sequence;
        public ulong OrderId;
        public ushort RejectCode;
    }
}
