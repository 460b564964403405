using System.Globalization;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The legs of a command's way, each with all the samples that were taken at both of its sides: those of the client over what
/// the client sampled, those within the venue over what the venue sampled meanwhile, those between them over what both did.
/// The sum of their means stands beside the mean of the whole way, which the client measured by itself. One thread.
/// </summary>
/// <param name="label">Before the name of each leg.</param>
/// <param name="sampleEvery">One command in so many.</param>
/// <param name="stamped">What the venue stamped, before and after what is measured too.</param>
/// <param name="told">What the client saw, by command.</param>
internal sealed class StageLegs<TClient>(
    string label, int sampleEvery, IReadOnlyList<StageSample> stamped, Dictionary<long, TClient> told)
{
    /// <summary>What the sum of the stages may differ from the whole.</summary>
    public const double DifferenceMax = 0.15;

    private readonly StageSample[] _house =
    [
        .. stamped.Where(sample => told.Count > 0 && sample.Command >= told.Keys.Min() && sample.Command <= told.Keys.Max()),
    ];

    private readonly List<Leg> _legs = [];

    public void AddOfClient(string name, Func<TClient, double> nanos) => Add(name, told.Values.Select(nanos));

    public void AddOfBoth(string name, Func<TClient, StageSample, double> nanos) => Add(
        name, _house.Where(sample => told.ContainsKey(sample.Command)).Select(sample => nanos(told[sample.Command], sample)));

    /// <summary>What the venue stamps by itself.</summary>
    public void AddHouse()
    {
        Add("ingress: checked and sequenced", _house.Select(sample => (double)(sample.Sequenced - sample.Received)));
        Add("gathered, and taken up by the engine", _house.Select(sample => (double)(sample.EngineBegun - sample.Sequenced)));
        Add("engine", _house.Select(sample => (double)(sample.EngineDone - sample.EngineBegun)));
        Add("until safe and taken up by egress", _house.Select(sample => (double)(sample.Released - sample.EngineDone)));
        Add("egress: delivered with what was gathered", _house.Select(sample => (double)(sample.Sent - sample.Released)));
        Add(
            "beside it, until it lies in the journal", _house.Select(sample => (double)(sample.Journaled - sample.Sequenced)),
            isBeside: true);
    }

    /// <summary>Writes the legs down, their sum and what it is compared with.</summary>
    /// <param name="result">Where they go.</param>
    /// <param name="way">From end to end, as the client measured it.</param>
    /// <param name="meanOfAll">Of all commands, sampled or not.</param>
    /// <returns>By how much the sum differs from the whole, as a share; not a number without samples.</returns>
    public double Report(SuiteResult result, Func<TClient, double> way, double meanOfAll)
    {
        if (_legs.Any(static leg => leg.Nanos.Length == 0))
        {
            result.Notes.Add($"{label}: no command was sampled at both ends");
            return double.NaN;
        }

        var sum = 0.0;
        foreach (var leg in _legs)
        {
            result.Rows.Add(new SuiteRow($"{label}, {leg.Name}: mean", "ns", leg.Nanos.Average()));
            result.Rows.Add(new SuiteRow($"{label}, {leg.Name}: median", "ns", PairedRuns.Median(leg.Nanos)));
            sum += leg.IsBeside ? 0 : leg.Nanos.Average();
        }

        var whole = told.Values.Average(way);
        var difference = (sum - whole) / whole;
        result.Rows.Add(new SuiteRow($"{label}, sum of the means", "ns", sum));
        result.Rows.Add(new SuiteRow($"{label}, end to end: mean", "ns", whole));
        result.Rows.Add(new SuiteRow($"{label}, end to end, all commands: mean", "ns", meanOfAll));
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: one command in {sampleEvery:#,0}; {told.Count:#,0} samples of the client, {_house.Length:#,0} of the "
            + $"venue; the stages' means add up to {sum:#,0} ns, the mean from end to end that the client measured is "
            + $"{whole:#,0} ns: {difference:+0.0 %;-0.0 %} "
            + $"({(Math.Abs(difference) <= DifferenceMax ? "within" : "BEYOND")} {DifferenceMax:0 %})"));
        return difference;
    }

    private void Add(string name, IEnumerable<double> nanos, bool isBeside = false) =>
        _legs.Add(new Leg(name, [.. nanos], isBeside));

    private sealed record Leg(string Name, double[] Nanos, bool IsBeside);
}
