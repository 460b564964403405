using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Collateral;

/// <summary>What an asset is worth as margin. Reads state, changes nothing.</summary>
internal static class AssetValue
{
    /// <summary>The most that one unit may be worth, in quote atoms: 1.1e9 USD. Listing bounds the price by it.</summary>
    public const long UnitMaxAtoms = 1L << 50;

    /// <summary>The most units of an asset that the venue takes: with the bound above a value stays below 2^80 atoms.</summary>
    public const long UnitsMax = 1L << 30;

    private const int Million = 1_000_000;

    /// <summary>
    /// Value of an amount in quote sub-atoms, at the last settlement price, less the haircut and what staleness of the price
    /// takes off. Each division rounds down. 0 as long as there is no price.
    /// </summary>
    public static Int128 Of(VenueState state, uint asset, long atoms)
    {
        ref readonly var record = ref state.Assets.Read(asset);
        ref readonly var underlying = ref state.Underlyings.Read(record.Underlying);
        var unit = (Int128)underlying.SettledPrice * record.QuoteAtomsPerTick;
        var product = unit * atoms;
        var whole = product / record.AtomsPerUnit;
        var rest = (product - (whole * record.AtomsPerUnit)) << Scale.SubAtomBits;
        var value = (whole << Scale.SubAtomBits) + (rest / record.AtomsPerUnit);
        value = Less(value, record.HaircutPpm);
        return underlying.DiscountPpm == 0 ? value : Less(value, underlying.DiscountPpm);
    }

    /// <summary>The same of a whole list of balances.</summary>
    /// <param name="state">Of the venue.</param>
    /// <param name="first">The head of an account's list.</param>
    public static Int128 OfAll(VenueState state, uint first)
    {
        Int128 value = 0;
        for (var slot = first; slot != 0; slot = state.Balances.Read(slot).NextOfAccount)
        {
            ref readonly var balance = ref state.Balances.Read(slot);
            value += Of(state, balance.Asset, balance.Atoms);
        }

        return value;
    }

    private static Int128 Less(Int128 value, uint partsPerMillion)
    {
        // Divided first: the product could leave 128 bits.
        var kept = Million - partsPerMillion;
        return ((value / Million) * kept) + ((value % Million) * kept / Million);
    }
}
