using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Export;

/// <summary>
/// What became of orders: a row for each report of one, and for each request that the operator took out of the journal.
/// One thread.
/// </summary>
internal sealed class OrderRows(ExportTable table)
{
    private readonly OrderRequest _request = new();
    private CommandSequence _sequence;
    private TimeNanos _time;
    private uint _session;

    public void Begin(in RecordView command)
    {
        _sequence = command.Sequence;
        _time = command.Time;
        _request.Take(in command);
        if (command.Envelope.Source == RecordSource.Operator && HftDeltaSchema.TryPeekHeader(command.Frame, out var header)
            && header.TemplateId == CommandQuarantinedDecoder.TemplateId)
        {
            _session = CommandQuarantinedDecoder.Trusted(command.Frame).SessionHandle;
            Row("quarantined", new OrderRow { Reason = Words<RejectCode>.Of(RejectCode.CommandQuarantined) });
        }
    }

    /// <summary>A report to a session.</summary>
    public void Take(ushort template, in RingRecord record)
    {
        _session = record.Envelope.SessionHandle;
        switch (template)
        {
            case OrderAcceptedDecoder.TemplateId:
                Take(OrderAcceptedDecoder.Trusted(record.Frame));
                break;
            case OrderRejectedDecoder.TemplateId:
                Take(OrderRejectedDecoder.Trusted(record.Frame));
                break;
            case OrderFilledDecoder.TemplateId:
                Take(OrderFilledDecoder.Trusted(record.Frame));
                break;
            case OrderCanceledDecoder.TemplateId:
                Take(OrderCanceledDecoder.Trusted(record.Frame));
                break;
            case OrderReplacedDecoder.TemplateId:
                Take(OrderReplacedDecoder.Trusted(record.Frame));
                break;
            case OrderCancelRejectedDecoder.TemplateId:
                Take(OrderCancelRejectedDecoder.Trusted(record.Frame));
                break;
            case OrderRepricedDecoder.TemplateId:
                Take(OrderRepricedDecoder.Trusted(record.Frame));
                break;
            case OrderDecrementedDecoder.TemplateId:
                Take(OrderDecrementedDecoder.Trusted(record.Frame));
                break;
            case MassQuoteReportDecoder.TemplateId:
                Take(MassQuoteReportDecoder.Trusted(record.Frame));
                break;
            default:
                break;
        }
    }

    private void Take(in OrderAcceptedDecoder report)
    {
        var isKnown = _request.Is(_session, report.ClientOrderId);
        Row("accepted", new OrderRow
        {
            Account = report.AccountId,
            Instrument = report.InstrumentId,
            OrderId = report.OrderId,
            ClientOrderId = report.ClientOrderId,
            Side = isKnown ? _request.Side : ExportCell.None,
            Type = isKnown ? _request.Type : ExportCell.None,
            TimeInForce = isKnown ? _request.TimeInForce : ExportCell.None,
            Price = report.Price,
            Lots = report.Quantity,
            Leaves = report.Quantity,
        });
    }

    private void Take(in OrderRejectedDecoder report)
    {
        var row = new OrderRow
        {
            Account = report.AccountId,
            Instrument = report.InstrumentId,
            ClientOrderId = report.ClientOrderId,
            Reason = Words<RejectCode>.Of(report.Code),
            Bound = report.Bound,
        };
        Row("rejected", !_request.Is(_session, report.ClientOrderId) ? row : row with
        {
            Side = _request.Side,
            Type = _request.Type,
            TimeInForce = _request.TimeInForce,
            Price = _request.Price,
            Lots = _request.Lots,
        });
    }

    private void Take(in OrderFilledDecoder report) => Row("filled", new OrderRow
    {
        Account = report.AccountId,
        Instrument = report.InstrumentId,
        OrderId = report.OrderId,
        ClientOrderId = report.ClientOrderId,
        Side = Words<Side>.Of(report.Side),
        Price = report.Price,
        Lots = report.Quantity,
        Leaves = report.Leaves,
        Trade = report.TradeId,
    });

    private void Take(in OrderCanceledDecoder report) => Row("canceled", new OrderRow
    {
        Account = report.AccountId,
        Instrument = report.InstrumentId,
        OrderId = report.OrderId,
        ClientOrderId = report.ClientOrderId,
        Side = Words<Side>.Of(report.Side),
        Lots = report.Quantity,
        Leaves = 0L,
        Reason = Words<CancelReason>.Of(report.Reason),
    });

