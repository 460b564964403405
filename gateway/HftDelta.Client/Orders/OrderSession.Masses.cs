using HftDelta.Client.Requests;
using HftDelta.Wire;

namespace HftDelta.Client.Orders;

// Calls that concern many orders: mass cancels, mass quotes, market-maker protection.
public sealed partial class OrderSession
{
    /// <summary>Entries of one mass quote.</summary>
    public const int QuoteEntriesMax = 30;

    /// <summary>
    /// Ends orders of the account. The outcome comes when all are gone, which may be after outcomes of later calls.
    /// </summary>
    public Submission MassCancel(in MassCancelTerms terms, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        // No deadline: orders that are to go are to go, however late.
        var now = _clock.Now;
        var message = MassCancelRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline: 0);
        message.SetAccountId(Account.Value).SetInstrumentId(terms.Instrument.Value).SetUnderlyingId(terms.Underlying.Value)
            .SetSide(terms.Side).SetClientOrderId(_table.Next).SetLowestPrice(terms.LowestPrice.Value)
            .SetHighestPrice(terms.HighestPrice.Value);
        var request = Describe(
            MassCancelRequestEncoder.TemplateId, message.EncodedLength, terms.Instrument, default, note, now);
        return Send(ref request, deadline: 0, default);
    }

    /// <summary>
    /// Quotes many instruments at once, for those who keep their quotes themselves: <see cref="Quotes"/> knows nothing of these
    /// orders. All of them have the name that the submission tells.
    /// </summary>
    /// <param name="terms">Of the quote.</param>
    /// <param name="entries">At most <see cref="QuoteEntriesMax"/>, each instrument once.</param>
    /// <param name="note">How the call is told apart.</param>
    public Submission MassQuote(in MassQuoteTerms terms, ReadOnlySpan<QuoteEntry> entries, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        if (entries.Length > QuoteEntriesMax)
        {
            return Submission.Refused(SubmitCode.TooLong);
        }

        var now = _clock.Now;
        var id = _ids.Next(lane: 0);
        var deadline = DeadlineOf(terms.Deadline, now);
        var message = MassQuoteEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetUnderlyingId(terms.Underlying.Value).SetClientOrderId(id.Value)
            .SetExecutionFlags(terms.IsProtected ? ExecutionFlags.MarketMakerProtection : default);
        var group = message.SetQuotes(entries.Length);
        foreach (ref readonly var entry in entries)
        {
            group.Next().SetInstrumentId(entry.Instrument.Value)
                .SetBidPrice(entry.BidPrice.Value).SetBidQuantity(entry.BidQuantity.Value)
                .SetAskPrice(entry.AskPrice.Value).SetAskQuantity(entry.AskQuantity.Value);
        }

        var request = Describe(MassQuoteEncoder.TemplateId, message.EncodedLength, default, id, note, now);
        return Send(ref request, deadline, id);
    }

    /// <summary>Sets or resets market-maker protection; a reset ends a freeze and begins to count anew.</summary>
    public Submission SetProtection(in ProtectionTerms terms, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var message = ProtectionRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline: 0);
        message.SetAccountId(Account.Value).SetUnderlyingId(terms.Underlying.Value).SetClientOrderId(_table.Next)
            .SetWindowNanos(terms.WindowNanos).SetFreezeNanos(terms.FreezeNanos)
            .SetQuantityLimit(terms.QuantityLimit.Value).SetDeltaLimit(terms.DeltaLimit.Value)
            .SetCountLimit(terms.CountLimit);
        var request = Describe(ProtectionRequestEncoder.TemplateId, message.EncodedLength, default, default, note, now);
        return Send(ref request, deadline: 0, default);
    }
}
