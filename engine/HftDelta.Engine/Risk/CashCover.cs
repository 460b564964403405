using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Risk;

/// <summary>
/// How far an account's cash may be below 0: by a share of its residual claim, the sum of q x (mark - D), and never by more than
/// the venue's accounts may borrow together. Cash is meant as it would be if the account were applied. Reads state, changes
/// nothing. All sums in sub-atoms.
/// </summary>
internal static class CashCover
{
    private const int Million = 1_000_000;

    /// <summary>Whether an account that takes on more stays within it, now and whichever of its open orders fill.</summary>
    /// <param name="state">Of the venue.</param>
    /// <param name="margin">What positions owe.</param>
    /// <param name="account">An open account.</param>
    /// <param name="before">Its positions in some instruments as they are.</param>
    /// <param name="after">The same as they would be.</param>
    public static RejectCode Check(
        VenueState state, Margin margin, uint account, ReadOnlySpan<PositionRecord> before, ReadOnlySpan<PositionRecord> after)
    {
        if (!state.Pool.IsOn)
        {
            return default;
        }

        ref readonly var terms = ref state.Pool.Terms;
        var present = Of(state, margin, account);

        // The sum has what the account borrowed when it was last applied; what settlement has moved since then is not in it.
        var ofOthers = (state.Pool.BorrowedAtoms << Scale.SubAtomBits)
            - Below0((Int128)state.Accounts.Read(account).CashAtoms << Scale.SubAtomBits);
        var cap = (Int128)terms.CapAtoms << Scale.SubAtomBits;
        if (ofOthers + Below0(present.Cash) >= cap)
        {
            return RejectCode.SettlementPoolExhausted;
        }

        var foreseen = new Fall(0, 0);
        for (var slot = state.Accounts.Read(account).FirstPosition; slot != 0; slot = state.Positions.Read(slot).NextOfAccount)
        {
            foreseen = foreseen.Plus(WorstFall(state, state.Positions.Read(slot)), 1);
        }

        for (var place = 0; place < after.Length; place++)
        {
            foreseen = foreseen.Plus(WorstFall(state, before[place]), -1).Plus(WorstFall(state, after[place]), 1);
        }

        if (present.Shortfall(terms.ShareOfClaimPpm) > 0 || (present.Cash < foreseen.Cash
            && present.Cash + Share(present.Claim, terms.ShareOfClaimPpm) < foreseen.Cover))
        {
            return RejectCode.CashShortfall;
        }

        return ofOthers + Below0(present.Cash - foreseen.Cash) <= cap ? default : RejectCode.SettlementPoolExhausted;
    }

    /// <summary>An account's cash and claim as they would be applied.</summary>
    public static CashStand Of(VenueState state, Margin margin, uint account)
    {
        ref readonly var record = ref state.Accounts.Read(account);
        var cash = ((Int128)record.CashAtoms << Scale.SubAtomBits) + record.Dust - margin.OwedInterest(account);
        Int128 claim = 0;
        for (var slot = record.FirstPosition; slot != 0; slot = state.Positions.Read(slot).NextOfAccount)
        {
            ref readonly var position = ref state.Positions.Read(slot);
            ref readonly var instrument = ref state.Instruments.Read(position.Instrument);
            cash += (position.Quantity * (instrument.Index - position.IndexLast)) - margin.Owed(position);
            claim += position.Quantity * (instrument.Mark - instrument.Index);
        }

        return new CashStand(cash, claim);
    }

    /// <summary>
    /// By how much cash, and cash with the share of the claim, are lower if all open buys or all open sells fill at their limits,
    /// whichever is worse for each: a lot costs its price less D, and its claim is what its mark is above D.
    /// </summary>
    private static Fall WorstFall(VenueState state, in PositionRecord position)
    {
        if (position.OpenBuyLots == 0 && position.OpenSellLots == 0)
        {
            return default;
        }

        ref readonly var instrument = ref state.Instruments.Read(position.Instrument);
        var share = state.Pool.Terms.ShareOfClaimPpm;
        var claim = instrument.Mark - instrument.Index;
        var bought = (position.OpenBuyAtoms << Scale.SubAtomBits) - (position.OpenBuyLots * instrument.Index);
        var sold = (position.OpenSellLots * instrument.Index) - (position.OpenSellAtoms << Scale.SubAtomBits);
        return new Fall(
            Most(bought, sold),
            Most(
                bought - Share(position.OpenBuyLots * claim, share),
                sold + Share(position.OpenSellLots * claim, share)));
    }

    private static Int128 Most(Int128 bought, Int128 sold)
    {
        var most = bought > sold ? bought : sold;
        return most > 0 ? most : 0;
    }

    private static Int128 Below0(Int128 cash) => cash < 0 ? -cash : 0;

    /// <summary>Divided first: the product could leave 128 bits.</summary>
    internal static Int128 Share(Int128 claim, uint partsPerMillion) => claim / Million * partsPerMillion;

    private readonly record struct Fall(Int128 Cash, Int128 Cover)
    {
        public Fall Plus(Fall other, int sign) => new(Cash + (sign * other.Cash), Cover + (sign * other.Cover));
    }
}

/// <summary>An account's cash with all that settlement has moved, and its residual claim, in sub-atoms.</summary>
internal readonly record struct CashStand(Int128 Cash, Int128 Claim)
{
    /// <summary>How much more its cash is below 0 than it may be.</summary>
    public Int128 Shortfall(uint shareOfClaimPpm)
    {
        if (Cash >= 0)
        {
            return 0;
        }

        var free = Claim > 0 ? CashCover.Share(Claim, shareOfClaimPpm) : 0;
        return -Cash > free ? -Cash - free : 0;
    }
}
