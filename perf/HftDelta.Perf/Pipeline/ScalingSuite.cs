namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What the same activity costs when the market around it is doubled again and again: in accounts, instruments, resting orders
/// and sessions, the core alone; and in subscribers to public data, ring to ring.
/// </summary>
public static class ScalingSuite
{
    private const double FlatBelow = 0.1;
    private const int WarmUpRounds = 12;
    private const int WarmUpPairsMin = 4_096;

    private static readonly Scale[] Scales =
    [
        new("accounts", static size => MarketSize.Least with { Accounts = size }, 1_000, 64_000, FlatBelow),
        new("instruments", static size => MarketSize.Least with { Instruments = size }, 16, 1_024, FlatBelow),
        new("resting orders", static size => MarketSize.Least with { RestingOrders = size }, 1_024, 131_072, null),
        new("sessions", static size => MarketSize.Least with { Sessions = size }, 64, 4_096, null),
    ];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "scaling",
            $"The core on one thread, closed loop: {ScaledMarket.ActiveAccounts} accounts spread over all enter orders into "
            + $"{ScaledMarket.ActiveInstruments} books spread over all and cancel them, whatever else there is. One size grows, "
            + "the others stay at their least; engines of all sizes stand side by side and have their turns in order. Cost "
            + "of a command in the median chunk, then the median of turns; the exponent is that of the line through the "
            + "logarithms by least squares: 0 is flat, 1 grows as the size does. Ratio: the largest over the smallest. "
            + "Subscribers: a venue ring to ring by turns on one thread, in time of that thread");
        foreach (var scale in Scales)
        {
            Measure(result, scale, options);
        }

        using (var subscribers = new SubscriberScaling(result))
        {
            subscribers.Run(options);
        }

        result.Notes.Add($"at the least {MarketSize.Least.Accounts:#,0} accounts, {MarketSize.Least.Instruments} instruments, "
            + $"{MarketSize.Least.RestingOrders:#,0} resting orders, {MarketSize.Least.Sessions} sessions; "
            + "limits for the largest");
        result.Notes.Add("a cost that grows by caches that no longer hold everything shows as a small exponent, not as a step");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void Measure(SuiteResult result, Scale scale, SuiteOptions options)
    {
        var sizes = scale.Sizes(options.Quick).ToArray();
        var (turns, pairs) = options.Quick ? (3, 1_024) : (options.Full ? 31 : 11, 8_192);
        var markets = new ScaledMarket[sizes.Length];
        try
        {
            for (var index = 0; index < sizes.Length; index++)
            {
                markets[index] = new ScaledMarket(scale.At(sizes[index]));
            }

            WarmUp(markets, pairs);
            var costs = Costs(markets, turns, pairs, result.Counters);
            var points = sizes.Zip(costs, static (size, cost) => new ScalingPoint(size, cost)).ToArray();
            result.Scalings.Add(
                new ScalingTable("a command at fixed activity", scale.Name, "ns/command", points, scale.ExponentMax));
            result.Rows.Add(new SuiteRow(
                FormattableString.Invariant($"a command with {sizes[^1]:#,0} {scale.Name}; floor: with {sizes[0]:#,0}"),
                "ns/command",
                costs[^1],
                costs[^1] / costs[0],
                costs[0]));
            foreach (var market in markets)
            {
                market.CheckSound();
            }
        }
        finally
        {
            foreach (var market in markets)
            {
                market?.Dispose();
            }
        }
    }

    private static double[] Costs(ScaledMarket[] markets, int turns, int pairs, PhaseCounters counters)
    {
        var nanos = markets.Select(_ => new double[turns]).ToArray();
        for (var turn = 0; turn < turns; turn++)
        {
            for (var index = 0; index < markets.Length; index++)
            {
                nanos[index][turn] = markets[index].CommandNanos(pairs, counters);
            }
        }

        return [.. nanos.Select(PairedRuns.Median)];
    }

    private static void WarmUp(ScaledMarket[] markets, int pairs)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            foreach (var market in markets)
            {
                market.CommandNanos(Math.Max(pairs, WarmUpPairsMin));
            }

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(50);
        }
    }

    /// <param name="Name">What grows.</param>
    /// <param name="At">The market of a size.</param>
    /// <param name="Least">Where it begins.</param>
    /// <param name="Most">Where it ends; a doubling of the least.</param>
    /// <param name="ExponentMax">What is promised; null: nothing.</param>
    private sealed record Scale(string Name, Func<int, MarketSize> At, int Least, int Most, double? ExponentMax)
    {
        /// <summary>Every doubling, or every third.</summary>
        public IEnumerable<int> Sizes(bool isQuick)
        {
            for (var size = Least; size <= Most; size *= isQuick ? 8 : 2)
            {
                yield return size;
            }
        }
    }
}
