using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Participants;

/// <summary>What a participant knows of the market from public data.</summary>
internal interface IMarketView
{
    /// <summary>0 before it was published.</summary>
    PriceTicks PriceOf(UnderlyingId underlying);

    bool IsOpen(InstrumentId instrument);
}
