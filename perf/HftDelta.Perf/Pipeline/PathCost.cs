using System.Globalization;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What the whole way of a command costs the processor, agent by agent: client, ingress, journal, engine and egress run by
/// turns on one thread, 64 commands at a time, in time of that thread. Neighbours on the machine take turns from it and none of
/// its time, so these figures hold where commands per second do not; they say nothing of what threads cost each other. One
/// thread.
/// </summary>
internal sealed class PathCost(OrderFlow flow, SuiteResult result)
{
    private const int Chunk = 4_096;
    private const int Chunks = 25;
    private const int ClockPairs = 10_000;

    /// <summary>
    /// So small that the preparation of several falls into what is measured, and none weighs more than its share.
    /// </summary>
    private const long SegmentBytes = 4L << 20;

    /// <summary>Commands that it takes from the flow.</summary>
    public static int CommandsOf(PipelineVolume volume) => volume.WarmUpCommands + (2 * Chunk * Chunks);

    public void Run(PipelineVolume volume)
    {
        using var venue = new VenueRun(
            flow, ThreadingMode.Compact, IdleKind.Backoff, volume.WarmUpCommands, byHand: StepsByHand.All,
            segmentBytes: SegmentBytes);
        var whole = Median(venue.Client);
        result.Rows.Add(new SuiteRow("whole path on one thread with the client: processor time", "ns/command", whole));

        var steps = new TimedSteps([.. venue.Agents.InOrder().Select(hosted => hosted.Agent)]);
        venue.Client.Step = steps.Step;
        var before = ThreadClock.Nanos();
        venue.Client.RunClosed(Chunk * Chunks);
        steps.AddTo(result, ThreadClock.Nanos() - before, Chunk * Chunks);
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"whole path: {whole:N0} ns of a thread's time are {1e9 / whole:N0} commands/s of one core, if nobody else has it; "
            + $"the parts are means of another run, in which a clock stands between them (its cost is taken off)"));
    }

    private static double Median(FlowClient client)
    {
        var nanos = new double[Chunks];
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            var before = ThreadClock.Nanos();
            client.RunClosed(Chunk);
            nanos[chunk] = (ThreadClock.Nanos() - before) / (double)Chunk;
        }

        return PairedRuns.Median(nanos);
    }

    /// <summary>One duty cycle of each agent, with the time of the thread between them.</summary>
    private sealed class TimedSteps(IAgent[] agents)
    {
        private readonly long[] _nanos = new long[agents.Length];
        private readonly double _clockNanos = ClockNanos();
        private long _steps;

        public int Step()
        {
            var work = 0;
            var before = ThreadClock.Nanos();
            for (var place = 0; place < agents.Length; place++)
            {
                work += agents[place].DoWork();
                var after = ThreadClock.Nanos();
                _nanos[place] += after - before;
                before = after;
            }

            _steps++;
            return work;
        }

        public void AddTo(SuiteResult result, long allNanos, int commands)
        {
            var rest = allNanos - (_clockNanos * _steps * (agents.Length + 1));
            var cold = 0.0;
            for (var place = 0; place < agents.Length; place++)
            {
                var own = _nanos[place] - (_clockNanos * _steps);
                rest -= own;
                if (agents[place].RoleName is "ingress" or "journal" or "engine" or "egress")
                {
                    Add(result, agents[place].RoleName, own / commands);
                }
                else
                {
                    cold += own;
                }
            }

            Add(result, "other agents", cold / commands);
            Add(result, "client", rest / commands);
        }

        private static void Add(SuiteResult result, string name, double nanos) =>
            result.Rows.Add(new SuiteRow($"of it: {name}", "ns/command", nanos));

        private static double ClockNanos()
        {
            var before = ThreadClock.Nanos();
            for (var pair = 0; pair < ClockPairs; pair++)
            {
                _ = ThreadClock.Nanos();
            }

            return (ThreadClock.Nanos() - before) / (double)ClockPairs;
        }
    }
}
