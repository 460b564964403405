using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;

namespace HftDelta.Client.Orders;

/// <summary>
/// The calls of a session. Each either is refused here and now, and consumed nothing, or is on its way and ends with exactly one
/// outcome, at the latest when its time is up, whatever happens to the connection. Owner: the client's thread; callbacks may
/// call it.
/// </summary>
public sealed partial class OrderSession
{
    private readonly RequestTable _table;
    private readonly RequestSender _sender;
    private readonly NanoClock _clock;
    private readonly ClientOrderIds _ids;
    private readonly ulong _lifetimeNanos;
    private readonly ulong _answerGraceNanos;
    private readonly ulong _answerWithinNanos;

    internal OrderSession(VenueClientOptions options, RequestTable table, RequestSender sender, NanoClock clock)
    {
        _table = table;
        _sender = sender;
        _clock = clock;
        _lifetimeNanos = options.RequestLifetimeNanos;
        _answerGraceNanos = options.AnswerGraceNanos;
        _answerWithinNanos = options.AnswerWithinNanos;
        _ids = new ClientOrderIds(clock.Now);
        Quotes = new QuoteBook(this, options.QuotesMax);
    }

    /// <summary>Two-sided quotes, which replace and renew their orders themselves.</summary>
    public QuoteBook Quotes { get; }

    /// <summary>The account that the venue gave the session's key; none before it did.</summary>
    public AccountId Account { get; internal set; }

    public SessionRoles Roles { get; internal set; }

    /// <summary>The venue's number for the session.</summary>
    public SessionHandle Handle => _sender.Handle;

    /// <summary>Calls are taken.</summary>
    public bool IsEstablished => _sender.IsEstablished;

    /// <summary>Requests without outcome.</summary>
    public int Outstanding => _table.Outstanding - _table.GivenUp;

    /// <summary>
    /// Requests that ended as unknown and may still be resolved: they hold their places in the window, and each has one
    /// <see cref="VenueListener.OnResolvedLate"/> if the venue can be asked.
    /// </summary>
    public int Unresolved => _table.GivenUp;

    public Submission NewOrder(in OrderTerms terms, CallNote note = default) => NewOrder(in terms, note, lane: 0);

    /// <summary>Cancels by the venue's name of the order.</summary>
    public Submission Cancel(InstrumentId instrument, OrderId order, CallNote note = default) =>
        Cancel(instrument, order, default, note);

    /// <summary>Cancels by the client's present name of the order.</summary>
    public Submission Cancel(InstrumentId instrument, ClientOrderId order, CallNote note = default) =>
        Cancel(instrument, default, order, note);

    public Submission Replace(in ReplaceTerms terms, CallNote note = default) =>
        Replace(in terms, note, ClientOrderIds.LaneOf(terms.Order.Value));

    /// <summary>Reports a price, as an oracle source.</summary>
    /// <param name="terms">The report.</param>
    /// <param name="signature">Over it, as the source signs.</param>
    /// <param name="note">How the call is told apart.</param>
    public Submission ReportPrice(in OracleTerms terms, ReadOnlySpan<byte> signature, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        if (OracleReportEncoder.FrameLength + signature.Length > RequestTable.FrameLengthMaxBytes)
        {
            return Submission.Refused(SubmitCode.TooLong);
        }

        var now = _clock.Now;
        var message = OracleReportEncoder.Wrap(_table.NextFrame);
        var deadline = DeadlineOf(terms.Deadline, now);
        WriteHeader(message.Header, now, deadline);
        message.SetSourceId((uint)terms.Source).SetUnderlyingId(terms.Underlying.Value)
            .SetSourceSequence(terms.SourceSequence).SetSourceTime(terms.SourceTime.Value).SetPrice(terms.Price.Value)
            .SetSignature(signature);
        var request = Describe(OracleReportEncoder.TemplateId, message.EncodedLength, default, default, note, now);
        request.IsSilent = true;
        return Send(ref request, deadline, default);
    }

