using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Increments and bands: which prices there are, and which are near enough.</summary>
public sealed partial class ModelVenue
{
    private static long IncrementAt(ModelInstrument instrument, long price)
    {
        long increment = 1;
        foreach (var range in instrument.Rules.Increments)
        {
            increment = range.FromPrice <= price ? range.Increment : increment;
        }

        return increment;
    }

    private static bool IsOnTick(ModelInstrument instrument, long price) => price % IncrementAt(instrument, price) == 0;

    /// <summary>The price itself, or the next one away from the opposite side that increments allow; below 1: none.</summary>
    private static long AwayOnTick(ModelInstrument instrument, Side side, long price)
    {
        while (price >= 1 && !IsOnTick(instrument, price))
        {
            price += side == Side.Buy ? -1 : 1;
        }

        return price;
    }

    /// <summary>The first price that does not cross the best opposite, which exists; below 1: none.</summary>
    private static long BehindOpposite(ModelInstrument instrument, Side side)
    {
        var best = instrument.Book.Best(Opposite(side))!.Value;
        return AwayOnTick(instrument, side, side == Side.Buy ? best - 1 : best + 1);
    }

    private static (long Low, long High)? StaticBand(ModelInstrument instrument) =>
        BandAround(instrument, instrument.MarkTicks, instrument.Rules.StaticBandPpm);

    /// <summary>Whether a trade at this price would stop continuous trading.</summary>
    private static bool IsOutsideDynamicBand(ModelInstrument instrument, long price)
    {
        var reference = instrument.PhaseTrade != 0 ? instrument.PhaseTrade : instrument.MarkTicks;
        return BandAround(instrument, reference, instrument.Rules.DynamicBandPpm) is { } band &&
            (price < band.Low || price > band.High);
    }

    private static (long Low, long High)? BandAround(ModelInstrument instrument, long reference, uint partsPerMillion)
    {
        if (partsPerMillion == 0)
        {
            return null;
        }

        var width = Math.Max((long)((Int128)reference * partsPerMillion / 1_000_000), instrument.Rules.BandMinimumTicks);
        return (reference - width, reference + width);
    }
}
