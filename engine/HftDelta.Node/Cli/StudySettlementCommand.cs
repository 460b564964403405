using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using HftDelta.Node.Studies;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta study settlement</c>: settling on an L1 against settling here, measured where it is here.</summary>
internal static class StudySettlementCommand
{
    private const string Schema = "hftdelta.study-settlement/1";
    private const int Ticks = 400;

    private static readonly RowColumn[] Columns =
    [
        new("place", "place", 16, IsLeft: true), new("spacingSeconds", "every s", 9), new("settlementsPerDay", "a day", 9),
        new("residualDeviation", "deviation", 10), new("costUsd", "cost USD", 15), new("costPerDayUsd", "a day USD", 14),
        new("marginBasisPoints", "margin bp", 10), new("latencySeconds", "latency s", 12), new("finalSeconds", "unsettled s", 13),
    ];

    private static readonly (string Name, double Seconds)[] _onChain =
    [
        ("L1, every block", SettlementPlace.BlockSeconds), ("L1, every hour", 3_600), ("L1, every day", 86_400),
    ];

    public static Command Create()
    {
        var interval = Number("--interval-seconds", "Between two settlements here.", 1);
        var gas = Number("--gas-gwei", "Assumed price of gas.", 5);
        var ether = Number("--ether-usd", "Assumed price of ether.", 3_000);
        var core = Number("--core-hour-usd", "Assumed price of a core for an hour.", 0.05);
        var command = new TableCommand(
            "settlement",
            "Settling an option of 30 days at the money (volatility 80 %) for 1,000 accounts on Ethereum, in every block, hour "
            + "and day, against settling it here: frequency, deviation of what is left at expiry (spot 100), cost, margin of "
            + "three deviations for a move that is not settled, and latency. What it costs here is measured in this process: "
            + "100 options of one underlying, 5 positions an account; no network, no journal.")
        {
            interval, gas, ether, core,
        };
        command.SetAction(result =>
        {
            using var interrupt = new Interrupt();
            var prices = new SettlementPrices(result.GetValue(gas), result.GetValue(ether), result.GetValue(core));
            using var bench = new SettlementBench();
            bench.Measure(Ticks, interrupt.Token);
            var cost = bench.Measure(Ticks, interrupt.Token);
            var table = new TableWriter(
                result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared), Schema, Columns);
            foreach (var (name, seconds) in _onChain)
            {
                Row(table, SettlementPlace.OnChain(name, seconds, SettlementBench.Accounts, prices));
            }

            Row(table, SettlementPlace.Here(result.GetValue(interval), SettlementBench.Accounts, cost, prices));
            table.End(
                ("tickMicroseconds", "tick of 100, us", TableCell.Of((decimal)cost.TickNanos / 1_000, 2)),
                ("touchMicroseconds", "touch of an account, us", TableCell.Of((decimal)cost.TouchNanos / 1_000, 3)),
                ("positions", "positions", TableCell.Of(bench.Positions)),
                ("gasGwei", "gas, gwei", TableCell.Of((decimal)prices.GasPriceGwei, 2)),
                ("etherUsd", "ether, USD", TableCell.Of((decimal)prices.EtherUsd, 2)),
                ("coreHourUsd", "core hour, USD", TableCell.Of((decimal)prices.CoreHourUsd, 4)),
                ("cores", "cores", TableCell.Of(Environment.ProcessorCount)),
                ("system", "system", TableCell.Word(System)),
                ("date", "date", TableCell.Word(DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static string System =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Processor()}";

    private static string Processor()
    {
        const string Facts = "/proc/cpuinfo";
        const string Name = "model name";
        var line = File.Exists(Facts)
            ? File.ReadLines(Facts).FirstOrDefault(fact => fact.StartsWith(Name, StringComparison.Ordinal))
            : null;
        return line is null ? "processor not told" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static Option<double> Number(string name, string description, double otherwise)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 1e9))
            {
                result.AddError($"{name} must be above 0");
            }
        });
        return option;
    }

    private static void Row(TableWriter table, SettlementPlace place) => table.Row(
        TableCell.Word(place.Name), TableCell.Of((decimal)place.SpacingSeconds, 1),
        TableCell.Of((decimal)place.SettlementsPerDay, 0),
        TableCell.Of((decimal)place.Deviation, 4), TableCell.Of((decimal)place.CostUsd, 10),
        TableCell.Of((decimal)place.CostPerDayUsd, 4), TableCell.Of((decimal)place.MarginBasisPoints, 2),
        TableCell.Of((decimal)place.LatencySeconds, 6), TableCell.Of((decimal)place.UnsettledSeconds, 6));
}
