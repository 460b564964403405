using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Markets;

/// <summary>What an instrument of the demonstration is.</summary>
internal enum DemoKind
{
    Perpetual,
    Future,
    Call,
    Put,
}

/// <summary>
/// An underlying of the demonstration. A price tick of its instruments is a whole number of its own ticks.
/// </summary>
/// <param name="Id">From 1.</param>
/// <param name="Symbol">For people.</param>
/// <param name="TicksPerUnit">Ticks in one unit of the quote asset.</param>
/// <param name="AtomsPerTick">Value of one tick for one lot of delta 1.</param>
/// <param name="TicksPerPriceTick">Ticks of the underlying in one price tick of its instruments.</param>
/// <param name="Sources">Oracle sources.</param>
/// <param name="Quorum">Sources that a price needs.</param>
/// <param name="ThresholdPpm">A move of so much settles.</param>
internal sealed record DemoUnderlying(
    UnderlyingId Id, string Symbol, int TicksPerUnit, long AtomsPerTick, int TicksPerPriceTick, int Sources, byte Quorum,
    uint ThresholdPpm);

/// <summary>An instrument of the demonstration.</summary>
/// <param name="Id">From 1, in the order of listing.</param>
/// <param name="Underlying">What it is written on.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Strike">In ticks of the underlying; 0 unless an option.</param>
/// <param name="Expiry">When it expires; 0 if it does not.</param>
/// <param name="Volatility">Of an option.</param>
/// <param name="Symbol">For people.</param>
internal sealed record DemoInstrument(
    InstrumentId Id, DemoUnderlying Underlying, DemoKind Kind, PriceTicks Strike, TimeNanos Expiry, VolatilityQ48 Volatility,
    string Symbol)
{
    public bool IsOption => Kind is DemoKind.Call or DemoKind.Put;
}

/// <summary>What a lot is worth, and how much of that moves with the underlying.</summary>
/// <param name="UnderlyingTicks">Fair value in ticks of the underlying, rounded down.</param>
/// <param name="DeltaPermille">Delta in thousandths, without its sign.</param>
internal readonly record struct FairValue(long UnderlyingTicks, long DeltaPermille)
{
    /// <summary>From public data and the terms of the instrument; integers, so the same on every machine.</summary>
    public static FairValue Of(DemoInstrument instrument, PriceTicks underlying, TimeNanos now)
    {
        if (!instrument.IsOption)
        {
            return new FairValue(underlying.Value, 1_000);
        }

        var result = Black76Kernel.Evaluate(new Black76Input(
            underlying,
            instrument.Strike,
            instrument.Volatility,
            instrument.Expiry > now ? instrument.Expiry.Value - now.Value : 0,
            instrument.Kind == DemoKind.Call ? OptionKind.Call : OptionKind.Put));
        var permille = (long)(((Int128)result.DeltaQ62 * 1_000) >> Black76Result.FractionBits);
        return new FairValue((long)(result.PriceQ62 >> Black76Result.FractionBits), permille < 0 ? -permille : permille);
    }
}
