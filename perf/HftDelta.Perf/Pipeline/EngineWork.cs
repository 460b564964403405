using HftDelta.Primitives;
using HftDelta.Primitives.Records;

namespace HftDelta.Perf.Pipeline;

/// <summary>A flow through a fresh core, timed: what the suites <c>engine</c> and <c>runtime</c> do. One thread.</summary>
internal static class EngineWork
{
    /// <summary>The same for all, so that all apply the same commands.</summary>
    public const ulong Seed = 42;

    /// <summary>Nanoseconds of one command in the median chunk of one pass.</summary>
    public static double Nanos(OrderFlow flow, PhaseCounters garbage)
    {
        using var engine = Filled(flow);
        var clock = new ChunkClock();
        garbage.Begin();
        for (var index = flow.PrefillCount; index < flow.Count; index++)
        {
            ref readonly var command = ref flow[index];
            engine.Apply(RecordSource.Client, command.Session, command.Frame);
            clock.Count();
        }

        garbage.End();
        Check.That(engine.Processor.View.ConservationError == default);
        return clock.MedianNanos;
    }

    /// <summary>An engine with the market listed and the books filled.</summary>
    public static BareEngine Filled(OrderFlow flow)
    {
        var engine = new BareEngine(FlowMarket.Limits, flow.Begin);
        FlowMaker.SetUp(engine, flow.Begin);
        for (var index = 0; index < flow.PrefillCount; index++)
        {
            ref readonly var command = ref flow[index];
            engine.Apply(RecordSource.Client, command.Session, command.Frame);
        }

        return engine;
    }
}
