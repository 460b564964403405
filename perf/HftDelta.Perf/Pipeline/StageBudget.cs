using System.Globalization;
using HdrHistogram;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Where the time of a command goes: a venue stamps one in 1,024 at each stage, the client the same ones at its ends, at a
/// fixed rate in an open loop. The means of the stages, each over all its samples, are added up and compared with the mean
/// from end to end that the client measured by itself. One thread.
/// </summary>
internal sealed class StageBudget(OrderFlow flow, SuiteResult result)
{
    public const int SampleEvery = 1_024;

    /// <summary>What the sum of the stages may differ from the whole.</summary>
    public const double DifferenceMax = 0.15;

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

        Add(samples, probe, rate, all.GetMean());
    }

    private void Add(List<StageSample> samples, StageProbe probe, double rate, double meanOfAll)
    {
        var byCommand = new Dictionary<long, StageSample>();
        foreach (var sample in samples)
        {
            byCommand[sample.Command] = sample;
        }

        var legs = new Dictionary<string, List<double>>();
        var ways = new List<double>();
        foreach (var client in probe.Samples)
        {
            ways.Add(client.ReadNanos - client.IntendedNanos);
            if (byCommand.TryGetValue(client.Command, out var house))
            {
                Leg(legs, "client's ring to ingress", house.Received - client.IntendedNanos);
                Leg(legs, "ingress: checked and sequenced", house.Sequenced - house.Received);
                Leg(legs, "gathered, and taken up by the engine", house.EngineBegun - house.Sequenced);
                Leg(legs, "engine", house.EngineDone - house.EngineBegun);
                Leg(legs, "until safe and taken up by egress", house.Released - house.EngineDone);
                Leg(legs, "egress: delivered, and shown with what was gathered", house.Sent - house.Released);
                Leg(legs, "egress to the client", client.ReadNanos - house.Sent);
                Leg(legs, JournalLeg, house.Journaled - house.Sequenced);
            }
        }

        if (ways.Count == 0)
        {
            result.Notes.Add("stages: no command was sampled");
            return;
        }

        var label = string.Create(CultureInfo.InvariantCulture, $"stages at {rate / 1_000:0}k/s");
        var sum = 0.0;
        foreach (var (name, nanos) in legs)
        {
            result.Rows.Add(new SuiteRow($"{label}, {name}: mean", "ns", nanos.Average()));
            result.Rows.Add(new SuiteRow($"{label}, {name}: median", "ns", PairedRuns.Median([.. nanos])));
            sum += name == JournalLeg ? 0 : nanos.Average();
        }

        var whole = ways.Average();
        var difference = (sum - whole) / whole;
        result.Rows.Add(new SuiteRow($"{label}, sum of the means", "ns", sum));
        result.Rows.Add(new SuiteRow($"{label}, end to end: mean", "ns", whole));
        result.Rows.Add(new SuiteRow($"{label}, end to end, all commands: mean", "ns", meanOfAll));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: one command in {SampleEvery:N0}, {ways.Count:N0} samples; the stages' means "
            + $"add up to {sum:N0} ns, the mean from end to end is {whole:N0} ns: {difference:+0.0 %;-0.0 %} "
            + $"({(Math.Abs(difference) <= DifferenceMax ? "within" : "BEYOND")} {DifferenceMax:0 %})"));
    }

    private const string JournalLeg = "beside it, until it lies in the journal";

    private static void Leg(Dictionary<string, List<double>> legs, string name, long nanos)
    {
        if (!legs.TryGetValue(name, out var list))
        {
            legs[name] = list = [];
        }

        list.Add(nanos);
    }
}

/// <summary>How a measured venue stamps stages.</summary>
/// <param name="Clock">Of the stamps.</param>
/// <param name="Every">One command in so many.</param>
/// <param name="Samples">Where samples go, on the venue's own thread; read when it has stopped.</param>
internal sealed record StageSampling(SystemNanoClock Clock, int Every, List<StageSample> Samples);
