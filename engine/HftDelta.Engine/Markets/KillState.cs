using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>
/// The venue's kill switch, the sequencer's word that its journal has no room for new orders, and the walk that ends the orders
/// of killed accounts. Part of the engine's state. Owner: the engine agent. There is one walk: switching
/// on with cancels while it is under way begins it again, over all accounts killed since
/// it first began. An account is marked with the number of the walk, so ending a walk takes every mark away.
/// </summary>
internal sealed class KillState(VenueState state)
{
    /// <summary>No new orders of anyone.</summary>
    public bool IsVenueOn { get; set; }

    /// <summary>The journal has no room for new orders; only what makes the book smaller is taken.</summary>
    public bool IsOutOfRoom { get; set; }

    /// <summary>Live orders of marked accounts are being ended, as pending work.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>The number of the present or next walk.</summary>
    public ulong Walk { get; private set; } = 1;

    /// <summary>The last walk that ended, or ends, everyone's orders.</summary>
    public ulong VenueWalk { get; private set; }

    /// <summary>The last command that began the walk, or began it again.</summary>
    public long BegunBy { get; private set; }

    /// <summary>Orders that the walk has ended, those included that a sweep met first.</summary>
    public ulong EndedOrders { get; set; }

    /// <summary>Everyone's orders are being ended.</summary>
    public bool IsEndingAll => IsEnding && VenueWalk == Walk;

    /// <summary>Why new orders of the account are refused; none when they are taken.</summary>
    public RejectCode RefusalOf(uint account)
    {
        if (IsVenueOn || state.Accounts.Read(account).IsKilled != 0)
        {
            return RejectCode.KillSwitch;
        }

        return IsOutOfRoom ? RejectCode.JournalOutOfRoom : default;
    }

    /// <summary>The account's orders are being ended: none of them is filled.</summary>
    public bool IsEndingOrdersOf(uint account) =>
        IsEnding && (VenueWalk == Walk || state.Accounts.Read(account).KillWalk == Walk);

    /// <param name="account">Whose orders end; 0: everyone's.</param>
    public void Begin(uint account)
    {
        IsEnding = true;
        BegunBy = state.Sequence;
        if (account == 0)
        {
            VenueWalk = Walk;
        }
        else
        {
            state.Accounts.Write(account).KillWalk = Walk;
        }
    }

    public void End()
    {
        IsEnding = false;
        BegunBy = 0;
        EndedOrders = 0;
        Walk++;
    }
}
