using HftDelta.Engine.Collateral;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Accounts;

/// <summary>Accounts are opened, money comes in and goes out. Owner: the engine agent.</summary>
internal sealed class AccountCommands(
    VenueState state, InternalEvents events, MoneyEvents moneyEvents, Matching matching, Holdings holdings)
{
    /// <summary>The most that one deposit or withdrawal moves, in atoms: 7.2e10 USD.</summary>
    public const long MovementMax = 1L << 56;

    /// <summary>The most that the venue holds, in atoms: 1.15e12 USD, so that cash stays far inside 64 bits.</summary>
    public const long DepositedMax = 1L << 60;

    public RejectCode Open(in OpenAccountDecoder message)
    {
        var id = message.AccountId;
        if (id < AccountId.FirstClient)
        {
            return RejectCode.BadParameter;
        }

        if (id >= (uint)state.Accounts.Capacity)
        {
            return RejectCode.CapacityExhausted;
        }

        if (state.Accounts.IsOpen(id))
        {
            return RejectCode.AlreadyExists;
        }

        state.Accounts.Open(id, message.Owner);
        return default;
    }

    public RejectCode Group(in AccountGroupDecoder message)
    {
        var id = message.AccountId;
        if (!state.Accounts.IsOpen(id) || id < AccountId.FirstClient)
        {
            return RejectCode.UnknownAccount;
        }

        state.Accounts.Write(id).Group = message.Group;
        return default;
    }

    public RejectCode Deposit(in DepositDecoder message)
    {
        var id = message.AccountId;

        // Journals hold frames of the version before: all of them are of the quote asset.
        var asset = message.HasAssetId ? message.AssetId : Holdings.Quote;
        var code = Check(id, asset, message.Amount);
        if (code != default)
        {
            return code;
        }

        if (message.DepositId <= state.Accounts.Read(id).LastDepositId)
        {
            return RejectCode.AlreadyExists;
        }

        code = CheckRoom(id, asset, message.Amount);
        if (code != default)
        {
            return code;
        }

        matching.Settle(id);
        state.Accounts.Write(id).LastDepositId = message.DepositId;
        Move(id, asset, message.Amount, message.DepositId, BalanceCause.Deposit);
        return default;
    }

    public RejectCode Withdraw(in WithdrawDecoder message)
    {
        var id = message.AccountId;
        var asset = message.HasAssetId ? message.AssetId : Holdings.Quote;
        var code = Check(id, asset, message.Amount);
        if (code != default)
        {
            return code;
        }

        if (message.WithdrawalId <= state.Accounts.Read(id).LastWithdrawalId)
        {
            return RejectCode.AlreadyExists;
        }

        code = holdings.CheckGive(id, asset, message.Amount);
        if (code != default)
        {
            return code;
        }

        state.Accounts.Write(id).LastWithdrawalId = message.WithdrawalId;
        Move(id, asset, -message.Amount, message.WithdrawalId, BalanceCause.OperatorWithdrawal);
        return default;
    }

    private void Move(uint account, uint asset, long atoms, ulong movementId, BalanceCause cause)
    {
        holdings.MoveOutside(account, asset, atoms);
        var balance = holdings.BalanceOf(account, asset);
        events.CashMoved(account, asset, atoms, balance, movementId);
        moneyEvents.BalanceChanged(account, asset, atoms, balance, movementId, cause);
    }

    private RejectCode Check(uint account, uint asset, long amount)
    {
        if (!state.Accounts.IsOpen(account) || account < AccountId.FirstClient)
        {
            return RejectCode.UnknownAccount;
        }

        if (!holdings.Exists(asset))
        {
            return RejectCode.UnknownAsset;
        }

        return amount is >= 1 and <= MovementMax ? default : RejectCode.BadParameter;
    }

    /// <summary>Whether the venue, and the account, may hold so much more.</summary>
    private RejectCode CheckRoom(uint account, uint asset, long amount)
    {
        if (asset == Holdings.Quote)
        {
            return state.Ledger.DepositedAtoms + amount > DepositedMax ? RejectCode.CapacityExhausted : default;
        }

        ref readonly var listed = ref state.Assets.Read(asset);
        return (Int128)listed.DepositedAtoms + amount > listed.VenueMaxAtoms
            ? RejectCode.AssetLimit
            : holdings.CheckTake(account, asset, amount, out _);
    }
}
