using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Runtimes;

/// <summary>
/// The other end of an <see cref="EnginePeer"/>: answers each line of orders with one. Reads nothing and makes nothing before it
/// says that it is ready, so that this tells how long a process takes to start. One thread.
/// </summary>
internal static class EnginePeerLoop
{
    /// <summary>The argument with which <c>hftdelta-bench</c> answers instead of measuring.</summary>
    public const string Argument = "engine-peer";

    private const int Success = 0;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    public static int Run(TextReader orders, TextWriter answers)
    {
        answers.WriteLine(RuntimeFeature.IsDynamicCodeCompiled ? "READY jit" : "READY native");
        var garbage = new PhaseCounters();
        OrderFlow? flow = null;
        while (orders.ReadLine()?.Split(' ') is { } order)
        {
            switch (order[0])
            {
                case "flow" when flow is null:
                    var began = Stopwatch.GetTimestamp();
                    flow = FlowMaker.Make(int.Parse(order[1], CultureInfo.InvariantCulture), EngineWork.Seed, Begin);
                    Answer(answers, Stopwatch.GetElapsedTime(began).TotalNanoseconds);
                    break;
                case "warm" when flow is not null:
                    Answer(answers, EngineWork.Nanos(flow, new PhaseCounters()));
                    break;
                case "pass" when flow is not null:
                    Answer(answers, EngineWork.Nanos(flow, garbage));
                    break;
                case "garbage":
                    answers.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"GARBAGE {garbage.AllocatedBytes} {garbage.Gen0} {garbage.Gen1} {garbage.Gen2}"));
                    break;
                default:
                    throw new InvalidOperationException($"no order {string.Join(' ', order)}");
            }

        }

        flow?.Dispose();
        return Success;
    }

    private static void Answer(TextWriter answers, double nanos) =>
        answers.WriteLine(string.Create(CultureInfo.InvariantCulture, $"NANOS {nanos}"));
}
