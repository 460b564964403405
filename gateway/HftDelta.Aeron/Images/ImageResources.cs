using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;

namespace HftDelta.Aeron.Images;

/// <summary>What the conductor made for a new image.</summary>
internal sealed record ImageResources
{
    public required long CorrelationId { get; init; }

    public required LogBuffer Log { get; init; }

    /// <summary>Of the first subscription that wants the stream; the others agree in what matters.</summary>
    public required SubscriptionParameters Parameters { get; init; }

    public required int WindowLengthBytes { get; init; }

    /// <summary>The window that follows the losses, instead of the fixed one.</summary>
    public required CubicWindow? Cubic { get; init; }

    /// <summary>Others receive the same stream: what is missing is asked for with care.</summary>
    public required bool IsGroup { get; init; }

    /// <summary>For the delays of that.</summary>
    public required ulong Seed { get; init; }

    public required ImageCounters Counters { get; init; }

    public required ILossSink LossSink { get; init; }

    public required IReadOnlyList<PositionWord> Readers { get; init; }
}
