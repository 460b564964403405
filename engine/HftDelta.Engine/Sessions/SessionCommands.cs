using HftDelta.Engine.Pending;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Engine.Sessions;

/// <summary>Sessions come and go as sequenced commands, so a replay cancels the same orders. Owner: the engine agent.</summary>
internal sealed class SessionCommands(VenueState state)
{
    private const SessionRoles KnownRoles = SessionRoles.Trader | SessionRoles.OracleSource | SessionRoles.Operator;

    /// <summary>
    /// A new session, or one that comes back with the same id: its sequences go on and its live orders stay. One that is
    /// still open comes back when its client reconnects before the venue noticed that it was gone; what it says now about
    /// cancel-on-disconnect counts from now on. Nothing is cancelled for it: that is for a client that stays away.
    /// </summary>
    public RejectCode Open(in SessionOpenedDecoder message)
    {
        var handle = message.SessionHandle;
        if (!state.Sessions.CanExist(handle))
        {
            return RejectCode.CapacityExhausted;
        }

        var account = message.AccountId;
        if (account != 0 && !state.Accounts.IsOpen(account))
        {
            return RejectCode.UnknownAccount;
        }

        if ((message.Roles & ~KnownRoles) != 0 || ((message.Roles & SessionRoles.Trader) != 0 && account == 0))
        {
            return RejectCode.BadParameter;
        }

        if (state.Sessions.IsHeldElsewhere(handle, message.SessionId))
        {
            return RejectCode.AlreadyExists;
        }

        var isNew = !state.Sessions.Exists(handle) || TryForget(handle, message);
        if (!isNew && !CanResume(handle, message))
        {
            return RejectCode.AlreadyExists;
        }

        ref var record = ref state.Sessions.Write(handle);
        if (isNew)
        {
            record = new SessionRecord { NextRequest = 1, NextReport = 1, Account = account };
            message.SessionId.CopyTo(record.SessionId);
        }

        record.Roles = message.Roles;
        record.CancelOnDisconnect = message.CancelOnDisconnect;
        record.Status = SessionStatus.Open;
        if (account != 0)
        {
            state.Accounts.Write(account).SessionHandle = handle;
        }

        return default;
    }

    /// <summary>The client is gone; with cancel-on-disconnect its orders follow as pending work.</summary>
    public RejectCode Close(in SessionClosedDecoder message)
    {
        var handle = message.SessionHandle;
        if (!state.Sessions.Exists(handle) || state.Sessions.Read(handle).Status != SessionStatus.Open)
        {
            return RejectCode.BadParameter;
        }

        ref var record = ref state.Sessions.Write(handle);
        record.Status = SessionStatus.Closed;
        if (record.CancelOnDisconnect != 0 && record.FirstOrder != 0 && record.Closing == 0)
        {
            record.Closing = 1;
            state.Pending.Add(PendingKind.CancelSessionOrders, handle);
        }

        return default;
    }

    /// <summary>
    /// A closed session without orders gives its handle to another one: it is forgotten, with its outcomes and reports. Not
    /// one of an oracle source, which is bound to its session for good.
    /// </summary>
    private bool TryForget(uint handle, in SessionOpenedDecoder message)
    {
        ref readonly var record = ref state.Sessions.Read(handle);
        if (record.Status != SessionStatus.Closed || record.Closing != 0 || record.OrderCount != 0 ||
            state.MassCancels.Read(handle).OwnerAccount != 0 ||
            (record.Roles & SessionRoles.OracleSource) != 0 || message.SessionId.SequenceEqual(record.SessionId))
        {
            return false;
        }

        if (record.Account != 0 && state.Accounts.Read(record.Account).SessionHandle == handle)
        {
            state.Accounts.Write(record.Account).SessionHandle = 0;
        }

        state.Sessions.Forget(handle);
        return true;
    }

    private bool CanResume(uint handle, in SessionOpenedDecoder message)
    {
        ref readonly var record = ref state.Sessions.Read(handle);

        // Until the orders of the lost session are gone, a new one could not tell them from its own.
        return record.Closing == 0 && record.Account == message.AccountId &&
            message.SessionId.SequenceEqual(record.SessionId);
    }
}
