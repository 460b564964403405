using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Orders;

// Withdrawals and transfers: docs/money.md.
public sealed partial class OrderSession
{
    /// <summary>
    /// Asks for money to leave the venue. Accepted: it is held and goes with the list of an epoch, or comes back; each step is a
    /// <see cref="VenueListener.OnWithdrawal"/>.
    /// </summary>
    public Submission RequestWithdrawal(in WithdrawalTerms terms, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var deadline = DeadlineOf(terms.Deadline, now);
        var message = WithdrawalRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetAssetId(terms.Asset.Value).SetClientOrderId(_table.Next)
            .SetAmount(terms.Amount.Value);
        var request = Describe(WithdrawalRequestEncoder.TemplateId, message.EncodedLength, default, default, note, now);
        return Send(ref request, deadline, default);
    }

    /// <summary>Takes back what is held and not released yet.</summary>
    public Submission CancelWithdrawal(WithdrawalId withdrawal, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var message = WithdrawalCancelRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline: 0);
        message.SetAccountId(Account.Value).SetClientOrderId(_table.Next).SetWithdrawalId(withdrawal.Value);
        var request = Describe(
            WithdrawalCancelRequestEncoder.TemplateId, message.EncodedLength, default, default, note, now);
        return Send(ref request, deadline: 0, default);
    }

    /// <summary>Gives money to another account of the same owner, at once.</summary>
    public Submission Transfer(in TransferTerms terms, CallNote note = default)
    {
        var code = _sender.Admit();
        if (code != SubmitCode.Sent)
        {
            return Submission.Refused(code);
        }

        var now = _clock.Now;
        var deadline = DeadlineOf(terms.Deadline, now);
        var message = TransferRequestEncoder.Wrap(_table.NextFrame);
        WriteHeader(message.Header, now, deadline);
        message.SetAccountId(Account.Value).SetToAccountId(terms.To.Value).SetAssetId(terms.Asset.Value)
            .SetClientOrderId(_table.Next).SetAmount(terms.Amount.Value);
        var request = Describe(TransferRequestEncoder.TemplateId, message.EncodedLength, default, default, note, now);
        return Send(ref request, deadline, default);
    }
}
