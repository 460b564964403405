using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Accounts;

/// <summary>
/// Adds up everything that holds money from nothing, where the engine itself keeps running sums: slow, between commands.
/// </summary>
internal static class MoneyAudit
{
    public static void Run(VenueState state)
    {
        AuditQuote(state);
        for (uint asset = 1; asset < state.Assets.NextId; asset++)
        {
            AuditAsset(state, asset);
        }

        AuditWithdrawals(state);
    }

    /// <summary>
    /// Every account as applied has its gross cash and what the indices paid; together, with the
    /// funding that is not paid on yet, they are the deposits.
    /// </summary>
    private static void AuditQuote(VenueState state)
    {
        Int128 cash = 0;
        Int128 funded = 0;
        Int128 borrowed = 0;
        Int128 idle = 0;
        uint called = 0;
        for (uint id = 0; id < state.Accounts.IdLimit; id++)
        {
            if (!state.Accounts.IsOpen(id))
            {
                continue;
            }

            ref readonly var account = ref state.Accounts.Read(id);
            borrowed += id >= AccountId.FirstClient && account.CashAtoms < 0 ? -(Int128)account.CashAtoms : 0;
            idle += id >= AccountId.FirstClient && account.CashAtoms > 0 ? account.CashAtoms : 0;
            called += account.IsCalled;
            var own = ((Int128)account.CashAtoms << Scale.SubAtomBits) + account.Dust;
            for (var slot = account.FirstPosition; slot != 0; slot = state.Positions.Read(slot).NextOfAccount)
            {
                own -= state.Positions.Read(slot).Quantity * state.Positions.Read(slot).IndexLast;
                funded += state.Positions.Read(slot).Quantity * state.Positions.Read(slot).FundingIndexLast;
            }

            Check.That(own == account.GrossCash);
            cash += own;
        }

        Check.That(borrowed == state.Pool.BorrowedAtoms);
        Check.That(idle == state.Pool.IdleAtoms);
        Check.That(called == state.Pool.CalledCount);
        Check.That(cash + funded == state.Ledger.DepositedAtoms << Scale.SubAtomBits);
    }

    private static void AuditAsset(VenueState state, uint asset)
    {
        Int128 held = 0;
        for (uint id = 0; id < state.Accounts.IdLimit; id++)
        {
            var slot = state.Accounts.IsOpen(id) ? state.Balances.Find(id, asset) : 0;
            if (slot != 0)
            {
                ref readonly var balance = ref state.Balances.Read(slot);
                Check.That(balance.Account == id);
                Check.That(balance.Atoms > 0 || balance.Dust > 0);
                held += ((Int128)balance.Atoms << Scale.SubAtomBits) + balance.Dust;
            }
        }

        Check.That(held == (Int128)state.Assets.Read(asset).DepositedAtoms << Scale.SubAtomBits);
    }

    /// <summary>The venue's account of withdrawals holds what is held, of each asset, and nothing else.</summary>
    private static void AuditWithdrawals(VenueState state)
    {
        Span<Int128> held = stackalloc Int128[EngineLimits.AssetsMax + 1];
        var count = 0;
        ulong last = 0;
        for (var slot = state.Withdrawals.FirstHeld; slot != 0; slot = state.Withdrawals.Read(slot).Next)
        {
            ref readonly var record = ref state.Withdrawals.Read(slot);
            Check.That(record.Id > last);
            Check.That(record.Epoch == 0);
            Check.That(state.Withdrawals.Find(record.Account, record.Id) == slot);
            Check.That(state.Withdrawals.CountOf(record.Account) <= WithdrawalTable.PerAccountMax);
            held[(int)record.Asset] += record.Atoms;
            last = record.Id;
            count++;
        }

        Check.That(count == state.Withdrawals.HeldCount);
        Check.That(state.Accounts.Read(VenueState.WithdrawalAccount).CashAtoms == held[0]);
        for (uint asset = 1; asset < state.Assets.NextId; asset++)
        {
            Check.That(state.Balances.AtomsOf(VenueState.WithdrawalAccount, asset) == held[(int)asset]);
        }
    }
}
