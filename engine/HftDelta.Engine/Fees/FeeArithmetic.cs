using HftDelta.Engine.Instruments;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Fees;

/// <summary>
/// Fees in sub-atoms. What a part per million does not divide goes to the venue: a fee is rounded up and a rebate toward zero,
/// so a maker's rebate is never more than the taker's fee that pays it. Pure.
/// </summary>
internal static class FeeArithmetic
{
    private const int Million = 1_000_000;

    /// <summary>A share of whole atoms, in sub-atoms, rounded toward plus infinity.</summary>
    /// <param name="atoms">Below 2^79 in size.</param>
    /// <param name="partsPerMillion">Below 2^20 in size.</param>
    public static Int128 ShareOfAtoms(Int128 atoms, long partsPerMillion)
    {
        // Whole atoms first: with all the bits of the fraction the product would leave 128 bits.
        var product = atoms * partsPerMillion;
        var whole = product / Million;
        var rest = (product - (whole * Million)) << Scale.SubAtomBits;
        return (whole << Scale.SubAtomBits) + Ceiling(rest);
    }

    /// <summary>A share of sub-atoms, rounded up.</summary>
    /// <param name="subAtoms">Not negative, below 2^100.</param>
    /// <param name="partsPerMillion">Below 2^20.</param>
    public static Int128 ShareOfSubAtoms(Int128 subAtoms, uint partsPerMillion) => Ceiling(subAtoms * partsPerMillion);

    /// <summary>What a trade's fee is a part of, in atoms.</summary>
    /// <param name="schedule">Of the instrument.</param>
    /// <param name="instrument">That is traded.</param>
    /// <param name="lots">That are traded.</param>
    /// <param name="tradedAtoms">Lots x price; negative where a strategy gave its leg such a price.</param>
    public static Int128 BasisAtoms(
        in FeeScheduleRecord schedule, in InstrumentRecord instrument, long lots, Int128 tradedAtoms)
    {
        var traded = tradedAtoms < 0 ? -tradedAtoms : tradedAtoms;
        if (schedule.Basis == FeeBasis.TradedValue)
        {
            return traded;
        }

        var value = (Int128)lots * instrument.SettlementPrice * instrument.AtomsPerUnderlyingTick;
        var most = traded * schedule.TradedMultiple;
        return schedule.TradedMultiple != 0 && most < value ? most : value;
    }

    private static Int128 Ceiling(Int128 millionths)
    {
        var floor = millionths / Million;
        return floor * Million < millionths ? floor + 1 : floor;
    }
}
