using HdrHistogram;
using HftDelta.Gateway;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Pipeline;

/// <summary>One leg of a command's way through the house.</summary>
public enum StageLeg
{
    /// <summary>Ingress checks it and lays it into the inbound ring.</summary>
    Ingress,

    /// <summary>It waits to be shown with those gathered behind it, and for the engine.</summary>
    Queue,

    Engine,

    /// <summary>It waits until it is safe, and for egress.</summary>
    Safe,

    /// <summary>Egress hands on its events, and what was gathered behind them.</summary>
    Egress,

    /// <summary>All of these.</summary>
    House,

    /// <summary>Beside queue and engine: until it lies in the journal.</summary>
    Journal,
}

/// <summary>
/// How long sampled commands took for each leg of their way: histograms for whoever stands still, counters for whoever looks
/// from outside. The first five legs follow each other without a gap, so their means add up to the sixth. Owner: the thread
/// of the monitor, and anybody once that has stopped.
/// </summary>
public sealed class StageTimes
{
    private const long NanosMax = 60_000_000_000;
    private const int SignificantDigits = 3;

    private readonly StageStamps _stamps;
    private readonly Action<StageSample>? _told;
    private readonly Counter _samples;
    private readonly Counter[] _totals;
    private readonly Counter[] _means;
    private readonly Counter[] _maxima;
    private readonly LongHistogram[] _histograms;

    /// <param name="stamps">Where samples come from.</param>
    /// <param name="allocate">Makes the counters.</param>
    /// <param name="told">Told of each sample, on the monitor's thread; null: nobody.</param>
    public StageTimes(StageStamps stamps, CounterAllocation allocate, Action<StageSample>? told = null)
    {
        ArgumentNullException.ThrowIfNull(stamps);
        ArgumentNullException.ThrowIfNull(allocate);
        _stamps = stamps;
        _told = told;
        _samples = allocate("hftdelta_stage_samples_total", $"one command in {stamps.SampleEvery}", CounterUnit.Count);
        _totals = CountersOf(allocate, "hftdelta_stage_nanos_total");
        _means = CountersOf(allocate, "hftdelta_stage_mean_nanos");
        _maxima = CountersOf(allocate, "hftdelta_stage_max_nanos");
        _histograms = [.. Legs.Select(_ => new LongHistogram(NanosMax, SignificantDigits))];
    }

    public static IReadOnlyList<StageLeg> Legs { get; } = Enum.GetValues<StageLeg>();

    /// <summary>Samples so far.</summary>
    public long Samples => _samples.Value;

    public LongHistogram Of(StageLeg leg) => _histograms[(int)leg];

    internal void Collect()
    {
        var count = 0;
        while (_stamps.TryTake(out var sample))
        {
            Add(StageLeg.Ingress, sample.Sequenced - sample.Received);
            Add(StageLeg.Queue, sample.EngineBegun - sample.Sequenced);
            Add(StageLeg.Engine, sample.EngineDone - sample.EngineBegun);
            Add(StageLeg.Safe, sample.Released - sample.EngineDone);
            Add(StageLeg.Egress, sample.Sent - sample.Released);
            Add(StageLeg.House, sample.Sent - sample.Received);
            Add(StageLeg.Journal, sample.Journaled - sample.Sequenced);
            _told?.Invoke(sample);
            count++;
        }

        if (count == 0)
        {
            return;
        }

        _samples.Add(count);
        for (var leg = 0; leg < _means.Length; leg++)
        {
            _means[leg].SetRelease(_totals[leg].Value / _samples.Value);
        }
    }

    private void Add(StageLeg leg, long nanos)
    {
        var bounded = Math.Clamp(nanos, 0, NanosMax);
        _histograms[(int)leg].RecordValue(bounded);
        _totals[(int)leg].Add(bounded);
        _maxima[(int)leg].RaiseTo(bounded);
    }

    private static Counter[] CountersOf(CounterAllocation allocate, string name) =>
        [.. Legs.Select(leg => allocate(name, $"stage={leg.ToString().ToLowerInvariant()}", CounterUnit.Nanos))];
}
