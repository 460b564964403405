namespace HftDelta.Node.Demo.Markets;

/// <summary>
/// What is traded and where prices come from: everything that a run takes from outside, decided before it begins.
/// </summary>
internal sealed record DemoMarket
{
    public required IReadOnlyList<DemoUnderlying> Underlyings { get; init; }

    public required IReadOnlyList<DemoInstrument> Instruments { get; init; }

    /// <summary>One for each source of each underlying.</summary>
    public required IReadOnlyList<OracleFeed> Feeds { get; init; }

    /// <summary>Recorded order flow, in order of time; empty without.</summary>
    public IReadOnlyList<FlowEvent> Flow { get; init; } = [];

    /// <summary>The instrument that the recorded flow is in; null without.</summary>
    public DemoInstrument? FlowInstrument { get; init; }

    /// <summary>Where it came from, for people.</summary>
    public required string Description { get; init; }
}

/// <summary>What one event of recorded flow does.</summary>
internal enum FlowKind
{
    Add,
    Reduce,
    Remove,

    /// <summary>A visible order is executed: an order of the other side comes for it.</summary>
    Execute,
}

/// <summary>An event of recorded order flow.</summary>
/// <param name="AfterNanos">Venue time since the start.</param>
/// <param name="Kind">What happens.</param>
/// <param name="RecordedOrderId">As the recording names the order.</param>
/// <param name="IsBuy">Side of the resting order.</param>
/// <param name="Price">In price ticks.</param>
/// <param name="Lots">Of the order, or what is taken off it.</param>
internal readonly record struct FlowEvent(
    ulong AfterNanos, FlowKind Kind, long RecordedOrderId, bool IsBuy, long Price, long Lots);
