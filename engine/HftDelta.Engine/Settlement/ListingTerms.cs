using HftDelta.Engine.Accounts;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Instruments;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using OptionKind = HftDelta.Wire.OptionKind;
using PowerDegree = HftDelta.Engine.Greeks.PowerDegree;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// What an instrument may be, so that no arithmetic on it can leave its bounds. A lot is never worth more than 2^38 atoms,
/// since the underlying's price is refused above what that allows (<see cref="PriceMaxOf"/>): a payoff, a mark and an index are
/// then below 2^71 sub-atoms and index x position below 2^120. Scenarios move prices to 4.2 times themselves: prices are below
/// 2^59, which they need, by the book's own bound of 2^40; price x 4.2 x atoms per tick is below 2^74; and an index of S^3 stays
/// below 2^77 sub-atoms. Pure.
/// </summary>
internal static class ListingTerms
{
    /// <summary>Value of one tick of one lot, in atoms.</summary>
    public const long AtomsPerTickMax = 1L << 32;

    /// <summary>What a lot may be worth.</summary>
    public const long LotValueMaxAtoms = 1L << 38;

    /// <summary>What a position may be worth, with room for as much again in the 63 bits of an account's cash.</summary>
    private const long PositionWorthMaxAtoms = (1L << 62) - 1;

    /// <summary>Funding periods: a second to a year.</summary>
    public const ulong FundingPeriodMinNanos = 1_000_000_000;
    public const ulong FundingPeriodMaxNanos = 366UL * 86_400 * 1_000_000_000;

    /// <summary>Nobody owes more than a tenth for what he does not deliver.</summary>
    public const uint DeliveryPenaltyMaxPpm = 100_000;

    /// <summary>A power's scale has at most so many bits behind the point: 1 of S^3 may be worth very little.</summary>
    private const int PowerScaleBitsMax = 256;

    public static bool AreValid(in InstrumentRecord record, in UnderlyingRecord underlying, ulong timeNanos)
    {
        var price = underlying.SettledPrice;
        var isScaled = record.AtomsPerTick is >= 1 and <= AtomsPerTickMax &&
            record.AtomsPerUnderlyingTick is >= 1 and <= AtomsPerTickMax &&
            (Int128)price * record.AtomsPerUnderlyingTick <= LotValueMaxAtoms;
        var isDated = record.ExpiryTime > timeNanos && record.FundingPeriodNanos == 0;
        var isPerpetual = record.ExpiryTime == 0 && record.TrueUpEvery <= 1 && record.IsPhysical == 0;
        var isFunded = isPerpetual && IsFundingPeriod(record.FundingPeriodNanos);
        var isOption = record.OptionKind is OptionKind.Call or OptionKind.Put &&
            record.Strike is >= 1 and <= Orders.NewOrderChecks.PriceMax &&
            (Int128)record.Strike * record.AtomsPerUnderlyingTick <= LotValueMaxAtoms;
        var isPlain = record.OptionKind == OptionKind.None && record.Strike == 0;
        var hasNoPower = record.PowerScale == 0 && record.PowerScaleBits == 0 && record.Degree == default;
        var isKind = record.Kind switch
        {
            InstrumentKind.EuropeanOption => isOption && isDated && hasNoPower,
            InstrumentKind.Future => isPlain && isDated && hasNoPower && record.VolatilityQ48 == 0,
            InstrumentKind.Perpetual =>
                isPlain && (isFunded || (isPerpetual && record.FundingPeriodNanos == 0)) && hasNoPower
                && record.VolatilityQ48 == 0,
            InstrumentKind.PerpetualOption => isOption && isFunded && hasNoPower,
            InstrumentKind.PowerPerpetual => isPlain && isFunded && IsPower(record, price),
            _ => false,
        };
        return isScaled && isKind && IsDelivery(record) && IsVolatilityOf(record, record.VolatilityQ48);
    }

    /// <summary>Whoever is to deliver has some time to do so.</summary>
    private static bool IsDelivery(in InstrumentRecord record) => record.IsPhysical switch
    {
        0 => record.DeliveryNanos == 0 && record.DeliveryPenaltyPpm == 0,
        1 => record.DeliveryPenaltyPpm <= DeliveryPenaltyMaxPpm && record.DeliveryNanos is >= 1 and <= FundingPeriodMaxNanos,
        _ => false,
    };

