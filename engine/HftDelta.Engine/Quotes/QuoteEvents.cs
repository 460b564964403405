using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>What sessions are told of mass cancels, mass quotes and market-maker protection. Owner: the engine agent.</summary>
internal sealed class QuoteEvents(EventEmitter events)
{
    /// <summary>The most ring slots that a mass quote's report fills.</summary>
    public const int MassQuoteReportSlots = 8;

    public void MassCancelReport(uint session, uint account, ulong clientOrderId, RejectCode code, uint canceled)
    {
        var message = MassCancelReportEncoder.Wrap(events.Open(MassCancelReportDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(account).SetCode((ushort)code).SetClientOrderId(clientOrderId).SetCanceled(canceled).SetBound(0);
        events.Report(message.EncodedLength, session, sequence);
    }

    /// <param name="session">That sent it.</param>
    /// <param name="account">Of the request.</param>
    /// <param name="clientOrderId">Of the request.</param>
    /// <param name="code">Why it changed nothing, or none.</param>
    /// <param name="bound">Of that.</param>
    /// <param name="sides">Bid and ask of each entry; none for a refusal.</param>
    public void MassQuoteReport(
        uint session, uint account, ulong clientOrderId, RejectCode code, long bound, ReadOnlySpan<QuoteSide> sides)
    {
        var message = MassQuoteReportEncoder.Wrap(events.Open(Sessions.SessionTable.ReportLengthMaxBytes));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(account).SetCode((ushort)code).SetClientOrderId(clientOrderId).SetBound(bound);
        var entries = message.SetQuotes(sides.Length / 2);
        for (var index = 0; index < sides.Length; index += 2)
        {
            ref readonly var bid = ref sides[index];
            ref readonly var ask = ref sides[index + 1];
            entries.Next().SetInstrumentId(bid.Instrument).SetBidCode((ushort)bid.Code).SetAskCode((ushort)ask.Code)
                .SetBidOrderId(bid.OrderId).SetAskOrderId(ask.OrderId);
        }

        events.Report(message.EncodedLength, session, sequence);
    }

    /// <param name="session">Whom it is told.</param>
    /// <param name="account">Whose protection.</param>
    /// <param name="underlying">In what.</param>
    /// <param name="clientOrderId">Of the request; 0: it has acted.</param>
    /// <param name="frozenUntil">0: not frozen; the largest value: until the next request.</param>
    /// <param name="code">Why a request was refused, or none.</param>
    public void ProtectionReport(
        uint session, uint account, uint underlying, ulong clientOrderId, ulong frozenUntil, RejectCode code)
    {
        var message = ProtectionReportEncoder.Wrap(events.Open(ProtectionReportDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(account).SetUnderlyingId(underlying).SetClientOrderId(clientOrderId)
            .SetFrozenUntil(frozenUntil).SetCode((ushort)code).SetBound(0);
        events.Report(message.EncodedLength, session, sequence);
    }
}
