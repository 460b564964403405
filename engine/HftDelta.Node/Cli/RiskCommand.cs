using System.CommandLine;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta risk</c>: volatility, delta, mark and scenarios of every instrument of a journal.</summary>
internal static class RiskCommand
{
    private const string Schema = "hftdelta.risk/1";
    private const string ScenarioSchema = "hftdelta.scenarios/1";

    private static readonly RowColumn[] Columns =
    [
        new("instrument", "instrument", 10), new("symbol", "symbol", 20, IsLeft: true), new("settlementPriceTicks", "S", 14),
        new("volatilityQ48", "volatility", 10), new("deltaUnits", "delta", 10), new("markSubAtoms", "mark", 22),
        new("worstLongSubAtoms", "worst, long", 22), new("worstShortSubAtoms", "worst, short", 22),
    ];

    private static readonly RowColumn[] ScenarioColumns =
    [
        new("instrument", "instrument", 10), new("symbol", "symbol", 20, IsLeft: true), new("component", "component", 9),
        new("changeSubAtoms", "change", 24),
    ];

    private static readonly Option<bool> ScenariosOption = new("--scenarios")
    {
        Description = "Write what one lot gains in each of the 35 scenarios instead.",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.Argument();
        var to = ReplayedJournal.ToOption();
        var command = new TableCommand(
            "risk",
            "Replay the journal and write of every live instrument the volatility that it is priced with, its delta and mark, "
            + "and the most that one lot loses in a scenario of portfolio margin, held long and held short.")
        {
            directory, to, ScenariosOption,
        };
        command.SetAction(result =>
        {
            var prices = new EntryPrices();
            using var replayed = ReplayedJournal.Read(
                result.GetRequiredValue(directory), result.GetValue(to), prices, result.InvocationConfiguration.Error);
            var areScenarios = result.GetValue(ScenariosOption);
            var table = new TableWriter(
                result.InvocationConfiguration.Output, result.GetValue(OutputOption.Shared),
                areScenarios ? ScenarioSchema : Schema, areScenarios ? ScenarioColumns : Columns);
            var components = new SubAtoms[ScenarioVectors.Count];
            for (uint id = 1; id <= replayed.View.InstrumentCount; id++)
            {
                var instrument = new InstrumentId(id);
                if (!replayed.View.TryCopyScenarios(instrument, components))
                {
                    continue;
                }

                var symbol = prices.Known.NameOf(id);
                if (areScenarios)
                {
                    WriteScenarios(table, instrument, symbol, components);
                }
                else
                {
                    Write(table, replayed, instrument, symbol, components);
                }
            }

            table.End(("lastSequence", "last sequence", TableCell.Of(replayed.Result.LastSequence.Value)));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(
        TableWriter table, ReplayedJournal replayed, InstrumentId instrument, string symbol, ReadOnlySpan<SubAtoms> components)
    {
        // The two of skew have no sign of their own: they are taken by expiry.
        Int128 lowest = 0;
        Int128 highest = 0;
        foreach (var change in components[..ScenarioVectors.SkewRotation])
        {
            lowest = Int128.Min(lowest, change.Value);
            highest = Int128.Max(highest, change.Value);
        }

        var volatility = replayed.View.Volatility(instrument);
        table.Row(
            TableCell.Id(instrument.Value), TableCell.Word(symbol),
            TableCell.Of(replayed.View.SettlementPrice(instrument).Value), OfVolatility(volatility),
            TableCell.Of(replayed.View.Delta(instrument)), TableCell.Of(replayed.View.Mark(instrument)),
            TableCell.Of(new SubAtoms(lowest)), TableCell.Of(new SubAtoms(-highest)));
    }

    private static void WriteScenarios(
        TableWriter table, InstrumentId instrument, string symbol, ReadOnlySpan<SubAtoms> components)
    {
        for (var index = 0; index < components.Length; index++)
        {
            table.Row(
                TableCell.Id(instrument.Value), TableCell.Word(symbol), TableCell.Of((long)index),
                TableCell.Of(components[index]));
        }
    }

    private static TableCell OfVolatility(VolatilityQ48 volatility) =>
        TableCell.OfFraction(volatility.Value, VolatilityQ48.One.Value);
}
