using System.Globalization;
using HftDelta.Node.Config;

namespace HftDelta.Node.Control;

/// <summary>One thing that a change of state names. Immutable.</summary>
/// <param name="InstrumentId">0: every instrument of the underlying.</param>
/// <param name="UnderlyingId">0 where an instrument is named.</param>
internal readonly record struct ControlTarget(uint InstrumentId, uint UnderlyingId);

/// <summary>Finds what an operator names by number or symbol in the market that the venue lists.</summary>
internal static class MarketNames
{
    /// <exception cref="ControlException">Nothing is named, or something that is not listed.</exception>
    public static IReadOnlyList<ControlTarget> Targets(ControlRequest request, MarketSettings market)
    {
        var kinds = (request.Instruments.Count > 0 ? 1 : 0) + (request.Underlyings.Count > 0 ? 1 : 0) + (request.IsVenue ? 1 : 0);
        if (kinds != 1)
        {
            throw new ControlException(
                kinds == 0 ? "nothing was named that should change" : "instruments, underlyings and the venue were named at once",
                "name one of them: --instrument N|SYMBOL, --underlying N|SYMBOL, or --venue");
        }

        return request.IsVenue
            ? [.. market.Underlyings.Select(underlying => new ControlTarget(0, underlying.UnderlyingId))]
            : [
                .. request.Underlyings.Select(name => new ControlTarget(0, Underlying(name, market))),
                .. Instruments(request, market).Select(id => new ControlTarget(id, 0)),
            ];
    }

    /// <exception cref="ControlException">One is not listed.</exception>
    public static IEnumerable<uint> Instruments(ControlRequest request, MarketSettings market) =>
        request.Instruments.Select(name => Instrument(name, market)).Distinct();

    private static uint Instrument(string name, MarketSettings market)
    {
        var isNumber = IsNumber(name, out var id);
        if (!isNumber && market.Instruments.Count(instrument => Same(instrument.Symbol, name)) > 1)
        {
            throw new ControlException($"more than one instrument is called {name}", "name it by its number");
        }

        var found = market.Instruments.FirstOrDefault(
            instrument => isNumber ? instrument.InstrumentId == id : Same(instrument.Symbol, name));
        return found?.InstrumentId ?? throw new ControlException(
            $"no instrument {name} is listed; there are numbers 1 to {market.Instruments.Count}",
            "hftdelta control status tells numbers and symbols");
    }

    /// <exception cref="ControlException">It is not listed.</exception>
    public static uint Underlying(string name, MarketSettings market)
    {
        var found = IsNumber(name, out var id)
            ? market.Underlyings.FirstOrDefault(underlying => underlying.UnderlyingId == id)
            : market.Underlyings.FirstOrDefault(underlying => Same(underlying.Symbol, name));
        return found?.UnderlyingId ?? throw new ControlException(
            $"no underlying {name} is listed; there are "
            + string.Join(", ", market.Underlyings.Select(each => $"{each.UnderlyingId} {each.Symbol}")),
            "name one of them");
    }

    private static bool IsNumber(string name, out uint id) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static bool Same(string symbol, string name) => symbol.Equals(name, StringComparison.OrdinalIgnoreCase);
}
