namespace HftDelta.Node.Config;

/// <summary>
/// What makes a strategy of a market (docs/matching-rules.md, section 14), asked before it is listed: the engine would refuse it
/// with one code for everything.
/// </summary>
internal static class MarketStrategies
{
    public const int StrategiesPerLegMax = 16;

    private const int LegsMin = 2;
    private const int LegsMax = 4;
    private const int RatioMax = 8;

    /// <returns>What is wrong with an instrument's legs, or with having some; null when nothing is.</returns>
    public static string? FaultOf(MarketInstrument instrument, IReadOnlyList<MarketInstrument> all)
    {
        if (instrument.Kind != MarketInstrumentKind.Strategy)
        {
            return instrument.Legs is null ? null : "it has legs, which only a strategy has";
        }

        if (instrument.Legs is not { Count: >= LegsMin and <= LegsMax } legs)
        {
            return $"it has {instrument.Legs?.Count ?? 0} legs, and a strategy has {LegsMin} to {LegsMax}";
        }

        return TermsFault(instrument)
            ?? legs.Select((leg, place) => LegFault(instrument, legs, place, all)).FirstOrDefault(fault => fault is not null)
            ?? (legs.Any(leg => leg.Ratio is 1 or -1)
                ? null
                : "none of its legs has a ratio of 1 or -1, and one must: divide all by what they have in common");
    }

    /// <returns>An instrument that is a leg of too many strategies; null when there is none.</returns>
    public static uint? OverusedLegOf(IReadOnlyList<MarketInstrument> all) => all
        .SelectMany(instrument => instrument.Legs ?? [])
        .GroupBy(leg => leg.InstrumentId)
        .Where(same => same.Count() > StrategiesPerLegMax)
        .Select(same => (uint?)same.Key)
        .FirstOrDefault();

    private static string? TermsFault(MarketInstrument strategy)
    {
        if (strategy.StrikeTicks != 0 || strategy.VolatilityQ48 != 0)
        {
            return "a strategy has no strike and no volatility: those are its legs'";
        }

        if (strategy.ExpiryTimeNanos != 0 || strategy.ExpiresAfterNanos != 0)
        {
            return "a strategy has no expiry of its own: it ends with the first of its legs";
        }

        var rules = strategy.Rules ?? new MarketRules();
        return rules.Increments.Count > 0
            || rules != new MarketRules { OrderLotsMax = rules.OrderLotsMax, Increments = rules.Increments }
            ? "of the rules a strategy may have orderLotsMax only: the others are its legs'"
            : null;
    }

    private static string? LegFault(
        MarketInstrument strategy, IReadOnlyList<MarketLeg> legs, int place, IReadOnlyList<MarketInstrument> all)
    {
        var leg = legs[place];
        var name = $"leg {place + 1}, instrument {leg.InstrumentId},";
        if (leg.InstrumentId == 0 || leg.InstrumentId >= strategy.InstrumentId)
        {
            return $"{name} is not listed before it: a leg has a lower id than its strategy";
        }

        var traded = all[(int)leg.InstrumentId - 1];
        if (traded.Kind == MarketInstrumentKind.Strategy)
        {
            return $"{name} is a strategy itself";
        }

        if (traded.UnderlyingId != strategy.UnderlyingId)
        {
            return $"{name} is on underlying {traded.UnderlyingId}, and the strategy on {strategy.UnderlyingId}";
        }

        if (legs.Take(place).Any(before => before.InstrumentId == leg.InstrumentId))
        {
            return $"{name} stands there twice";
        }

        return leg.Ratio is 0 or < -RatioMax or > RatioMax
            ? $"{name} has the ratio {leg.Ratio}, which is not from -{RatioMax} to {RatioMax} without 0"
            : null;
    }
}
