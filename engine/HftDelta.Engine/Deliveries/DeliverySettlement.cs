using HftDelta.Engine.Collateral;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Deliveries;

/// <summary>
/// Settles an expiry's obligations at their deadline where the underlying is an asset of the venue. Who gives is paired with who
/// takes in the order of their places: asset against cash at the expiry's price, both at once or neither, as much as both
/// have. An account that does not have all of its side fails for the rest, and the cash settlement at expiry stands for what is
/// left; those who failed pay the penalty to those who would have. Bounded parts before each command. Owner: the engine agent.
/// <para>
/// Exactness: all that is delivered of an expiry lies on one line from 0, and what goes from a to b on it is
/// floor(b x k) - floor(a x k) atoms of the asset, so all together are floor(total x k) however they are cut. Penalties are whole
/// atoms, rounded up for who pays and down for who receives; the venue's account keeps the rest.
/// </para>
/// </summary>
internal sealed class DeliverySettlement(
    VenueState state, Margin margin, Matching matching, Holdings holdings, MoneyEvents money, DeliveryObligations obligations,
    EventBudget budget)
{
    private const int Million = 1_000_000;
    private const int RatioBits = 32;

    /// <summary>More than any asset's value in atoms: beyond it more cash makes no difference, and it can be scaled.</summary>
    private static Int128 CashLimit => Int128.One << 90;

    /// <summary>Deadlines have passed: the work begins.</summary>
    public static void BeginIfDue(VenueState state)
    {
        if (state.TimeNanos >= state.Delivery.StartTime)
        {
            ref var pass = ref state.Delivery.Write;
            pass = new DeliveryPassRecord { NextTime = ulong.MaxValue, Phase = DeliveryPhase.Find, Next = 1 };
            state.Pending.Add(PendingKind.SettleDeliveries, 0);
        }
    }

    /// <summary>Goes on.</summary>
    /// <returns>True when nothing is due any more.</returns>
    public bool Run(ref int units, ref int looks)
    {
        while (looks > 0 && units > 0 && budget.HasRoomForStrategyUnit)
        {
            looks--;
            switch (state.Delivery.Read.Phase)
            {
                case DeliveryPhase.Find:
                    Find();
                    break;
                case DeliveryPhase.Swap:
                    units -= Pair() ? 1 : 0;
                    break;
                case DeliveryPhase.Judge:
                    units -= Judge() ? 1 : 0;
                    break;
                case DeliveryPhase.End:
                    units -= End() ? 1 : 0;
                    break;
                default:
                    return true;
            }
        }

        return state.Delivery.Read.Phase == DeliveryPhase.None;
    }

    private void Find()
    {
        ref var pass = ref state.Delivery.Write;
        if (pass.Next < state.Obligations.SlotLimit)
        {
            Consider(ref pass, state.Obligations.Read(pass.Next++));
            return;
        }

        pass.Phase = pass.Point == 0 ? DeliveryPhase.None : DeliveryPhase.Swap;
        pass.Next = 1;
        pass.NextTaker = 1;
    }

    private void Consider(ref DeliveryPassRecord pass, in ObligationRecord obligation)
    {
        if (obligation.Id == 0)
        {
            return;
        }

        ref readonly var point = ref state.Points.Read(obligation.Point);
        var deadline = point.DeliveryDeadline;
        if (deadline > state.TimeNanos)
        {
            pass.NextTime = deadline < pass.NextTime ? deadline : pass.NextTime;
            return;
        }

        // What is netted comes together first; the end of the last instrument is noted. In a full table nothing more can come.
        var asset = point.DeliveringCount != 0 && state.Obligations.HasRoom ? 0 : AssetOf(state, obligation.Point);
        if (asset != 0 && (pass.Point == 0 || deadline < state.Points.Read(pass.Point).DeliveryDeadline))
        {
            pass.Point = obligation.Point;
            pass.Asset = asset;
        }
    }

    /// <summary>The asset that is worth the price of a point's underlying, or 0.</summary>
    public static uint AssetOf(VenueState state, uint point)
    {
        for (uint asset = 1; asset < state.Assets.NextId; asset++)
        {
            if (state.Assets.Read(asset).Underlying == state.Points.Read(point).Underlying)
            {
                return asset;
            }
        }

        return 0;
    }

    /// <returns>True when two were paired, or one failed.</returns>
    private bool Pair()
    {
        ref var pass = ref state.Delivery.Write;
        var limit = state.Obligations.SlotLimit;
        if (pass.Next >= limit || pass.NextTaker >= limit)
        {
            pass.Phase = DeliveryPhase.Judge;
            pass.Next = 1;
            return false;
        }

        ref readonly var giver = ref state.Obligations.Read(pass.Next);
        if (!IsOpen(giver, pass) || giver.Amount > 0)
        {
            pass.Next++;
            return false;
        }

        ref readonly var taker = ref state.Obligations.Read(pass.NextTaker);
        if (!IsOpen(taker, pass) || taker.Amount < 0)
        {
            pass.NextTaker++;
            return false;
        }

        var amount = -giver.Amount < taker.Amount ? -giver.Amount : taker.Amount;
        var most = Accounts.AccountCommands.MovementMax / giver.Price;
        amount = amount < most ? amount : most;
        var given = MostOf(giver, pass, amount);
        var taken = given == 0 ? 0 : MostOf(taker, pass, given);
        if (given < amount && taken == given)
        {
            state.Obligations.Write(pass.Next).IsFailed = 1;
        }
        else if (taken < given)
        {
            state.Obligations.Write(pass.NextTaker).IsFailed = 1;
        }

        if (taken != 0)
        {
            Swap(ref pass, taken);
        }

        return true;
    }

    /// <summary>
    /// How much of an amount an account can give or take. What it loses by more grows, so what it can is one stretch from 0.
    /// </summary>
    private Int128 MostOf(in ObligationRecord obligation, in DeliveryPassRecord pass, Int128 amount)
    {
        matching.Settle(obligation.Account);
        var free = margin.Free(obligation.Account);
        if (Can(obligation, pass, amount, free))
        {
            return amount;
        }

        Int128 can = 0;
        for (var cannot = amount; cannot - can > 1;)
        {
            var middle = can + ((cannot - can) >> 1);
            if (Can(obligation, pass, middle, free))
            {
                can = middle;
            }
            else
            {
                cannot = middle;
            }
        }

        return can;
    }

    private static bool IsOpen(in ObligationRecord obligation, in DeliveryPassRecord pass) =>
        obligation.Id != 0 && obligation.Point == pass.Point && obligation.IsFailed == 0;

    private void Swap(ref DeliveryPassRecord pass, Int128 amount)
    {
        var (from, to) = (pass.Next, pass.NextTaker);
        ref readonly var giver = ref state.Obligations.Read(from);
        ref readonly var taker = ref state.Obligations.Read(to);
        var atoms = (long)(AtomsOf(pass.Asset, pass.Delivered + amount) - AtomsOf(pass.Asset, pass.Delivered));
        var cash = (long)(amount * giver.Price);
        holdings.Move(giver.Account, taker.Account, pass.Asset, atoms);
        holdings.Move(taker.Account, giver.Account, Holdings.Quote, cash);
        pass.Delivered += amount;
        Tell(giver.Account, pass.Asset, -atoms, giver.Id, BalanceCause.Delivery);
        Tell(giver.Account, Holdings.Quote, cash, giver.Id, BalanceCause.Delivery);
        Tell(taker.Account, pass.Asset, atoms, taker.Id, BalanceCause.Delivery);
        Tell(taker.Account, Holdings.Quote, -cash, taker.Id, BalanceCause.Delivery);
        obligations.Deliver(from, -amount);
        obligations.Deliver(to, amount);
    }

    /// <returns>True when an obligation was judged.</returns>
    private bool Judge()
    {
        ref var pass = ref state.Delivery.Write;
        if (pass.Next >= state.Obligations.SlotLimit)
        {
            pass.Phase = DeliveryPhase.End;
            pass.Next = 1;
            return false;
        }

        var slot = pass.Next++;
        ref readonly var left = ref state.Obligations.Read(slot);
        if (left.Id == 0 || left.Point != pass.Point)
        {
            return false;
        }

        var isGiver = left.Amount < 0;
        if (left.IsFailed == 0)
        {
            matching.Settle(left.Account);
            var isReady = Can(left, pass, isGiver ? -left.Amount : left.Amount, margin.Free(left.Account));
            state.Obligations.Write(slot).IsFailed = isReady ? (byte)0 : (byte)1;
        }

        ref var sum = ref isGiver
            ? ref left.IsFailed != 0 ? ref pass.FailedToGive : ref pass.ReadyToGive
            : ref left.IsFailed != 0 ? ref pass.FailedToTake : ref pass.ReadyToTake;
        sum += isGiver ? -left.Amount : left.Amount;
        return true;
    }

    /// <returns>True when an obligation ended.</returns>
    private bool End()
    {
        ref var pass = ref state.Delivery.Write;
        if (pass.Next >= state.Obligations.SlotLimit)
        {
            pass = new DeliveryPassRecord { NextTime = ulong.MaxValue, Phase = DeliveryPhase.Find, Next = 1 };
            return false;
        }

        var slot = pass.Next++;
        ref readonly var left = ref state.Obligations.Read(slot);
        if (left.Id == 0 || left.Point != pass.Point)
        {
            return false;
        }

        // Failed givers owe those takers who would have taken, and the other way round.
        var isGiver = left.Amount < 0;
        var isFailed = left.IsFailed != 0;
        var failed = isGiver == isFailed ? pass.FailedToGive : pass.FailedToTake;
        var ready = isGiver == isFailed ? pass.ReadyToTake : pass.ReadyToGive;
        Penalize(left, isFailed, failed, ready);
        obligations.End(slot, isFailed ? DeliveryState.Failed : DeliveryState.Lapsed);
        return true;
    }

    /// <param name="left">What ends.</param>
    /// <param name="isFailed">It pays; else it receives.</param>
    /// <param name="failed">Amount of all that pay.</param>
    /// <param name="ready">Amount of all that receive.</param>
    private void Penalize(in ObligationRecord left, bool isFailed, Int128 failed, Int128 ready)
    {
        var amount = left.Amount < 0 ? -left.Amount : left.Amount;
        var matched = failed < ready ? failed : ready;
        if (matched == 0)
        {
            return;
        }

        var all = isFailed ? failed : ready;
        var ratio = ((matched << RatioBits) + (isFailed ? all - 1 : 0)) / all;
        var atoms = PenaltyAtoms(amount * left.Price, state.Points.Read(left.Point).PenaltyPpm, ratio, isFailed);
        if (atoms == 0)
        {
            return;
        }

        matching.Settle(left.Account);
        holdings.Move(
            isFailed ? left.Account : VenueState.DeliveryAccount, isFailed ? VenueState.DeliveryAccount : left.Account,
            Holdings.Quote, atoms);
        Tell(left.Account, Holdings.Quote, isFailed ? -atoms : atoms, left.Id, BalanceCause.DeliveryPenalty);
    }

    /// <summary>value x parts per million x ratio / 2^32 in atoms. Divided first: the product could leave 128 bits.</summary>
    private static long PenaltyAtoms(Int128 value, uint partsPerMillion, Int128 ratio, bool isRoundedUp)
    {
        var whole = value / Million * partsPerMillion * ratio;
        var rest = value % Million * partsPerMillion * ratio;
        var product = whole + (isRoundedUp ? (rest + Million - 1) / Million : rest / Million);
        return (long)((product + (isRoundedUp ? (Int128.One << RatioBits) - 1 : 0)) >> RatioBits);
    }

    /// <summary>What the penalties of an account's open obligations would be: it keeps that much.</summary>
    public static Int128 ReserveOf(VenueState state, uint account)
    {
        Int128 reserve = 0;
        for (var slot = state.Accounts.Read(account).FirstObligation; slot != 0; slot = state.Obligations.Read(slot).Next)
        {
            ref readonly var obligation = ref state.Obligations.Read(slot);
            var amount = obligation.Amount < 0 ? -obligation.Amount : obligation.Amount;
            reserve += (Int128)PenaltyAtoms(
                amount * obligation.Price, state.Points.Read(obligation.Point).PenaltyPpm, Int128.One << RatioBits,
                isRoundedUp: true) << Scale.SubAtomBits;
        }

        return reserve;
    }

    /// <summary>Whether a settled account with so much free margin can give or take so much.</summary>
    private bool Can(in ObligationRecord obligation, in DeliveryPassRecord pass, Int128 amount, Int128 free) =>
        obligation.Amount < 0 ? CanGive(obligation, pass, amount, free) : CanTake(obligation, pass, amount, free);

    /// <summary>Whether the account has the asset, and may be without it when it has the cash.</summary>
    private bool CanGive(in ObligationRecord obligation, in DeliveryPassRecord pass, Int128 amount, Int128 free)
    {
        var atoms = AtomsOf(pass.Asset, pass.Delivered + amount) - AtomsOf(pass.Asset, pass.Delivered);
        var held = state.Balances.AtomsOf(obligation.Account, pass.Asset);
        if (atoms > held)
        {
            return false;
        }

        var cash = Int128.Min(amount * obligation.Price, CashLimit);
        var loss = AssetValue.Of(state, pass.Asset, held) - AssetValue.Of(state, pass.Asset, held - (long)atoms)
            - (cash << Scale.SubAtomBits);
        return loss <= 0 || free >= loss;
    }

    /// <summary>Whether the account has the cash, may be without it when it has the asset, and may hold that.</summary>
    private bool CanTake(in ObligationRecord obligation, in DeliveryPassRecord pass, Int128 amount, Int128 free)
    {
        var account = obligation.Account;
        var atoms = AtomsOf(pass.Asset, pass.Delivered + amount) - AtomsOf(pass.Asset, pass.Delivered);
        var cash = amount * obligation.Price;
        if (cash > state.Accounts.Read(account).CashAtoms || atoms > state.Assets.Read(pass.Asset).AccountMaxAtoms ||
            holdings.CheckTake(account, pass.Asset, (long)atoms, out _) != default)
        {
            return false;
        }

        var held = state.Balances.AtomsOf(account, pass.Asset);
        var gain = AssetValue.Of(state, pass.Asset, held + (long)atoms) - AssetValue.Of(state, pass.Asset, held);
        var loss = (cash << Scale.SubAtomBits) - gain;
        return loss <= 0 || free >= loss;
    }

    /// <summary>Atoms of the asset that so much of the underlying is: rounded down.</summary>
    private Int128 AtomsOf(uint asset, Int128 amount)
    {
        ref readonly var listed = ref state.Assets.Read(asset);
        var units = amount / listed.QuoteAtomsPerTick;
        var rest = amount - (units * listed.QuoteAtomsPerTick);
        return (units * listed.AtomsPerUnit) + (rest * listed.AtomsPerUnit / listed.QuoteAtomsPerTick);
    }

    private void Tell(uint account, uint asset, long atoms, ulong obligation, BalanceCause cause) =>
        money.BalanceChanged(account, asset, atoms, holdings.BalanceOf(account, asset), obligation, cause);
}