    internal Submission NewOrder(in OrderTerms terms, CallNote note, int lane)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var id = _ids.Next(lane);
        var deadline = DeadlineOf(terms.Deadline, now);
        var (templateId, length) = terms.IsExtended
            ? (NewOrderExtendedEncoder.TemplateId, EncodeExtended(in terms, id, now, deadline))
            : (NewOrderSingleEncoder.TemplateId, EncodeSingle(in terms, id, now, deadline));
        var request = Describe(templateId, length, terms.Instrument, id, note, now);
        return Send(ref request, deadline, id);
    }

    internal Submission Cancel(InstrumentId instrument, OrderId venueOrder, ClientOrderId order, CallNote note)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        // No deadline: an order that is to go is to go, however late.
        var now = _clock.Now;
        var message = OrderCancelRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline: 0);
        message.SetAccountId(Account.Value).SetInstrumentId(instrument.Value).SetOrderId(venueOrder.Value)
            .SetOriginalClientOrderId(venueOrder.Value == 0 ? order.Value : 0).SetClientOrderId(_table.Next);
        var request = Describe(OrderCancelRequestEncoder.TemplateId, message.EncodedLength, instrument, order, note, now);
        return Send(ref request, deadline: 0, default);
    }

    internal Submission Replace(in ReplaceTerms terms, CallNote note, int lane)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var id = _ids.Next(lane);
        var message = OrderReplaceRequestEncoder.Wrap(_table.NextFrame);
        var deadline = DeadlineOf(terms.Deadline, now);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetInstrumentId(terms.Instrument.Value).SetOrderId(terms.OrderId.Value)
            .SetOriginalClientOrderId(terms.OrderId.Value == 0 ? terms.Order.Value : 0).SetClientOrderId(id.Value)
            .SetPrice(terms.Price.Value).SetQuantity(terms.Quantity.Value);
        var request = Describe(
            OrderReplaceRequestEncoder.TemplateId, message.EncodedLength, terms.Instrument, id, note, now);
        return Send(ref request, deadline, id);
    }

    private int EncodeSingle(in OrderTerms terms, ClientOrderId id, TimeNanos now, ulong deadline)
    {
        var message = NewOrderSingleEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetInstrumentId(terms.Instrument.Value).SetClientOrderId(id.Value)
            .SetPrice(terms.Price.Value).SetQuantity(terms.Quantity.Value).SetExpireTime(terms.ExpireTime.Value)
            .SetSide((Wire.Side)terms.Side).SetOrderType(terms.Type).SetTimeInForce(terms.TimeInForce)
            .SetExecutionFlags(terms.Flags).SetSelfTradePrevention(terms.SelfTradePrevention);
        return message.EncodedLength;
    }

    private int EncodeExtended(in OrderTerms terms, ClientOrderId id, TimeNanos now, ulong deadline)
    {
        var message = NewOrderExtendedEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetInstrumentId(terms.Instrument.Value).SetClientOrderId(id.Value)
            .SetPrice(terms.Price.Value).SetQuantity(terms.Quantity.Value)
            .SetMinimumQuantity(terms.MinimumQuantity.Value).SetDisplayQuantity(terms.DisplayQuantity.Value)
            .SetExpireTime(terms.ExpireTime.Value).SetTriggerPrice(terms.TriggerPrice.Value)
            .SetTrailingAmount(terms.TrailingAmount).SetPegOffset(terms.PegOffset)
            .SetSide((Wire.Side)terms.Side).SetOrderType(terms.Type).SetTimeInForce(terms.TimeInForce)
            .SetExecutionFlags(terms.Flags).SetSelfTradePrevention(terms.SelfTradePrevention)
            .SetTriggerSource(terms.TriggerSource).SetTrailingUnit(terms.TrailingUnit);
        return message.EncodedLength;
    }

    private Submission Send(ref PendingRequest request, ulong deadline, ClientOrderId order)
    {
        request.AnswerByNanos = AnswerBy(deadline, request.SentNanos);
        var code = _sender.TrySend(in request, out var number);
        return code == SubmitCode.Sent ? new Submission(code, number, order) : Submission.Refused(code);
    }

    private ulong DeadlineOf(TimeNanos? asked, TimeNanos now) =>
        asked?.Value ?? (_lifetimeNanos == 0 ? 0 : now.Value + _lifetimeNanos);

    private ulong AnswerBy(ulong deadline, ulong sentNanos)
    {
        var (from, patience) = deadline == 0
            ? (sentNanos, _answerWithinNanos)
            : (Math.Max(deadline, sentNanos), _answerGraceNanos);
        return patience < ulong.MaxValue - from ? from + patience : ulong.MaxValue;
    }

    private void WriteHeader(RequestHeaderEncoder header, TimeNanos now, ulong deadline) =>
        header.SetSessionHandle(_sender.Handle.Value).SetSequence(_table.Next).SetSendingTime(now.Value)
            .SetDeadline(deadline);

    private static PendingRequest Describe(
        ushort templateId, int lengthBytes, InstrumentId instrument, ClientOrderId order, CallNote note, TimeNanos now) => new()
        {
            SentNanos = now.Value,
            AskedNanos = now.Value,
            IntendedNanos = note.IntendedTime.Value == 0 ? now.Value : note.IntendedTime.Value,
            ClientOrderId = order.Value,
            Tag = note.Tag.Value,
            Instrument = instrument.Value,
            TemplateId = templateId,
            LengthBytes = (ushort)lengthBytes,
        };
}
