using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>What is measured on one venue.</summary>
/// <param name="Threading">How many threads its agents share.</param>
/// <param name="Idle">How they wait.</param>
/// <param name="HasThroughput">Whether it is also driven as fast as it goes.</param>
/// <param name="Rates">Commands per second of each open loop.</param>
/// <param name="ByHand">What of it the client's thread runs.</param>
internal sealed record PipelinePlan(
    ThreadingMode Threading, IdleKind Idle, bool HasThroughput, IReadOnlyList<double> Rates,
    StepsByHand ByHand = StepsByHand.None)
{
    public string Label =>
        ByHand == StepsByHand.Edges ? "two hot threads"
        : Idle == IdleKind.Backoff ? Threading.ToText()
        : $"{Threading.ToText()} {Idle.ToText()}";
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUpCommands">Before anything is measured, for each venue.</param>
/// <param name="ThroughputPairs">Turns of floor and venue, odd.</param>
/// <param name="ThroughputCommands">Commands of one turn.</param>
/// <param name="LatencyPairs">Turns of floor and venue at each rate, odd.</param>
/// <param name="LatencySeconds">Length of one turn.</param>
internal sealed record PipelineVolume(
    int WarmUpCommands, int ThroughputPairs, int ThroughputCommands, int LatencyPairs, double LatencySeconds)
{
    public static readonly PipelineVolume Quick = new(40_000, 5, 40_000, 5, 0.15);
    public static readonly PipelineVolume Full = new(80_000, 9, 80_000, 7, 0.3);

    public int CommandsOf(PipelinePlan plan) =>
        WarmUpCommands + (plan.HasThroughput ? ThroughputPairs * ThroughputCommands : 0)
        + plan.Rates.Sum(rate => LatencyPairs * CommandsAt(rate));

    public int CommandsAt(double rate) => (int)(rate * LatencySeconds);
}
