using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Reports;

// Mass cancels, mass quotes and market-maker protection.
internal sealed partial class ReportDispatcher
{
    private readonly QuoteSideOutcomes[] _quoted = new QuoteSideOutcomes[OrderSession.QuoteEntriesMax];

    /// <summary>
    /// Its end may come after later requests, so its header's number is not the request's: its own id is, since the client says
    /// the number for it.
    /// </summary>
    private void TakeMassCanceled(in ReportHeaderDecoder header, in MassCancelReportDecoder report)
    {
        var sequence = report.ClientOrderId;
        var code = (RejectCode)report.Code;
        if (table.IsOutstanding(sequence) && table.Find(sequence).TemplateId == MassCancelRequestDecoder.TemplateId)
        {
            var kind = code == default ? OutcomeKind.Canceled : KindOf(code);
            Resolve(sequence, kind, 0, code, report.Bound, header.Time, isRecovered: false);
        }

        if (code == default)
        {
            var cancellation = new MassCancellation
            {
                Place = PlaceOf(header),
                Request = table.NumberOf(sequence),
                Orders = (int)report.Canceled,
            };
            listener.OnMassCanceled(in cancellation);
        }
    }

    private void TakeMassQuoted(in ReportHeaderDecoder header, in MassQuoteReportDecoder report)
    {
        var code = (RejectCode)report.Code;
        Resolve(header, code == default ? OutcomeKind.Accepted : KindOf(code), 0, code, report.Bound);
        if (code != default)
        {
            return;
        }

        var count = 0;
        foreach (var entry in report.Quotes)
        {
            if (count == _quoted.Length)
            {
                break;
            }

            _quoted[count++] = new QuoteSideOutcomes(
                new InstrumentId(entry.InstrumentId), (RejectCode)entry.BidCode, (RejectCode)entry.AskCode,
                new OrderId(entry.BidOrderId), new OrderId(entry.AskOrderId));
        }

        var result = new MassQuoteResult
        {
            Place = PlaceOf(header),
            Order = new ClientOrderId(report.ClientOrderId),
            Entries = _quoted.AsSpan(0, count),
        };
        listener.OnMassQuoted(in result);
    }

    private void TakeProtection(in ReportHeaderDecoder header, in ProtectionReportDecoder report)
    {
        var code = (RejectCode)report.Code;
        if (report.ClientOrderId != 0)
        {
            Resolve(header, code == default ? OutcomeKind.Accepted : KindOf(code), 0, code, report.Bound);
            return;
        }

        var action = new ProtectionAction
        {
            Place = PlaceOf(header),
            Underlying = new UnderlyingId(report.UnderlyingId),
            FrozenUntil = new TimeNanos(report.FrozenUntil),
        };
        listener.OnProtectionActed(in action);
    }
}
