using System.Globalization;
using HdrHistogram;
using HftDelta.Perf.Pipeline;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Network;

/// <summary>
/// Where the time of a request goes from the client's intention to its outcome: a venue on UDP stamps one command in 1,024 at
/// each stage, the client the same ones at its ends. The network is two legs: from the client's call until ingress has the
/// frame, and from egress until the client is told. One thread.
/// </summary>
internal sealed class WireStages(SuiteResult result)
{
    private const int SampleEvery = 1_024;
    private const double WarmUpPerSecond = 50_000;

    public void Run(IdleKind idle, double ratePerSecond, double seconds, int warmUpCount)
    {
        var clock = new SystemNanoClock();
        var samples = new List<StageSample>(65_536);
        var probe = new WireProbe(SampleEvery);
        var all = LatencyTurns.NewHistogram();
        var count = (int)(ratePerSecond * seconds);
        double took;
        using (var venue = new WireVenue(
            new WirePlan(idle), WarmUpPerSecond, warmUpCount, new StageSampling(clock, SampleEvery, samples), probe))
        {
            result.Counters.Files = venue.FileBytes;
            result.Counters.Begin();
            took = venue.Client.RunOpen(ratePerSecond, count, all);
            result.Counters.End();
        }

        var legs = new StageLegs<WireSample>(
            string.Create(CultureInfo.InvariantCulture, $"stages at {ratePerSecond / 1_000:0}k/s {idle.ToText()}"),
            SampleEvery, samples, probe.Samples.ToArray().ToDictionary(sample => sample.Command));
        legs.AddOfClient("client: late, or held back by its window", static sample => sample.CalledNanos - sample.IntendedNanos);
        legs.AddOfBoth(
            "client's call to ingress: encoded, sent, received", static (sample, house) => house.Received - sample.CalledNanos);
        legs.AddHouse();
        legs.AddOfBoth(
            "egress to the client told: sent, received, decoded", static (sample, house) => sample.ToldNanos - house.Sent);
        legs.Report(result, static sample => sample.WayNanos, all.GetMean());
        if (count / took < ratePerSecond * WireSuite.WantedShare)
        {
            result.Notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"stages: {count / took:#,0}/s were reached, so they hold a queue that grew"));
        }
    }
}
