using System.Globalization;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What the whole way of a command costs the processor: client, ingress, journal, engine and egress run by turns on one thread,
/// 64 commands at a time, in time of that thread. Neighbours on the machine take turns from it and none of its time, so this
/// figure holds where commands per second do not; it says nothing of what threads cost each other. One thread.
/// </summary>
internal sealed class PathCost(OrderFlow flow, SuiteResult result)
{
    private const int Chunk = 4_096;
    private const int Chunks = 25;

    /// <summary>Commands that it takes from the flow.</summary>
    public static int CommandsOf(PipelineVolume volume) => volume.WarmUpCommands + (Chunk * Chunks);

    public void Run(PipelineVolume volume)
    {
        using var venue = new VenueRun(
            flow, ThreadingMode.Compact, IdleKind.Backoff, volume.WarmUpCommands, isByHand: true);
        var nanos = new double[Chunks];
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            var before = ThreadClock.Nanos();
            venue.Client.RunClosed(Chunk);
            nanos[chunk] = (ThreadClock.Nanos() - before) / (double)Chunk;
        }

        var median = PairedRuns.Median(nanos);
        result.Rows.Add(
            new SuiteRow("whole path on one thread with the client: processor time", "ns/command", median));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"whole path: {median:N0} ns of a thread's time are {1e9 / median:N0} commands/s of one core, if nobody else has it"));
    }
}
