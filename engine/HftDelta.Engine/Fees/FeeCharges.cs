using HftDelta.Engine.Instruments;
using HftDelta.Wire;

namespace HftDelta.Engine.Fees;

/// <summary>
/// Charges the two sides of a trade, right after its own postings: the payer's account is debited and the venue's account of
/// trading fees credited with the same sub-atoms. Owner: the engine agent.
/// </summary>
internal static class FeeCharges
{
    /// <summary>A trade between an incoming order and one that rested.</summary>
    /// <returns>What each was charged, in sub-atoms; negative: a rebate.</returns>
    public static TradeFees ChargeTrade(VenueState state, uint instrument, uint taker, uint maker, long lots, long price) =>
        Charge(state, instrument, taker, maker, lots, price, isAuction: false);

    /// <summary>A trade of an uncross: both sides rested.</summary>
    /// <returns>What the buyer was charged as the taker's, what the seller was as the maker's.</returns>
    public static TradeFees ChargeAuction(VenueState state, uint instrument, uint buyer, uint seller, long lots, long price) =>
        Charge(state, instrument, buyer, seller, lots, price, isAuction: true);

    private static TradeFees Charge(
        VenueState state, uint instrument, uint taker, uint maker, long lots, long price, bool isAuction)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        if (listed.FeeSchedule == 0)
        {
            return default;
        }

        ref readonly var schedule = ref state.Fees.Schedules.Read(listed.FeeSchedule);
        var basis = Basis(schedule, listed, lots, price);
        ref readonly var ofTaker = ref schedule.Of(state.Accounts.Read(taker).FeeTier);
        ref readonly var ofMaker = ref schedule.Of(state.Accounts.Read(maker).FeeTier);
        return new TradeFees(
            Charge(state, taker, basis, isAuction ? ofTaker.AuctionPpm : ofTaker.TakerPpm),
            Charge(state, maker, basis, isAuction ? ofMaker.AuctionPpm : ofMaker.MakerPpm));
    }

    private static Int128 Basis(in FeeScheduleRecord schedule, in InstrumentRecord listed, long lots, long price) =>
        FeeArithmetic.BasisAtoms(schedule, listed, lots, (Int128)price * listed.AtomsPerTick * lots);

    private static Int128 Charge(VenueState state, uint account, Int128 basis, long partsPerMillion)
    {
        var fee = FeeArithmetic.ShareOfAtoms(basis, partsPerMillion);
        state.Ledger.Move(account, VenueState.TradingFeeAccount, fee);
        return fee;
    }
}

/// <summary>Fees of one trade in sub-atoms.</summary>
internal readonly record struct TradeFees(Int128 Taker, Int128 Maker)
{
    public Int128 Of(Liquidity liquidity) => liquidity == Liquidity.Taker ? Taker : Maker;
}