    private void Take(in OrderReplacedDecoder report) => Row("replaced", new OrderRow
    {
        Account = report.AccountId,
        Instrument = report.InstrumentId,
        OrderId = report.OrderId,
        ClientOrderId = report.ClientOrderId,
        Original = ExportCell.UnlessZero(report.OriginalClientOrderId),
        Side = Words<Side>.Of(report.Side),
        Price = report.Price,
        Lots = report.Quantity,
        Leaves = report.Leaves,
    });

    private void Take(in OrderCancelRejectedDecoder report) => Row(
        report.RequestTemplateId == OrderReplaceRequestDecoder.TemplateId ? "replaceRejected" : "cancelRejected",
        new OrderRow
        {
            Account = report.AccountId,
            Instrument = report.InstrumentId,
            OrderId = ExportCell.UnlessZero(report.OrderId),
            ClientOrderId = ExportCell.UnlessZero(report.ClientOrderId),
            Original = ExportCell.UnlessZero(report.OriginalClientOrderId),
            Reason = Words<RejectCode>.Of(report.Code),
            Bound = report.Bound,
        });

    private void Take(in OrderRepricedDecoder report) => Row("repriced", new OrderRow
    {
        Account = report.AccountId,
        Instrument = report.InstrumentId,
        OrderId = report.OrderId,
        ClientOrderId = report.ClientOrderId,
        Side = Words<Side>.Of(report.Side),
        Price = report.Price,
        Leaves = report.Leaves,
        Reason = Words<RepriceReason>.Of(report.Reason),
    });

    private void Take(in OrderDecrementedDecoder report) => Row("decremented", new OrderRow
    {
        Account = report.AccountId,
        Instrument = report.InstrumentId,
        OrderId = report.OrderId,
        ClientOrderId = report.ClientOrderId,
        Lots = report.Quantity,
        Leaves = report.Leaves,
    });

    /// <summary>A refused one has no entries; of an answered one each side is an order, or was refused.</summary>
    private void Take(in MassQuoteReportDecoder report)
    {
        var account = report.AccountId;
        var clientOrderId = report.ClientOrderId;
        if (report.Code != 0)
        {
            Row("quoteRejected", new OrderRow
            {
                Account = account,
                ClientOrderId = clientOrderId,
                Reason = Words<RejectCode>.Of((RejectCode)report.Code),
                Bound = report.Bound,
            });
            return;
        }

        foreach (var entry in report.Quotes)
        {
            Quote(account, clientOrderId, entry.InstrumentId, Side.Buy, entry.BidOrderId, (RejectCode)entry.BidCode);
            Quote(account, clientOrderId, entry.InstrumentId, Side.Sell, entry.AskOrderId, (RejectCode)entry.AskCode);
        }
    }

    private void Quote(uint account, ulong clientOrderId, uint instrument, Side side, ulong orderId, RejectCode code)
    {
        if (_request.Quote(instrument, side) is not { } asked)
        {
            return;
        }

        Row(orderId == 0 ? "quoteRejected" : "quoted", new OrderRow
        {
            Account = account,
            Instrument = instrument,
            OrderId = ExportCell.UnlessZero(orderId),
            ClientOrderId = clientOrderId,
            Side = Words<Side>.Of(side),
            Price = asked.Price,
            Lots = asked.Lots,
            Leaves = orderId == 0 ? ExportCell.None : asked.Lots,
            Reason = code == default ? ExportCell.None : Words<RejectCode>.Of(code),
        });
    }

    private void Row(string what, in OrderRow row) => table.Row(
        _sequence, _time, what, _session, row.Account, row.Instrument, row.OrderId, row.ClientOrderId, row.Original, row.Side,
        row.Type, row.TimeInForce, row.Price, row.Lots, row.Leaves, row.Trade, row.Reason, row.Bound);

    /// <summary>The columns behind the event; what is not said is empty.</summary>
    private readonly record struct OrderRow
    {
        public ExportCell Account { get; init; }

        public ExportCell Instrument { get; init; }

        public ExportCell OrderId { get; init; }

        public ExportCell ClientOrderId { get; init; }

        public ExportCell Original { get; init; }

        public ExportCell Side { get; init; }

        public ExportCell Type { get; init; }

        public ExportCell TimeInForce { get; init; }

        public ExportCell Price { get; init; }

        public ExportCell Lots { get; init; }

        public ExportCell Leaves { get; init; }

        public ExportCell Trade { get; init; }

        public ExportCell Reason { get; init; }

        public ExportCell Bound { get; init; }
    }
}
