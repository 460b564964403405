using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Accounts;

/// <summary>Accounts are opened, money comes in and goes out. Owner: the engine agent.</summary>
internal sealed class AccountCommands(VenueState state, InternalEvents events, Matching matching, Margin margin)
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
        var code = Check(id, message.Amount);
        if (code != default)
        {
            return code;
        }

        if (message.DepositId <= state.Accounts.Read(id).LastDepositId)
        {
            return RejectCode.AlreadyExists;
        }

        if (state.Ledger.DepositedAtoms + message.Amount > DepositedMax)
        {
            return RejectCode.CapacityExhausted;
        }

        matching.Settle(id);
        state.Accounts.Write(id).LastDepositId = message.DepositId;
        state.Ledger.MoveOutside(id, message.Amount);
        events.CashMoved(id, message.Amount, message.DepositId);
        return default;
    }

    public RejectCode Withdraw(in WithdrawDecoder message)
    {
        var id = message.AccountId;
        var code = Check(id, message.Amount);
        if (code != default)
        {
            return code;
        }

        if (message.WithdrawalId <= state.Accounts.Read(id).LastWithdrawalId)
        {
            return RejectCode.AlreadyExists;
        }

        if (margin.Free(id) < (Int128)message.Amount << Scale.SubAtomBits)
        {
            return RejectCode.InsufficientMargin;
        }

        // Applying what settlement still owes is right even if the withdrawal is then refused: it moves no value.
        matching.Settle(id);
        if (state.Accounts.Read(id).CashAtoms < message.Amount)
        {
            return RejectCode.InsufficientCash;
        }

        state.Accounts.Write(id).LastWithdrawalId = message.WithdrawalId;
        state.Ledger.MoveOutside(id, -message.Amount);
        events.CashMoved(id, -message.Amount, message.WithdrawalId);
        return default;
    }

    private RejectCode Check(uint account, long amount)
    {
        if (!state.Accounts.IsOpen(account) || account < AccountId.FirstClient)
        {
            return RejectCode.UnknownAccount;
        }

        return amount is >= 1 and <= MovementMax ? default : RejectCode.BadParameter;
    }
}
