using HftDelta.Primitives.Units;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>An order that rests in a book, as its owner knows it from reports.</summary>
internal sealed class LiveOrder
{
    public required ClientOrderId ClientId { get; init; }

    public required OrderId OrderId { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required Side Side { get; init; }

    public required PriceTicks Price { get; init; }

    public long FilledLots { get; set; }

    public long LeavesLots { get; set; }
}
