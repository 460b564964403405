namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What settlement costs by the number of accounts: a tick must not depend on it. With it what an account pays when it is
/// touched, and what installing a thousand results costs.
/// </summary>
public static class AccountsSuite
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private const int WarmUpTicks = 500;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "accounts",
            "Two cores on one thread, alike but for their people: 1,000 accounts and 100,000, the first 1,000 with twenty "
            + "positions each, the others with two. In turns: an oracle report that settles all 1,000 instruments, the "
            + "computation that is the risk worker's, the marker that installs it; between two ticks 64 accounts here and "
            + "there get a deposit. Ratio: 100,000 accounts over 1,000, median of neighbours");
        using var few = new HeldMarket(Few);
        using var many = new HeldMarket(Many);
        var floor = new SettlementFloor(HeldMarket.Instruments);
        WarmUp(few, many, floor);
        var ticks = options.Quick ? 51 : 401;
        MeasureTicks(few, many, ticks, result);
        MeasureInstall(few, floor, ticks, result);
        MeasureTouch("1,000 accounts", few, options, result);
        MeasureTouch("100,000 accounts", many, options, result);
        few.CheckSound();
        many.CheckSound();
        result.Notes.Add("one perpetual, the rest options; the core's limits are the same in both");
        result.Notes.Add("a touch is a deposit, which applies the account first: after a tick that moved all of its positions, "
            + "beside one that finds nothing to apply; each holds one reading of the clock; medians of commands, then of rounds");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void WarmUp(HeldMarket few, HeldMarket many, SettlementFloor floor)
    {
        for (var tick = 0; tick < WarmUpTicks; tick++)
        {
            floor.Nanos(SettlementSteps.MoveTicks);
            TickNanos(few);
            TickNanos(many);
            if (tick % 50 == 0)
            {
                few.DepositNanos();
                many.DepositNanos();

                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(100);
            }
        }
    }

    private static double TickNanos(HeldMarket market, PhaseCounters? counters = null)
    {
        market.Disturb();
        counters?.Begin();
        market.Steps.Run();
        counters?.End();
        return market.Steps.Tick;
    }

    private static void MeasureTicks(HeldMarket few, HeldMarket many, int ticks, SuiteResult result)
    {
        var runs = PairedRuns.Measure(ticks, () => TickNanos(few), () => TickNanos(many, result.Counters));
        result.Rows.Add(new SuiteRow("tick, 1,000 instruments, 1,000 accounts", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row("tick, 1,000 instruments, 100,000 accounts, within 1.2", "us", 1_000));
    }

    private static void MeasureInstall(HeldMarket market, SettlementFloor floor, int ticks, SuiteResult result)
    {
        var computeNanos = new double[ticks];
        var index = 0;
        var runs = PairedRuns.Measure(ticks, () => floor.Nanos(SettlementSteps.MoveTicks), () =>
        {
            result.Counters.Begin();
            market.Steps.Run();
            result.Counters.End();
            computeNanos[index++] = market.Steps.Compute;
            return market.Steps.Install;
        });
        result.Rows.Add(new SuiteRow(
            "deltas and 35 scenarios of 1,000 instruments, off the core, CPU", "us", PairedRuns.Median(computeNanos) / 1_000));
        result.Rows.Add(runs.Row("GreeksReady of 1,000 instruments applied; floor: multiply-adds", "us", 1_000));
    }

    private static void MeasureTouch(string label, HeldMarket market, SuiteOptions options, SuiteResult result)
    {
        var rounds = options.Quick ? 5 : 31;
        var (untouched, touched) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            market.Steps.Run();
            touched[round] = market.DepositNanos();
            untouched[round] = market.DepositNanos();
        }

        var (with, without) = (PairedRuns.Median(touched), PairedRuns.Median(untouched));
        result.Rows.Add(new SuiteRow($"{label}: deposit, nothing to apply", "ns", without));
        result.Rows.Add(new SuiteRow($"{label}: deposit that applies 20 positions", "ns", with, with / without, without));
        result.Rows.Add(new SuiteRow($"{label}: touch of 20 positions", "ns", with - without));
    }
}
