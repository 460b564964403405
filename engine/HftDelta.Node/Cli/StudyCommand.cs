using System.CommandLine;
using HftDelta.Node.Studies;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta study</c>: measurements of the idea itself, away from any venue.</summary>
internal static class StudyCommand
{
    private const string HedgingSchema = "hftdelta.study-hedging/1";
    private const int NothingRecordedWords = 2802;

    private static readonly RowColumn[] HedgingColumns =
    [
        new("paths", "paths", 10, IsLeft: true), new("trigger", "trigger", 10, IsLeft: true),
        new("setting", "setting", 9), new("settlements", "settlements", 12), new("meanResidual", "mean", 9),
        new("deviation", "deviation", 10), new("variance", "variance", 10), new("theoryVariance", "theory", 10),
    ];

    public static Command Create() => new("study", "Measurements of delta settlement itself.")
    {
        Hedging(), StudySettlementCommand.Create(),
    };

    private static TableCommand Hedging()
    {
        var paths = new Option<int>("--paths")
        {
            Description = "How many simulated paths.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => 200,
        };
        paths.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 10 or > 100_000)
            {
                result.AddError("--paths must be from 10 to 100,000");
            }
        });
        var seed = new Option<ulong>("--seed") { Description = "Of the simulated paths.", DefaultValueFactory = _ => 1 };
        var data = new Option<string?>("--data")
        {
            Description = "A folder of recorded market data that holds binance_multimarket; without it only simulated paths are "
                + "studied.",
            HelpName = "DIR",
        };
        var svg = new Option<string>("--svg")
        {
            Description = "Where the plot is written.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "hedging-study.svg",
        };
        var command = new TableCommand(
            "hedging",
            "Variance of what is left of an option at expiry, beside its premium, against the threshold and against the interval "
            + "of settlement; with a plot. Simulated: a call at the money, 30 days, volatility 80 %, spot 100, 4,000 steps. "
            + "Recorded: four minutes of quotes each, scaled to the same option.")
        {
            paths, seed, data, svg,
        };
        command.SetAction(result =>
        {
            using var interrupt = new Interrupt();
            var error = result.InvocationConfiguration.Error;
            var simulated = SimulatedPaths.Make(result.GetValue(paths), result.GetValue(seed));
            List<HedgeSeries> series = [.. HedgingStudy.Of("simulated", simulated, interrupt.Token)];
            var recorded = result.GetValue(data) is { } folder ? RecordedPaths.Read(folder) : [];
            if (recorded.Count > 0)
            {
                series.AddRange(HedgingStudy.Of("recorded", recorded, interrupt.Token));
            }
            else
            {
                error.WriteLine(
                    $"warning HD{NothingRecordedWords}: no recorded paths: --data names no folder with "
                    + "binance_multimarket/btc_*_bbo.csv.gz.");
            }

            var plot = result.GetValue(svg)!;
            File.WriteAllText(plot, HedgingPlot.Draw(series));
            error.WriteLine($"plot: {plot}");
            Write(
                new TableWriter(
                    result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared), HedgingSchema, HedgingColumns),
                series, simulated.Count, recorded.Count);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(TableWriter table, List<HedgeSeries> series, int simulated, int recorded)
    {
        foreach (var one in series)
        {
            foreach (var line in one.Lines)
            {
                table.Row(
                    TableCell.Word(one.Paths), TableCell.Word(one.Trigger), TableCell.Word(line.Rule.Setting),
                    TableCell.Of((decimal)line.Settlements, 1), TableCell.Of((decimal)line.Mean, 4),
                    TableCell.Of((decimal)line.Deviation, 4), TableCell.Of((decimal)line.Variance, 5),
                    line.Rule.IsThreshold
                        ? TableCell.None
                        : TableCell.Of((decimal)HedgedOption.VarianceInTheory(line.Settlements), 5));
            }
        }

        var members = new List<(string Name, string Heading, TableCell Value)>
        {
            ("simulatedPaths", "simulated paths", TableCell.Of(simulated)),
            ("recordedPaths", "recorded paths", TableCell.Of(recorded)),
        };
        foreach (var one in series)
        {
            var name = $"{one.Paths}{char.ToUpperInvariant(one.Trigger[0])}{one.Trigger[1..]}";
            members.Add(($"{name}Slope", $"{one.Paths}, {one.Trigger}", Line(one.Line)));
            members.Add(($"{name}Floor", "  that stays", TableCell.Of((decimal)one.Line.Floor, 6)));
            members.Add(($"{name}Exponent", "  as a power", Power(one.Power)));
        }

        table.End([.. members]);
    }

    /// <summary>To people the whole line, to programs its slope.</summary>
    private static TableCell Line(LineFit fit) => TableCell.Of((decimal)fit.Slope, 4) with
    {
        Text = FormattableString.Invariant(
            $"variance = {fit.Floor:G3} + {fit.Slope:G3} x spacing (of the life), at most {fit.WorstMiss:P0} off"),
    };

    /// <summary>The same of its exponent.</summary>
    private static TableCell Power(PowerFit fit) => TableCell.Of((decimal)fit.Exponent, 4) with
    {
        Text = FormattableString.Invariant(
            $"variance = {fit.Factor:G3} x spacing ^ {fit.Exponent:F2}, R2 {fit.Determination:F3}"),
    };
}
