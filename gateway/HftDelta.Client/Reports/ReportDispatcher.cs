using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Reports;

/// <summary>
/// Turns reports, which come in order and once, into outcomes and events. A report answers the request whose number its header
/// carries when its kind can only come of a request; everything else is an event. Owner: the client's thread.
/// </summary>
internal sealed partial class ReportDispatcher(
    RequestTable table, OrderSession session, VenueListener listener, NanoClock clock)
{
    /// <summary>A validated report, in the order of its session.</summary>
    public void Deliver(ushort templateId, ReadOnlySpan<byte> frame)
    {
        var header = ReportHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        table.Confirm(header.RequestSequence + 1);
        if (table.SilentOutstanding > 0)
        {
            AcceptSilentBelow(header.RequestSequence, header.Time);
        }

        switch (templateId)
        {
            case OrderAcceptedDecoder.TemplateId:
                var accepted = OrderAcceptedDecoder.Trusted(frame);
                Resolve(header, OutcomeKind.Accepted, accepted.OrderId, default, 0, accepted.Price);
                break;
            case OrderRejectedDecoder.TemplateId:
                var rejected = OrderRejectedDecoder.Trusted(frame);
                Resolve(header, KindOf(rejected.Code), 0, rejected.Code, rejected.Bound);
                break;
            case OrderCancelRejectedDecoder.TemplateId:
                var refused = OrderCancelRejectedDecoder.Trusted(frame);
                Resolve(header, KindOf(refused.Code), refused.OrderId, refused.Code, refused.Bound);
                break;
            case OrderReplacedDecoder.TemplateId:
                var replaced = OrderReplacedDecoder.Trusted(frame);
                Resolve(header, OutcomeKind.Replaced, replaced.OrderId, default, 0, replaced.Price);
                break;
            case OracleReportRefusedDecoder.TemplateId:
                var code = OracleReportRefusedDecoder.Trusted(frame).Code;
                Resolve(header, KindOf(code), 0, code, 0);
                break;
            case OrderFilledDecoder.TemplateId:
                TellFill(header, OrderFilledDecoder.Trusted(frame));
                break;
            case StrategyLegFilledDecoder.TemplateId:
                TellLegFill(header, StrategyLegFilledDecoder.Trusted(frame));
                break;
            case OrderCanceledDecoder.TemplateId:
                TakeCanceled(header, OrderCanceledDecoder.Trusted(frame));
                break;
            case OrderDecrementedDecoder.TemplateId:
                TellDecrement(header, OrderDecrementedDecoder.Trusted(frame));
                break;
            case OrderRepricedDecoder.TemplateId:
                TellRepricing(header, OrderRepricedDecoder.Trusted(frame));
                break;
            case MassCancelReportDecoder.TemplateId:
                TakeMassCanceled(header, MassCancelReportDecoder.Trusted(frame));
                break;
            case MassQuoteReportDecoder.TemplateId:
                TakeMassQuoted(header, MassQuoteReportDecoder.Trusted(frame));
                break;
            case ProtectionReportDecoder.TemplateId:
                TakeProtection(header, ProtectionReportDecoder.Trusted(frame));
                break;
            case AccountSettledDecoder.TemplateId:
                TellSettlement(header, AccountSettledDecoder.Trusted(frame));
                break;
            default:
                DeliverMoney(templateId, header, frame);
                break;
        }
    }

    /// <summary>The answer to a request that was sent again. No report before it is missing.</summary>
    public void Answer(in RequestOutcomeDecoder answer)
    {
        var sequence = answer.RequestSequence;
        if (!table.IsOutstanding(sequence))
        {
            return;
        }

        if (answer.Known != 0)
        {
            table.Confirm(sequence + 1);
        }

        var code = (RejectCode)answer.RejectCode;
        var kind = answer.Known == 0 ? OutcomeKind.Unknown
            : code != default ? KindOf(code)
            : AppliedKindOf(table.Find(sequence).TemplateId);
        Resolve(sequence, kind, answer.OrderId, code, 0, answer.Header.Time, isRecovered: true);
    }

    /// <summary>Reports will never come; before their loss is told, and before anything that follows them.</summary>
    public void OnReportsLost() => table.DistrustSilence();

    /// <summary>
    /// The callers whose time is up are told that nobody knows. Their requests stay: a number that is missing would stop the
    /// session, and what the venue makes of them is told late. A quote waits for that and asks for nothing meanwhile.
    /// </summary>
    public int GiveUpLate(ulong nowNanos)
    {
        if (nowNanos < table.EarliestAnswerByNanos)
        {
            return 0;
        }

        // Callbacks may add requests, which lower the bound again.
        table.SetEarliestAnswerBy(ulong.MaxValue);
        var earliest = ulong.MaxValue;
        var work = 0;
        for (var sequence = table.Oldest; sequence < table.Next; sequence++)
        {
            if (!table.IsOutstanding(sequence) || table.Find(sequence).IsGivenUp)
            {
                continue;
            }

            var request = table.Find(sequence);
            if (nowNanos < request.AnswerByNanos)
            {
                earliest = Math.Min(earliest, request.AnswerByNanos);
                continue;
            }

            table.GiveUp(sequence);
            var outcome = OutcomeOf(in request, OutcomeKind.Unknown, 0, default, 0, 0, isRecovered: false);
            listener.OnOutcome(in outcome);
            work++;
        }

        table.SetEarliestAnswerBy(Math.Min(earliest, table.EarliestAnswerByNanos));
        return work;
    }

    /// <summary>The venue can no longer be asked about anything that is outstanding.</summary>
    public void GiveUpAll()
    {
        for (var sequence = table.Oldest; sequence < table.Next; sequence++)
        {
            if (table.IsOutstanding(sequence))
            {
                Resolve(sequence, OutcomeKind.Unknown, 0, default, 0, 0, isRecovered: false);
            }
        }
    }

    /// <summary>
    /// A request whose acceptance is not reported was accepted if it is before one that the venue is past: its refusal would
    /// have come before.
    /// </summary>
    private void AcceptSilentBelow(ulong requestSequence, ulong timeNanos)
    {
        for (var sequence = table.Oldest; sequence < requestSequence; sequence++)
        {
            if (table.IsOutstanding(sequence) && table.Find(sequence).IsSilent)
            {
                Resolve(sequence, OutcomeKind.Accepted, 0, default, 0, timeNanos, isRecovered: false);
            }
        }
    }

    private void Resolve(
        in ReportHeaderDecoder header, OutcomeKind kind, ulong order, RejectCode code, long limit, long priceTicks = 0)
    {
        if (table.IsOutstanding(header.RequestSequence))
        {
            Resolve(
                header.RequestSequence, kind, order, code, limit, header.Time, isRecovered: false, priceTicks,
                header.CommandSequence);
        }
    }

    private void Resolve(
        ulong sequence, OutcomeKind kind, ulong order, RejectCode code, long limit, ulong timeNanos, bool isRecovered,
        long priceTicks = 0, ulong command = 0)
    {
        var request = table.Remove(sequence);
        var outcome = OutcomeOf(in request, kind, order, code, limit, timeNanos, isRecovered, priceTicks, command);
        session.Quotes.OnOutcome(in outcome);
        if (!request.IsGivenUp)
        {
            listener.OnOutcome(in outcome);
        }
        else if (kind != OutcomeKind.Unknown)
        {
            listener.OnResolvedLate(in outcome);
        }
    }

    private RequestOutcome OutcomeOf(
        in PendingRequest request, OutcomeKind kind, ulong order, RejectCode code, long limit, ulong timeNanos,
        bool isRecovered, long priceTicks = 0, ulong command = 0) => new()
        {
            Kind = kind,
            Request = table.NumberOf(request.Sequence),
            Command = new CommandSequence((long)command),
            Tag = new RequestTag(request.Tag),
            Instrument = new InstrumentId(request.Instrument),
            OrderId = new OrderId(order),
            Order = new ClientOrderId(request.ClientOrderId),
            Price = new PriceTicks(priceTicks),
            Code = code,
            Limit = limit,
            SentTime = new TimeNanos(request.SentNanos),
            IntendedTime = new TimeNanos(request.IntendedNanos),
            ReceivedTime = clock.Now,
            VenueTime = new TimeNanos(timeNanos),
            IsRecovered = isRecovered,
        };

    private void TellFill(in ReportHeaderDecoder header, in OrderFilledDecoder report)
    {
        var fill = new OrderFill
        {
            Place = PlaceOf(header),
            Instrument = new InstrumentId(report.InstrumentId),
            OrderId = new OrderId(report.OrderId),
            Order = new ClientOrderId(report.ClientOrderId),
            TradeId = report.TradeId,
            Side = (Side)report.Side,
            Price = new PriceTicks(report.Price),
            Quantity = new QuantityLots(report.Quantity),
            Leaves = new QuantityLots(report.Leaves),
            DeltaIndex = new SubAtoms(report.DeltaIndex.ToInt128()),
            Cash = new Atoms(report.Cash),
            Fee = FeeOf(report.HasFee, report.Fee),
            Liquidity = report.Liquidity,
        };
        session.Quotes.OnFill(in fill);
        listener.OnFill(in fill);
    }

    private void TellLegFill(in ReportHeaderDecoder header, in StrategyLegFilledDecoder report)
    {
        var fill = new StrategyLegFill
        {
            Place = PlaceOf(header),
            Instrument = new InstrumentId(report.InstrumentId),
            OrderId = new OrderId(report.OrderId),
            Order = new ClientOrderId(report.ClientOrderId),
            TradeId = report.TradeId,
            Side = (Side)report.Side,
            Price = new PriceTicks(report.Price),
            Quantity = new QuantityLots(report.Quantity),
            DeltaIndex = new SubAtoms(report.DeltaIndex.ToInt128()),
            Cash = new Atoms(report.Cash),
            Fee = FeeOf(report.HasFee, report.Fee),
            Liquidity = report.Liquidity,
        };
        listener.OnLegFill(in fill);
    }

    private void TakeCanceled(in ReportHeaderDecoder header, in OrderCanceledDecoder report)
    {
        if (report.Reason == CancelReason.Requested)
        {
            Resolve(header, OutcomeKind.Canceled, report.OrderId, default, 0);
            return;
        }

        var cancellation = new OrderCancellation
        {
            Place = PlaceOf(header),
            Instrument = new InstrumentId(report.InstrumentId),
            OrderId = new OrderId(report.OrderId),
            Order = new ClientOrderId(report.ClientOrderId),
            Side = (Side)report.Side,
            Quantity = new QuantityLots(report.Quantity),
            Reason = report.Reason,
        };
        session.Quotes.OnCanceled(in cancellation);
        listener.OnCanceled(in cancellation);
    }

    private void TellDecrement(in ReportHeaderDecoder header, in OrderDecrementedDecoder report)
    {
        var decrement = new OrderDecrement
        {
            Place = PlaceOf(header),
            Instrument = new InstrumentId(report.InstrumentId),
            OrderId = new OrderId(report.OrderId),
            Order = new ClientOrderId(report.ClientOrderId),
            Quantity = new QuantityLots(report.Quantity),
            Leaves = new QuantityLots(report.Leaves),
        };
        session.Quotes.OnDecremented(in decrement);
        listener.OnDecremented(in decrement);
    }

    private void TellRepricing(in ReportHeaderDecoder header, in OrderRepricedDecoder report)
    {
        var repricing = new OrderRepricing
        {
            Place = PlaceOf(header),
            Instrument = new InstrumentId(report.InstrumentId),
            OrderId = new OrderId(report.OrderId),
            Order = new ClientOrderId(report.ClientOrderId),
            Side = (Side)report.Side,
            Price = new PriceTicks(report.Price),
            Leaves = new QuantityLots(report.Leaves),
            Reason = report.Reason,
        };
        listener.OnRepriced(in repricing);
    }

    private void TellSettlement(in ReportHeaderDecoder header, in AccountSettledDecoder report)
    {
        var settlement = new AccountSettlement
        {
            Place = PlaceOf(header),
            Account = new AccountId(report.AccountId),
            Positions = (int)report.Positions,
            Amount = new Atoms(report.Amount),
            Cash = new Atoms(report.Cash),
            Dust = new SubAtoms(report.Dust),
            Fee = FeeOf(report.HasFee, report.Fee),
            Funding = FeeOf(report.HasFunding, report.Funding),
            Interest = FeeOf(report.HasInterest, report.Interest),
        };
        listener.OnAccountSettled(in settlement);
    }

    private static ReportPlace PlaceOf(in ReportHeaderDecoder header) => new(
        new ReportSequence(header.Sequence), new CommandSequence((long)header.CommandSequence), new TimeNanos(header.Time));

    /// <summary>A venue of the version before charges none.</summary>
    private static SubAtoms FeeOf(bool isTold, Int128Decoder fee) =>
        isTold ? new SubAtoms(fee.ToInt128()) : default;

    private static OutcomeKind KindOf(RejectCode code) =>
        code == RejectCode.DeadlinePassed ? OutcomeKind.NotApplied : OutcomeKind.Rejected;

    private static OutcomeKind AppliedKindOf(ushort templateId) => templateId switch
    {
        OrderCancelRequestDecoder.TemplateId or MassCancelRequestDecoder.TemplateId
            or WithdrawalCancelRequestDecoder.TemplateId => OutcomeKind.Canceled,
        OrderReplaceRequestDecoder.TemplateId => OutcomeKind.Replaced,
        _ => OutcomeKind.Accepted,
    };
}
