using HftDelta.Engine.Collateral;
using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Withdrawals;

/// <summary>
/// Owners ask for their money: what they ask for is held at once, out of reach of their trading, and goes with the list of an
/// epoch that closes, or comes back. Owner: the engine agent.
/// <para>
/// Invariant: the venue's account of withdrawals holds of each asset what its held withdrawals add up to.
/// </para>
/// </summary>
internal sealed class WithdrawalRequests(VenueState state, MoneyEvents events, Holdings holdings)
{
    public void Apply(uint session, in WithdrawalRequestDecoder message, RejectCode refusal)
    {
        var code = refusal != default ? refusal : Check(session, message);
        var slot = 0u;
        if (code == default)
        {
            holdings.Move(message.AccountId, VenueState.WithdrawalAccount, message.AssetId, message.Amount);
            slot = state.Withdrawals.Add(message.AccountId, message.AssetId, message.Amount);
        }

        state.Sessions.Write(session).PresentRejectCode = (ushort)code;
        events.WithdrawalReport(session, new WithdrawalFacts
        {
            Account = message.AccountId,
            Asset = message.AssetId,
            Atoms = message.Amount,
            Id = state.Withdrawals.Read(slot).Id,
            State = code == default ? WithdrawalState.Held : WithdrawalState.Refused,
            Code = code,
            Bound = code == RejectCode.TooManyWithdrawals ? WithdrawalTable.PerAccountMax : 0,
            ClientOrderId = message.ClientOrderId,
            RequestTemplateId = WithdrawalRequestDecoder.TemplateId,
        });
    }

    public void Apply(uint session, in WithdrawalCancelRequestDecoder message, RejectCode refusal)
    {
        var facts = new WithdrawalFacts
        {
            Account = message.AccountId,
            Id = message.WithdrawalId,
            ClientOrderId = message.ClientOrderId,
            RequestTemplateId = WithdrawalCancelRequestDecoder.TemplateId,
        };
        facts.Code = refusal != default ? refusal : CheckAccount(session, message.AccountId);
        var slot = facts.Code == default ? state.Withdrawals.Find(message.AccountId, message.WithdrawalId) : 0;
        if (slot != 0)
        {
            facts.Asset = state.Withdrawals.Read(slot).Asset;
            facts.Atoms = state.Withdrawals.Read(slot).Atoms;
            facts.State = WithdrawalState.Canceled;
            GiveBack(slot);
        }
        else if (facts.Code == default)
        {
            facts.Code = RejectCode.UnknownWithdrawal;
        }

        state.Sessions.Write(session).PresentRejectCode = (ushort)facts.Code;
        events.WithdrawalReport(session, facts);
    }

    /// <summary>One that is held goes back into its account.</summary>
    public void GiveBack(uint slot)
    {
        var record = state.Withdrawals.Read(slot);
        state.Withdrawals.Remove(slot);
        holdings.Move(VenueState.WithdrawalAccount, record.Account, record.Asset, record.Atoms);
    }

    private RejectCode CheckAccount(uint session, uint account)
    {
        if (!state.Accounts.IsOpen(account))
        {
            return RejectCode.UnknownAccount;
        }

        return state.Sessions.Read(session).Account != account ? RejectCode.AccountNotOfSession : default;
    }

    private RejectCode Check(uint session, in WithdrawalRequestDecoder message)
    {
        var code = CheckAccount(session, message.AccountId);
        if (code != default)
        {
            return code;
        }

        if (!holdings.Exists(message.AssetId))
        {
            return RejectCode.UnknownAsset;
        }

        if (message.Amount is < 1 or > Accounts.AccountCommands.MovementMax)
        {
            return RejectCode.BadQuantity;
        }

        if (state.Withdrawals.CountOf(message.AccountId) >= WithdrawalTable.PerAccountMax)
        {
            return RejectCode.TooManyWithdrawals;
        }

        return state.Withdrawals.HasRoom
            ? holdings.CheckGive(message.AccountId, message.AssetId, message.Amount)
            : RejectCode.CapacityExhausted;
    }
}
