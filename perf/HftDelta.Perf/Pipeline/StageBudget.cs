using System.Globalization;
using HdrHistogram;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Where the time of a command goes: a venue stamps one in 1,024 at each stage, the client the same ones at its ends, at a
/// fixed rate in an open loop (<see cref="StageLegs{TClient}"/>). One thread.
/// </summary>
internal sealed class StageBudget(OrderFlow flow, SuiteResult result)
{
    public const int SampleEvery = 1_024;

    private const int Turns = 5;

    /// <summary>Commands that it takes from the flow.</summary>
    public static int CommandsOf(PipelineVolume volume, double rate) =>
        volume.WarmUpCommands + (Turns * volume.CommandsAt(rate));

    public void Run(PipelineVolume volume, double rate)
    {
        var clock = new SystemNanoClock();
        var samples = new List<StageSample>(65_536);
        var probe = new StageProbe(clock, SampleEvery);
        var all = LatencyTurns.NewHistogram();
        using (var venue = new VenueRun(
            flow, ThreadingMode.Auto, IdleKind.Backoff, volume.WarmUpCommands,
            stages: new StageSampling(clock, SampleEvery, samples)))
        {
            venue.Client.Probe = probe;
            for (var turn = 0; turn < Turns; turn++)
            {
                venue.Client.RunOpen(rate, volume.CommandsAt(rate), all);
            }

            venue.Client.Probe = null;
        }

        var legs = new StageLegs<ClientSample>(
            string.Create(CultureInfo.InvariantCulture, $"stages at {rate / 1_000:0}k/s"),
            SampleEvery, samples, probe.Samples.ToArray().ToDictionary(sample => sample.Command));
        legs.AddOfBoth("client's ring to ingress", static (sample, house) => house.Received - sample.IntendedNanos);
        legs.AddHouse();
        legs.AddOfBoth("egress to the client", static (sample, house) => sample.ReadNanos - house.Sent);
        legs.Report(result, static sample => sample.WayNanos, all.GetMean());
    }
}

/// <summary>How a measured venue stamps stages.</summary>
/// <param name="Clock">Of the stamps.</param>
/// <param name="Every">One command in so many.</param>
/// <param name="Samples">Where samples go, on the venue's own thread; read when it has stopped.</param>
internal sealed record StageSampling(SystemNanoClock Clock, int Every, List<StageSample> Samples);
