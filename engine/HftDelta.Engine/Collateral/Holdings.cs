using HftDelta.Engine.Orders;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Settlement;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Collateral;

/// <summary>
/// Moves of any asset, the quote asset among them: what may leave an account, what may come in, and the move itself.
/// Owner: the engine agent.
/// </summary>
internal sealed class Holdings(VenueState state, Margin margin, Matching matching, LiquidityCalls calls)
{
    /// <summary>The quote asset.</summary>
    public const uint Quote = 0;

    public bool Exists(uint asset) => asset == Quote || state.Assets.Exists(asset);

    /// <summary>Whole atoms that an account holds.</summary>
    public long BalanceOf(uint account, uint asset) =>
        asset == Quote ? state.Accounts.Read(account).CashAtoms : state.Balances.AtomsOf(account, asset);

    /// <summary>Whether an account may give so much: it is there, and what stays covers the margin.</summary>
    public RejectCode CheckGive(uint account, uint asset, long atoms)
    {
        if (asset != Quote && state.Balances.AtomsOf(account, asset) < atoms)
        {
            return RejectCode.InsufficientCash;
        }

        var called = calls.CheckGive(account);
        if (called != default)
        {
            return called;
        }

        if (margin.Free(account) < ValueOf(account, asset, atoms))
        {
            return RejectCode.InsufficientMargin;
        }

        // Applying what settlement still owes is right even if the request is then refused: it moves no value.
        matching.Settle(account);
        return asset == Quote && state.Accounts.Read(account).CashAtoms < atoms ? RejectCode.InsufficientCash : default;
    }

    /// <summary>Whether an account may hold so much more of an asset.</summary>
    /// <param name="account">An open account.</param>
    /// <param name="asset">That exists.</param>
    /// <param name="atoms">Above 0.</param>
    /// <param name="bound">The limit that is broken.</param>
    public RejectCode CheckTake(uint account, uint asset, long atoms, out long bound)
    {
        bound = 0;
        if (asset == Quote)
        {
            return default;
        }

        var most = state.Assets.Read(asset).AccountMaxAtoms;
        var slot = state.Balances.Find(account, asset);
        if ((Int128)BalanceOf(account, asset) + atoms > most)
        {
            bound = most;
            return RejectCode.AssetLimit;
        }

        return slot == 0 && !state.Balances.HasRoom ? RejectCode.CapacityExhausted : default;
    }

    /// <summary>A client that receives cash is applied first: interest is for the cash as it was.</summary>
    public void Move(uint from, uint to, uint asset, long atoms)
    {
        if (asset == Quote)
        {
            if (to >= AccountId.FirstClient)
            {
                matching.Settle(to);
            }

            state.Ledger.Move(from, to, (Int128)atoms << Scale.SubAtomBits);
            calls.MoneyCame(to, asset);
            return;
        }

        state.Balances.Move(from, to, asset, atoms);
    }

    /// <summary>From outside the venue, or to it where negative.</summary>
    public void MoveOutside(uint account, uint asset, long atoms)
    {
        if (asset == Quote)
        {
            state.Ledger.MoveOutside(account, atoms);
            calls.MoneyCame(account, asset);
            return;
        }

        state.Assets.Write(asset).DepositedAtoms += atoms;
        state.Balances.MoveOutside(account, asset, atoms);
    }

    /// <summary>What the account's equity falls by when it gives so much, in sub-atoms.</summary>
    private Int128 ValueOf(uint account, uint asset, long atoms)
    {
        if (asset == Quote)
        {
            return (Int128)atoms << Scale.SubAtomBits;
        }

        var held = state.Balances.AtomsOf(account, asset);
        return AssetValue.Of(state, asset, held) - AssetValue.Of(state, asset, held - atoms);
    }
}
