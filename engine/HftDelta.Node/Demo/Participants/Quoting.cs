using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Prices that participants agree on, because they compute them from the same public data: fair value and the half spread that
/// is usual for it. Computed once for each instrument and step.
/// </summary>
internal sealed class Quoting(DemoMarket market, IMarketView feed)
{
    private const long HalfSpreadPartsPerMillion = 150;
    private const long OptionHalfSpreadMinimumTicks = 30;

    private readonly FairValue[] _fair = new FairValue[market.Instruments.Count];
    private readonly long[] _halfSpreads = new long[market.Instruments.Count];

    /// <summary>Everything but the instrument of the recorded flow, which makes its own prices.</summary>
    public IReadOnlyList<DemoInstrument> Instruments { get; } =
        [.. market.Instruments.Where(instrument => instrument != market.FlowInstrument)];

    /// <summary>New values for everything that is open.</summary>
    public void Update(TimeNanos now)
    {
        for (var place = 0; place < Instruments.Count; place++)
        {
            var instrument = Instruments[place];
            var price = feed.PriceOf(instrument.Underlying.Id);
            if (price.Value <= 0 || !feed.IsOpen(instrument.Id))
            {
                continue;
            }

            var fair = FairValue.Of(instrument, price, now);
            _fair[place] = fair;
            var ofUnderlying = price.Value * HalfSpreadPartsPerMillion / 1_000_000;
            _halfSpreads[place] = instrument.IsOption
                ? OptionHalfSpreadMinimumTicks + (ofUnderlying * fair.DeltaPermille / 1_000)
                : ofUnderlying;
        }
    }

    public bool IsOpen(int place) => feed.IsOpen(Instruments[place].Id) && _halfSpreads[place] > 0;

    /// <summary>Fair value in ticks of the underlying.</summary>
    public long Fair(int place) => _fair[place].UnderlyingTicks;

    /// <summary>Half of the usual spread, in ticks of the underlying.</summary>
    public long HalfSpread(int place) => _halfSpreads[place];

    /// <summary>A price of the instrument at or below a value in ticks of the underlying; below 1 there is none.</summary>
    public long PriceBelow(int place, long underlyingTicks) =>
        underlyingTicks < 0 ? 0 : underlyingTicks / Instruments[place].Underlying.TicksPerPriceTick;

    /// <summary>A price of the instrument above a value in ticks of the underlying.</summary>
    public long PriceAbove(int place, long underlyingTicks) =>
        (Math.Max(underlyingTicks, 0) / Instruments[place].Underlying.TicksPerPriceTick) + 1;
}
