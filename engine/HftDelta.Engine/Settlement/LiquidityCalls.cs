using HftDelta.Engine.Collateral;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// Calls on accounts whose cash is further below 0 than they may borrow: they are told, and until it is mended they take on
/// nothing that needs margin and give nothing away. Accounts are looked at when money comes or is to go, and after settlement
/// ticks in passes over all of them, as pending work, which apply who borrows: nobody else may touch it for long, and as it was
/// last applied it would borrow for nothing. Owner: the engine agent.
/// </summary>
internal sealed class LiquidityCalls(VenueState state, Margin margin, Matching matching, EventEmitter events)
{
    /// <summary>In the id of the pass: prices have moved since it began, so another follows.</summary>
    private const uint AgainBit = 1u << 31;

    /// <summary>Indices or terms have changed: all accounts are looked at.</summary>
    public static void Begin(VenueState state)
    {
        if (!state.Pool.IsOn && state.Pool.CalledCount == 0)
        {
            return;
        }

        if (!state.Pending.TryGet(PendingKind.LookForShortfalls, out var next))
        {
            state.Pending.Add(PendingKind.LookForShortfalls, AccountId.FirstClient);
        }
        else if (next != AccountId.FirstClient)
        {
            state.Pending.Restart(PendingKind.LookForShortfalls, next | AgainBit);
        }
    }

    /// <summary>The pass goes on, to the end of the venue's accounts at most.</summary>
    /// <returns>True when it is over; another round of it is not.</returns>
    public bool Run(ref uint next, ref int units, ref int looks, EventBudget budget)
    {
        while (units > 0 && looks > 0 && budget.HasRoomForUnit)
        {
            var id = next & ~AgainBit;
            if (id >= state.Accounts.IdLimit)
            {
                if ((next & AgainBit) == 0)
                {
                    return true;
                }

                next = AccountId.FirstClient;
                return false;
            }

            next++;
            looks--;
            if (state.Accounts.IsOpen(id) && MayBeShort(id))
            {
                looks -= (int)state.Accounts.Read(id).PositionCount;
                units -= Look(id) ? 1 : 0;
            }
        }

        return false;
    }

    /// <returns>Whether there was something to do.</returns>
    private bool Look(uint account)
    {
        var stand = CashCover.Of(state, margin, account);
        var cash = state.Accounts.Read(account).CashAtoms;
        var due = new SubAtoms(stand.Cash).FloorAtoms;
        var isApplied = state.Pool.IsOn && due != cash && (due < 0 || cash < 0);
        if (isApplied)
        {
            matching.Settle(account);
        }

        return Judge(account, stand) || isApplied;
    }

    /// <summary>Looks at an account and tells it when it comes under a call, or comes out of one.</summary>
    /// <returns>Whether that has changed.</returns>
    public bool Judge(uint account) => Judge(account, CashCover.Of(state, margin, account));

    private bool Judge(uint account, in CashStand stand)
    {
        var shortfall = state.Pool.IsOn ? stand.Shortfall(state.Pool.Terms.ShareOfClaimPpm) : 0;
        var isCalled = shortfall > 0;
        if (isCalled == (state.Accounts.Read(account).IsCalled != 0))
        {
            return false;
        }

        state.Accounts.Write(account).IsCalled = isCalled ? (byte)1 : (byte)0;
        state.Pool.CalledCount += isCalled ? 1 : uint.MaxValue;
        Tell(account, stand, shortfall);
        return true;
    }

    /// <summary>Whether the account may give money away.</summary>
    public RejectCode CheckGive(uint account)
    {
        if (state.Pool.IsOn || state.Accounts.Read(account).IsCalled != 0)
        {
            Judge(account);
        }

        return state.Accounts.Read(account).IsCalled != 0 ? RejectCode.CashShortfall : default;
    }

    /// <summary>Money has come, which may mend it.</summary>
    public void MoneyCame(uint account, uint asset)
    {
        if (asset == Holdings.Quote && state.Accounts.Read(account).IsCalled != 0)
        {
            Judge(account);
        }
    }

    /// <summary>Without positions, and with cash that no position can have taken, nobody is short.</summary>
    private bool MayBeShort(uint account)
    {
        ref readonly var record = ref state.Accounts.Read(account);
        return record.FirstPosition != 0 || record.CashAtoms < 0 || record.IsCalled != 0;
    }

    private void Tell(uint account, in CashStand stand, Int128 shortfall)
    {
        var session = state.Accounts.Read(account).SessionHandle;
        if (session == 0)
        {
            return;
        }

        var message = LiquidityCallEncoder.Wrap(events.Open(LiquidityCallDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(account).SetIsCalled(state.Accounts.Read(account).IsCalled);
        EventEmitter.Write(message.Cash, stand.Cash);
        EventEmitter.Write(message.Claim, stand.Claim);
        EventEmitter.Write(message.Shortfall, shortfall);
        events.Report(message.EncodedLength, session, sequence);
    }
}
