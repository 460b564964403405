using HftDelta.Client.Samples;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Network;

/// <summary>The prices at which the flow's market was listed: its oracle says nothing after that. One thread.</summary>
internal sealed class FixedPricing : SamplePricing
{
    private const int Options = 8;

    private static readonly long[] Middles =
        [FlowMarket.Price, .. Enumerable.Range(0, Options).Select(option => FlowMarket.OptionMiddle(option, Options))];

    public static IReadOnlyList<InstrumentId> Instruments { get; } =
        [.. Enumerable.Range(0, Options + 1).Select(place => new InstrumentId(FlowMarket.Perpetual + (uint)place))];

    public override bool TryPrice(InstrumentId instrument, TimeNanos now, out PriceTicks fair, out long halfSpreadTicks)
    {
        fair = new PriceTicks(Middles[instrument.Value - FlowMarket.Perpetual]);
        halfSpreadTicks = 1;
        return true;
    }
}
