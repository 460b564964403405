using System.Buffers.Binary;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// What each session was told: its last reports, to send them again, and how its last requests ended, to answer duplicates.
/// Filled from what egress releases, and before the agents run from the engine's state; so everything in it is safe.
/// Owner: the egress agent; whoever wires the venue, before that runs.
/// Invariant: the reports of a session are kept without gaps, in the order of their sequence numbers. As many as the engine
/// keeps, or fewer where they are long, as <see cref="FrameHistory"/> says.
/// </summary>
public sealed class SessionStore : IDisposable
{
    /// <summary>The longest report: a mass quote's with all its entries.</summary>
    internal const int ReportLengthMaxBytes = 828;

    /// <summary>Room for each report that is kept: only a mass quote's is longer, and takes the room of older ones.</summary>
    private const int ReportRoomBytes = 192;

    private readonly NativeSlab<Outcome> _outcomes;
    private readonly FrameHistory _reports;
    private readonly uint _outcomesPerSession;

    /// <param name="handleLimit">Session handles are below this.</param>
    /// <param name="reportsPerSession">Reports kept of each; a power of two.</param>
    /// <param name="outcomesPerSession">Outcomes kept of each; a power of two.</param>
    public SessionStore(int handleLimit, int reportsPerSession = 256, int outcomesPerSession = 1_024)
    {
        if (!int.IsPow2(reportsPerSession) || !int.IsPow2(outcomesPerSession))
        {
            throw new ArgumentException("reportsPerSession and outcomesPerSession must be powers of two");
        }

        _outcomesPerSession = (uint)outcomesPerSession;
        _outcomes = new NativeSlab<Outcome>(checked(handleLimit * outcomesPerSession));
        _reports = new FrameHistory(
            handleLimit,
            reportsPerSession,
            int.Max(checked(reportsPerSession * ReportRoomBytes), ReportLengthMaxBytes),
            ReportLengthMaxBytes);
    }

    /// <summary>Sequence number of the report that comes next.</summary>
    public ulong NextReport(SessionHandle session) => Exists(session) ? _reports.NextOf(session.Value) : 1;

    /// <summary>The first report that can be sent again.</summary>
    public ulong RetainedFrom(SessionHandle session) => Exists(session) ? _reports.FirstOf(session.Value) : 1;

    /// <summary>
    /// A session as the engine knows it when the venue starts; its reports and outcomes follow in order.
    /// </summary>
    /// <param name="session">Its handle.</param>
    /// <param name="firstReport">The first report that follows, or the next one if none does.</param>
    public void Restore(SessionHandle session, ulong firstReport) => _reports.Restart(session.Value, firstReport);

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
        if (!Exists(session))
        {
            return;
        }

        var header = ReportHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        var sequence = header.Sequence;
        if (sequence == 0)
        {
            return;
        }

        _reports.Keep(session.Value, sequence, frame);
        KeepOutcome(session.Value, header.RequestSequence, frame);
    }

    /// <summary>A report that is kept; empty when it is too old or was not released yet.</summary>
    public ReadOnlySpan<byte> Report(SessionHandle session, ulong sequence) =>
        Exists(session) ? _reports.Find(session.Value, sequence) : default;

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
        if (!Exists(session) || requestSequence == 0 || requestSequence >= nextRequest
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

    private bool Exists(SessionHandle session) => session.Value < (uint)_reports.Capacity;

    private ref Outcome OutcomeAt(uint session, ulong request) =>
        ref _outcomes.At((session * _outcomesPerSession) + (uint)(request & (_outcomesPerSession - 1)));

    private struct Outcome
    {
        public ulong Sequence;
        public ulong OrderId;
        public ushort RejectCode;
    }
}
