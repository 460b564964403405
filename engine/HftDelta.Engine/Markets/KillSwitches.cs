using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using CancelReason = HftDelta.Wire.CancelReason;

namespace HftDelta.Engine.Markets;

/// <summary>
/// The operator stops an account, or everyone: no new orders, and if asked for, the end of those that live, as pending work in
/// the order of the sessions' handles, newest order first. Owner: the engine agent.
/// </summary>
internal sealed class KillSwitches(VenueState state, SessionOrders sessionOrders, InternalEvents events)
{
    private const uint FirstSession = 1;

    public RejectCode Set(in KillSwitchDecoder message)
    {
        var account = message.AccountId;
        if (account != 0 && (account < AccountId.FirstClient || !state.Accounts.IsOpen(account)))
        {
            return RejectCode.UnknownAccount;
        }

        if (message.On > 1 || message.CancelOrders > message.On)
        {
            return RejectCode.BadParameter;
        }

        // Orders that came after would be ended with those that the switch was meant for.
        if (message.On == 0 && IsEnding(account))
        {
            return RejectCode.RequestOutstanding;
        }

        if (account == 0)
        {
            state.Kills.IsVenueOn = message.On != 0;
        }
        else
        {
            state.Accounts.Write(account).IsKilled = message.On;
        }

        if (message.CancelOrders != 0)
        {
            state.Kills.Begin(account);
            state.Pending.Restart(PendingKind.EndKilledOrders, FirstSession);
        }

        return default;
    }

    /// <summary>Goes on with the walk over the sessions.</summary>
    /// <param name="session">Where it stands.</param>
    /// <param name="units">How many orders it may end; lowered by those ended.</param>
    /// <returns>True when it is done.</returns>
    public bool Run(ref uint session, ref int units)
    {
        for (; session < state.Sessions.HandleLimit; session++)
        {
            if (!state.Sessions.Exists(session) || !state.Kills.IsEndingOrdersOf(state.Sessions.Read(session).Account))
            {
                continue;
            }

            if (!sessionOrders.End(session, CancelReason.KillSwitch, ref units))
            {
                return false;
            }
        }

        events.CommandCompleted(KillSwitchDecoder.TemplateId, state.Kills.BegunBy, state.Kills.EndedOrders);
        state.Kills.End();
        return true;
    }

    /// <summary>Of the venue while anyone's orders are being ended.</summary>
    private bool IsEnding(uint account) =>
        account == 0 ? state.Kills.IsEndingAll : state.Kills.IsEndingOrdersOf(account);
}