    /// <summary>Of a power perpetual g x T must stay below a half, or funding hardly holds its mark.</summary>
    public static bool IsVolatilityOf(in InstrumentRecord record, ulong volatilityQ48) =>
        volatilityQ48 <= (ulong)VolatilityQ48.Max.Value &&
        (record.Kind != InstrumentKind.PowerPerpetual || PowerPerpetual.TryFairRatioFloor(
            record.Degree, new VolatilityQ48((long)volatilityQ48), record.FundingPeriodNanos, PowerFunding.Continuous, out _));

    /// <summary>The highest price at which a lot of the instrument is worth no more than it may be.</summary>
    /// <param name="record">Valid terms.</param>
    /// <param name="priceMax">What the underlying's other instruments allow.</param>
    public static long PriceMaxOf(in InstrumentRecord record, long priceMax)
    {
        var most = LotValueMaxAtoms / record.AtomsPerUnderlyingTick;
        most = most < priceMax ? most : priceMax;
        if (record.Kind != InstrumentKind.PowerPerpetual)
        {
            return most;
        }

        long fits = 0;
        while (fits < most)
        {
            var middle = fits + ((most - fits + 1) / 2);
            if (IsPowerAt(record, middle))
            {
                fits = middle;
            }
            else
            {
                most = middle - 1;
            }
        }

        return fits;
    }

    /// <summary>The most lots that are worth less than 2^62 atoms at every price that is believed, below 2^40.</summary>
    /// <param name="record">Valid terms.</param>
    public static long LotsMaxOf(in InstrumentRecord record)
    {
        var most = PositionWorthMaxAtoms / LotWorthMaxAtoms(record);
        return most < Ledger.QuantityBound ? most : Ledger.QuantityBound - 1;
    }

    /// <summary>
    /// What a lot is worth at the highest price, or a put's at the lowest, at most. The mark of a power perpetual is below twice
    /// its index.
    /// </summary>
    private static long LotWorthMaxAtoms(in InstrumentRecord record)
    {
        var price = PriceMaxOf(record, Orders.NewOrderChecks.PriceMax);
        if (record.Kind != InstrumentKind.PowerPerpetual)
        {
            return (price > record.Strike ? price : record.Strike) * record.AtomsPerUnderlyingTick;
        }

        var scale = new BinaryFraction(record.PowerScale, record.PowerScaleBits);
        Check.That(PowerPerpetual.TryIndexFloor(new PriceTicks(price), record.Degree, scale, out var index));
        return (long)((2 * index.Value) >> Scale.SubAtomBits) + 1;
    }

    private static bool IsFundingPeriod(ulong nanos) => nanos is >= FundingPeriodMinNanos and <= FundingPeriodMaxNanos;

    /// <summary>
    /// The index is worth something at the present price and fits at every price that will be accepted. The slope of a square
    /// root is steepest at 1.
    /// </summary>
    private static bool IsPower(in InstrumentRecord record, long price) =>
        record.Degree is PowerDegree.Root or PowerDegree.Two or PowerDegree.Three &&
        record.PowerScale != 0 && record.PowerScaleBits <= PowerScaleBitsMax &&
        record.AtomsPerUnderlyingTick >= 1 && IsPowerAt(record, 1) && IsPowerAt(record, price) &&
        PowerPerpetual.TryIndexFloor(
            new PriceTicks(price), record.Degree, new BinaryFraction(record.PowerScale, record.PowerScaleBits), out var index) &&
        index.Value >= Scale.SubAtomsPerAtom;

    /// <summary>Twice the index, which bounds the mark, is no more than a lot may be worth, and the delta fits.</summary>
    private static bool IsPowerAt(in InstrumentRecord record, long price)
    {
        var scale = new BinaryFraction(record.PowerScale, record.PowerScaleBits);
        return PowerPerpetual.TryIndexFloor(new PriceTicks(price), record.Degree, scale, out var index) &&
            2 * index.Value <= (Int128)LotValueMaxAtoms << Scale.SubAtomBits &&
            PowerPerpetual.TrySlopeFloor(new PriceTicks(price), record.Degree, scale, out var slope) &&
            PowerPerpetual.TryDeltaNearest(slope, record.AtomsPerUnderlyingTick, out _);
    }
}
