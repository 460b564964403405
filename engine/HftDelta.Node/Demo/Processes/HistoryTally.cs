using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// Counts what a journal holds and what came of it, and audits the public stream as <see cref="PublicTape"/> does: what
/// processes cannot count together, their journal can. One thread.
/// </summary>
internal sealed class HistoryTally(DemoMarket market) : ReplayObserver
{
    public PublicTape Tape { get; } = new(market);

    public long NewOrders { get; private set; }

    public long Cancels { get; private set; }

    public long Replaces { get; private set; }

    public long OracleReports { get; private set; }

    public ulong Epochs { get; private set; }

    public long Accepted { get; private set; }

    public long Rejects { get; private set; }

    public long Fills { get; private set; }

    /// <summary>Fills of each account, both sides of a trade counted.</summary>
    public Dictionary<AccountId, long> FillsOf { get; } = [];

    public long CanceledByExpiry { get; private set; }

    public long CanceledBySessionClose { get; private set; }

    /// <summary>Deposits less withdrawals that the venue reported to its operator.</summary>
    public Int128 MovedAtoms { get; private set; }

    protected override void OnCommand(in RecordView command)
    {
        if (command.Envelope.Source is not (RecordSource.Client or RecordSource.Oracle))
        {
            InternalSchema.TryPeekHeader(command.Frame, out var own);
            Epochs += own.TemplateId == EpochCloseDecoder.TemplateId ? 1UL : 0;
            return;
        }

        HftDeltaSchema.TryPeekHeader(command.Frame, out var header);
        switch ((ushort)header.TemplateId)
        {
            case NewOrderSingleDecoder.TemplateId:
                NewOrders++;
                break;
            case OrderCancelRequestDecoder.TemplateId:
                Cancels++;
                break;
            case OrderReplaceRequestDecoder.TemplateId:
                Replaces++;
                break;
            case OracleReportDecoder.TemplateId:
                OracleReports++;
                break;
            default:
                break;
        }
    }

    protected override void OnEvent(in RingRecord record)
    {
        switch (record.Envelope.Source)
        {
            case RecordSource.MarketData:
                Tape.Take(record.Frame);
                break;
            case RecordSource.Report:
                TakeReport(record.Frame);
                break;
            case RecordSource.Internal:
                InternalSchema.TryPeekHeader(record.Frame, out var header);
                MovedAtoms += QuoteMoves.Of((ushort)header.TemplateId, record.Frame);
                break;
            default:
                break;
        }
    }

    private void TakeReport(ReadOnlySpan<byte> frame)
    {
        HftDeltaSchema.TryPeekHeader(frame, out var header);
        switch ((ushort)header.TemplateId)
        {
            case OrderAcceptedDecoder.TemplateId:
                Accepted++;
                break;
            case OrderRejectedDecoder.TemplateId:
            case OrderCancelRejectedDecoder.TemplateId:
                Rejects++;
                break;
            case OrderFilledDecoder.TemplateId:
                Fills++;
                var account = new AccountId(OrderFilledDecoder.Trusted(frame).AccountId);
                FillsOf[account] = FillsOf.GetValueOrDefault(account) + 1;
                break;
            case OrderCanceledDecoder.TemplateId:
                var reason = OrderCanceledDecoder.Trusted(frame).Reason;
                CanceledByExpiry += reason == CancelReason.InstrumentExpired ? 1 : 0;
                CanceledBySessionClose += reason == CancelReason.SessionClosed ? 1 : 0;
                break;
            default:
                break;
        }
    }
}
