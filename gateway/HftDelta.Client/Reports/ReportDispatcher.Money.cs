using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Reports;

// Withdrawals, transfers and what comes without a request.
internal sealed partial class ReportDispatcher
{
    /// <summary>Reports of money.</summary>
    private void DeliverMoney(ushort templateId, in ReportHeaderDecoder header, ReadOnlySpan<byte> frame)
    {
        switch (templateId)
        {
            case WithdrawalReportDecoder.TemplateId:
                TakeWithdrawal(header, WithdrawalReportDecoder.Trusted(frame));
                break;
            case TransferReportDecoder.TemplateId:
                TakeTransfer(header, TransferReportDecoder.Trusted(frame));
                break;
            case BalanceChangedDecoder.TemplateId:
                TellBalance(header, BalanceChangedDecoder.Trusted(frame));
                break;
            case DeliveryReportDecoder.TemplateId:
                TellDelivery(header, DeliveryReportDecoder.Trusted(frame));
                break;
            case LiquidityCallDecoder.TemplateId:
                TellCall(header, LiquidityCallDecoder.Trusted(frame));
                break;
            default:
                // A later version of the schema: it has its number, and this client has no word for it.
                break;
        }
    }

    /// <summary>An epoch's close tells of withdrawals that no present request asked for: those name no request.</summary>
    private void TakeWithdrawal(in ReportHeaderDecoder header, in WithdrawalReportDecoder report)
    {
        var code = (RejectCode)report.Code;
        if (report.ClientOrderId != 0)
        {
            var kind = code != default ? KindOf(code)
                : report.State == WithdrawalState.Canceled ? OutcomeKind.Canceled
                : OutcomeKind.Accepted;
            Resolve(header, kind, 0, code, report.Bound);
        }

        if (report.State == WithdrawalState.Refused)
        {
            return;
        }

        var step = new WithdrawalStep
        {
            Place = PlaceOf(header),
            Account = new AccountId(report.AccountId),
            Withdrawal = new WithdrawalId(report.WithdrawalId),
            Asset = new AssetId(report.AssetId),
            Amount = new AssetAtoms(report.Amount),
            Balance = new AssetAtoms(report.Balance),
            State = report.State,
            Code = code,
            Epoch = report.Epoch,
        };
        listener.OnWithdrawal(in step);
    }

    private void TakeTransfer(in ReportHeaderDecoder header, in TransferReportDecoder report)
    {
        var code = (RejectCode)report.Code;
        Resolve(header, code == default ? OutcomeKind.Accepted : KindOf(code), 0, code, report.Bound);
        if (code != default)
        {
            return;
        }

        var done = new TransferDone
        {
            Place = PlaceOf(header),
            From = new AccountId(report.AccountId),
            To = new AccountId(report.ToAccountId),
            Asset = new AssetId(report.AssetId),
            Amount = new AssetAtoms(report.Amount),
            Balance = new AssetAtoms(report.Balance),
        };
        listener.OnTransferred(in done);
    }

    private void TellDelivery(in ReportHeaderDecoder header, in DeliveryReportDecoder report)
    {
        var step = new DeliveryStep
        {
            Place = PlaceOf(header),
            Account = new AccountId(report.AccountId),
            Underlying = new UnderlyingId(report.UnderlyingId),
            Obligation = report.ObligationId,
            Amount = report.Amount.ToInt128(),
            Cash = report.Cash.ToInt128(),
            Price = new PriceTicks(report.Price),
            ExpiryTime = new TimeNanos(report.ExpiryTime),
            Deadline = new TimeNanos(report.Deadline),
            State = report.State,
        };
        listener.OnDelivery(in step);
    }

    private void TellCall(in ReportHeaderDecoder header, in LiquidityCallDecoder report)
    {
        var step = new LiquidityStep
        {
            Place = PlaceOf(header),
            Account = new AccountId(report.AccountId),
            IsCalled = report.IsCalled != 0,
            Cash = new SubAtoms(report.Cash.ToInt128()),
            Claim = new SubAtoms(report.Claim.ToInt128()),
            Shortfall = new SubAtoms(report.Shortfall.ToInt128()),
        };
        listener.OnLiquidityCall(in step);
    }

    private void TellBalance(in ReportHeaderDecoder header, in BalanceChangedDecoder report)
    {
        var change = new BalanceChange
        {
            Place = PlaceOf(header),
            Account = new AccountId(report.AccountId),
            Asset = new AssetId(report.AssetId),
            Amount = new AssetAtoms(report.Amount),
            Balance = new AssetAtoms(report.Balance),
            Cause = report.Cause,
            Reference = report.Reference,
        };
        listener.OnBalanceChanged(in change);
    }
}
