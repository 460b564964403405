using System.Globalization;
using HftDelta.Perf.Results;

namespace HftDelta.Perf.Pipeline;

/// <summary>Measures venue after venue against the bare rings and writes down what it found. One thread.</summary>
internal sealed class PipelineMeasurement(PipelineVolume volume, OrderFlow flow, SuiteResult result)
{
    private const double WantedShare = 0.95;

    private readonly List<HiccupProfile> _hiccups = [];
    private readonly List<string> _misses = [];
    private string _fileSystem = "";
    private double _refusedShareMax;

    public void Run(PipelinePlan plan)
    {
        var hop = new BareHop(flow, plan.Idle);
        WarmUp(hop);
        using var venue = new VenueRun(flow, plan.Threading, plan.Idle, volume.WarmUpCommands, byHand: plan.ByHand);
        result.Counters.Files = venue.FileBytes;
        if (plan.HasThroughput)
        {
            AddThroughput(plan, hop, venue.Client);
        }

        foreach (var rate in plan.Rates)
        {
            AddLatency(plan, hop, venue.Client, rate);
        }

        _fileSystem = venue.FileSystem;
        _refusedShareMax = Math.Max(_refusedShareMax, venue.Client.Refused / (double)venue.Client.Sent);
    }

    public void AddNotes()
    {
        Note($"{OrderFlow.Mix}; one thread plays all accounts, each with its own connection");
        Note($"at most {_refusedShareMax:P2} of the commands were refused: cancels that came after a fill");
        Note($"reports go to the client, nobody listens to public data; journal on {_fileSystem}, deleted after the run");
        Note($"with {FlowClient.Window:#,0} commands unanswered the client holds back; what waits counts from its intended time");
        Note("no thread is pinned; the floor's second thread waits as the venue's do: backoff unless the label says yield");
        Note("backoff parks an idle thread for 50 us and more: at low rates it is the park that is measured, on both sides");
        if (_hiccups.Count > 0)
        {
            Note($"between the latency turns a busy loop lost {_hiccups.Average(hiccup => hiccup.LostShare):P1} of its time, "
                + $"{_hiccups.Average(hiccup => hiccup.Over100Micros):0} pauses/s over 100 us, longest "
                + $"{_hiccups.Max(hiccup => hiccup.MaxMicros):#,0} us");
        }

        foreach (var miss in _misses)
        {
            Note(miss);
        }

        Note(SuiteNotes.Machine());
    }

    private static void WarmUp(BareHop hop)
    {
        var ignored = LatencyTurns.NewHistogram();
        for (var round = 0; round < 10; round++)
        {
            hop.SecondsOneWay(10_000);
            hop.ThereAndBack(100_000, 1_000, ignored);
        }
    }

    private void AddThroughput(PipelinePlan plan, BareHop hop, FlowClient client)
    {
        var count = volume.ThroughputCommands;
        var allocated = 0L;
        var runs = PairedRuns.Measure(volume.ThroughputPairs, () => hop.SecondsOneWay(count), () =>
        {
            result.Counters.Begin();
            var seconds = client.RunClosed(count);
            allocated += result.Counters.End();
            return seconds;
        });
        result.Rows.Add(new SuiteRow($"throughput, {plan.Label}: bare ring", "commands/s", count / runs.FloorMedian));
        result.Rows.Add(runs.RateRow($"throughput, {plan.Label}: venue", "commands/s", count));
        result.Rows.Add(new SuiteRow(
            $"throughput, {plan.Label}: allocated by all threads",
            "bytes/command",
            allocated / ((double)count * volume.ThroughputPairs)));
    }

    private void AddLatency(PipelinePlan plan, BareHop hop, FlowClient client, double rate)
    {
        var count = volume.CommandsAt(rate);
        var floor = LatencyTurns.NewHistogram();
        var subject = LatencyTurns.NewHistogram();
        var seconds = 0.0;
        var runs = PairedRuns.Measure(
            volume.LatencyPairs,
            () => LatencyTurns.MedianOf(floor, turn => hop.ThereAndBack(rate, count, turn)),
            () =>
            {
                _hiccups.Add(HiccupProfile.Measure(TimeSpan.FromMilliseconds(30)));
                return LatencyTurns.MedianOf(subject, turn =>
                {
                    result.Counters.Begin();
                    seconds += client.RunOpen(rate, count, turn);
                    result.Counters.End();
                });
            });
        var label = string.Create(CultureInfo.InvariantCulture, $"{rate / 1_000:0}k/s {plan.Label}");
        result.Rows.Add(new SuiteRow($"latency p50, {label}: bare rings", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"latency p50, {label}: venue", "us", 1_000));
        result.Histograms.Add(new NamedHistogram($"{label} bare rings", floor, IsFloor: true));
        result.Histograms.Add(new NamedHistogram($"{label} venue", subject));
        var reached = volume.LatencyPairs * count / seconds;
        if (reached < rate * WantedShare)
        {
            _misses.Add(string.Create(
                CultureInfo.InvariantCulture, $"{label}: {reached:#,0}/s were reached, so the latencies hold a queue that grew"));
        }
    }

    private void Note(string note) => result.Notes.Add(note);
}
