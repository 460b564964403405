using HftDelta.Engine.Collateral;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Wire;

namespace HftDelta.Engine.Withdrawals;

/// <summary>
/// What an epoch's close does with the withdrawals that are held: in the order of their requests each is released into the
/// epoch's list, or comes back where the account's collateral does not cover its margin any more. What the command has no room
/// for stays held for the next epoch. Owner: the engine agent.
/// </summary>
internal sealed class EpochWithdrawals(
    VenueState state, MoneyEvents events, Holdings holdings, WithdrawalRequests requests, Margin margin, EventBudget budget)
{
    /// <summary>The internal event, a report and what a settlement tells.</summary>
    private const int UnitSlots = 6;

    public void CloseEpoch(ulong epoch)
    {
        state.Withdrawals.ForgetReleased();
        for (var left = state.Limits.WithdrawalsPerEpoch; left > 0 && budget.HasRoom(UnitSlots); left--)
        {
            var slot = state.Withdrawals.FirstHeld;
            if (slot == 0)
            {
                return;
            }

            if (margin.Free(state.Withdrawals.Read(slot).Account) >= 0)
            {
                Release(slot, epoch);
            }
            else
            {
                Return(slot);
            }
        }
    }

    private void Release(uint slot, ulong epoch)
    {
        state.Withdrawals.Release(slot, epoch);
        var record = state.Withdrawals.Read(slot);
        holdings.MoveOutside(VenueState.WithdrawalAccount, record.Asset, -record.Atoms);
        events.WithdrawalReleased(record);
        Tell(record, WithdrawalState.Released, default);
    }

    private void Return(uint slot)
    {
        var record = state.Withdrawals.Read(slot);
        requests.GiveBack(slot);
        Tell(record, WithdrawalState.Returned, RejectCode.InsufficientMargin);
    }

    private void Tell(in WithdrawalRecord record, WithdrawalState outcome, RejectCode code)
    {
        var session = state.Accounts.Read(record.Account).SessionHandle;
        if (session != 0)
        {
            events.WithdrawalReport(session, new WithdrawalFacts
            {
                Account = record.Account,
                Asset = record.Asset,
                Atoms = record.Atoms,
                Id = record.Id,
                State = outcome,
                Code = code,
                Epoch = record.Epoch,
            });
        }
    }
}
