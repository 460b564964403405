using System.Globalization;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Orders while everything settles: 500 options and 10,000 accounts, an oracle at 10 Hz and at 1 kHz, the risk worker at work.
/// Beside it the same venue, the same orders and a quiet oracle.
/// </summary>
public static class StormSuite
{
    private const ulong Seed = 53;
    private const int OptionsTraded = 8;
    private const int OptionsMore = 492;
    private const int AccountsMore = 10_000 - FlowMarket.Accounts;
    private const double OrdersPerSecond = 20_000;
    private static readonly double[] OracleRates = [10, 1_000];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "storm",
            "A venue on threads, ring to ring within the process, durability process, 500 options and a perpetual of one "
            + "underlying, 10,000 accounts, one risk worker. Open loop, from the intended time of sending to the command's first "
            + "report read, while an oracle on a thread of its own moves the price by 0.2 % with every report, so that all "
            + "instruments settle and all risk is computed anew. Floor: the same venue and orders while the oracle is silent, in "
            + "turns. Medians");
        var volume = options.Quick ? new StormVolume(40_000, 3, 0.2) : new StormVolume(80_000, options.Full ? 15 : 7, 1);
        var turns = 2 * volume.Pairs * OracleRates.Length;
        var now = DateTime.UtcNow - DateTime.UnixEpoch;
        using var flow = FlowMaker.Make(
            volume.WarmUpCommands + (turns * volume.Commands), Seed, new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
        var limits = FlowMarket.Limits with { Accounts = 16_384 };
        using var venue = new VenueRun(
            flow, ThreadingMode.Compact, IdleKind.Backoff, volume.WarmUpCommands, limits, static market =>
            {
                market.ListOptions(OptionsTraded, OptionsMore, hasBands: false);
                market.OpenIdleAccounts(AccountsMore);
            });
        result.Counters.Files = venue.FileBytes;
        foreach (var rate in OracleRates)
        {
            Measure(result, venue, rate, volume);
        }

        result.Notes.Add($"{OrderFlow.Mix}; {OrdersPerSecond:#,0} of them a second; four accounts trade, the others hold money");
        result.Notes.Add("an account that trades is applied first when a tick moved what it holds: the storm's price to orders");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void Measure(SuiteResult result, VenueRun venue, double rate, StormVolume volume)
    {
        var (quiet, storm) = (LatencyTurns.NewHistogram(), LatencyTurns.NewHistogram());
        var label = string.Create(CultureInfo.InvariantCulture, $"oracle at {rate:#,0} Hz");
        long reports = 0;
        using var recorder = new IntervalRecorder(0.1, 2.5 * volume.Pairs * volume.TurnSeconds);
        var runs = PairedRuns.Measure(
            volume.Pairs,
            () => LatencyTurns.MedianOf(quiet, Turn),
            () =>
            {
                using var oracle = new StormOracle(venue.Desk, venue.Market, rate);
                venue.Client.Intervals = recorder;
                var median = LatencyTurns.MedianOf(storm, Turn);
                venue.Client.Intervals = null;
                reports += oracle.Sent;
                return median;
            });
        result.Rows.Add(runs.Row($"latency p50, {label}; floor: silent", "us", 1_000));
        AddTail(result, $"latency p99, {label}; floor: silent", storm.GetValueAtPercentile(99), quiet.GetValueAtPercentile(99));
        result.Rows.Add(new SuiteRow($"reports, {label}", "each turn", reports / (double)volume.Pairs));
        result.Histograms.Add(new NamedHistogram($"silent, turns beside {label}", quiet, IsFloor: true));
        result.Histograms.Add(new NamedHistogram(label, storm));
        result.Series.Add(recorder.End($"{label} over time"));

        void Turn(HdrHistogram.LongHistogram turn)
        {
            result.Counters.Begin();
            venue.Client.RunOpen(OrdersPerSecond, volume.Commands, turn);
            result.Counters.End();
        }
    }

    /// <summary>Of all turns together: a tail has no median of neighbours worth the name.</summary>
    private static void AddTail(SuiteResult result, string label, long storm, long quiet) =>
        result.Rows.Add(new SuiteRow(label, "us", storm / 1e3, storm / (double)quiet, quiet / 1e3));

    /// <param name="WarmUpCommands">Before anything is measured.</param>
    /// <param name="Pairs">Turns of each, odd.</param>
    /// <param name="TurnSeconds">Length of one.</param>
    private sealed record StormVolume(int WarmUpCommands, int Pairs, double TurnSeconds)
    {
        public int Commands => (int)(OrdersPerSecond * TurnSeconds);
    }
}
