using HftDelta.Engine.Greeks;
using HftDelta.Engine.Instruments;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Funding;

/// <summary>
/// Funding of the three perpetual kinds in integers. Every quotient is rounded toward minus infinity: F is then less than one
/// sub-atom per lot below what it should be each time that it moves, in favour of the longs, and what they do not pay the
/// shorts do not receive. Pure.
/// </summary>
internal static class FundingArithmetic
{
    /// <summary>Unit of premiums and rates.</summary>
    public const long Billion = 1_000_000_000;

    /// <summary>A mark counts as at least and at most these parts of its index.</summary>
    private const int MarkFloorTenths = 8;
    private const int MarkCeilingTenths = 14;

    /// <summary>Toward minus infinity.</summary>
    /// <param name="value">Any.</param>
    /// <param name="divisor">Above 0.</param>
    public static Int128 DivideFloor(Int128 value, Int128 divisor)
    {
        var quotient = value / divisor;
        return quotient * divisor > value ? quotient - 1 : quotient;
    }

    /// <summary>value x time / period, toward minus infinity.</summary>
    /// <param name="value">Below 2^75 in size.</param>
    /// <param name="timeNanos">Any.</param>
    /// <param name="periodNanos">From a second to a year.</param>
    public static Int128 ShareOfPeriodFloor(Int128 value, ulong timeNanos, ulong periodNanos)
    {
        // In whole multiples of the period first: the product of all could leave 128 bits.
        var perNano = DivideFloor(value, periodNanos);
        var rest = value - (perNano * periodNanos);
        return (perNano * timeNanos) + (rest * timeNanos / periodNanos);
    }

    /// <summary>What a lot pays per period: mark less index, or intrinsic value.</summary>
    public static Int128 PerPeriod(in InstrumentRecord instrument)
    {
        if (instrument.Kind == InstrumentKind.PerpetualOption)
        {
            var ticks = instrument.OptionKind == Wire.OptionKind.Call
                ? instrument.SettlementPrice - instrument.Strike
                : instrument.Strike - instrument.SettlementPrice;
            var intrinsic = ticks > 0 ? ((Int128)ticks * instrument.AtomsPerUnderlyingTick) << Scale.SubAtomBits : 0;
            return instrument.Mark - intrinsic;
        }

        var index = IndexFloor(instrument, instrument.SettlementPrice);
        var least = DivideFloor(index * MarkFloorTenths, 10);
        var most = DivideFloor(index * MarkCeilingTenths, 10);
        var mark = instrument.Mark < least ? least : instrument.Mark > most ? most : instrument.Mark;
        return mark - index;
    }

    /// <summary>By how much a perpetual's F moves: clamp(mean premium + base, -cap, cap) x S x time / period.</summary>
    /// <param name="funding">Its sums; some time has passed.</param>
    /// <param name="instrument">S is the price before the move.</param>
    public static Int128 OfPremium(in FundingRecord funding, in InstrumentRecord instrument)
    {
        var rate = DivideFloor(funding.PremiumNanos, funding.PremiumTimeNanos) + funding.BasePpb;
        rate = rate < -funding.CapPpb ? -funding.CapPpb : rate > funding.CapPpb ? funding.CapPpb : rate;
        var value = ((Int128)instrument.SettlementPrice * instrument.AtomsPerUnderlyingTick) << Scale.SubAtomBits;
        return ShareOfPeriodFloor(
            DivideFloor(value * rate, Billion), funding.PremiumTimeNanos, instrument.FundingPeriodNanos);
    }

    /// <summary>The index of a power perpetual at a price that its listing has proved to fit.</summary>
    public static Int128 IndexFloor(in InstrumentRecord instrument, long price)
    {
        var fits = PowerPerpetual.TryIndexFloor(
            new PriceTicks(price), instrument.Degree, new BinaryFraction(instrument.PowerScale, instrument.PowerScaleBits),
            out var index);
        Check.That(fits);
        return index.Value;
    }
}
