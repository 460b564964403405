using System.Diagnostics;
using HftDelta.Client.Requests;
using HftDelta.Client.Samples;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Network;

/// <summary>
/// The client's ends of sampled commands over the wire: when each was meant to be sent, when it was called and when its outcome
/// was told, as the client library says, on the clock of the venue's own stamps; and beside it the whole way, read from the
/// counter by itself. Owner: the client's thread; read when it stands still.
/// </summary>
internal sealed class WireProbe(int sampleEvery)
{
    private const int SamplesMax = 65_536;

    private readonly WireSample[] _samples = new WireSample[SamplesMax];
    private ulong _beganNanos;
    private long _beganTicks;

    public int Count { get; private set; }

    public ReadOnlySpan<WireSample> Samples => _samples.AsSpan(0, Count);

    /// <summary>A turn begins: what came before, warm-up or a turn, is forgotten.</summary>
    /// <param name="began">By the client's clock, from which intended times count.</param>
    public void Begin(TimeNanos began)
    {
        _beganTicks = Stopwatch.GetTimestamp();
        _beganNanos = began.Value;
        Count = 0;
    }

    public void Told(in RequestOutcome outcome)
    {
        var command = outcome.Command.Value;
        if (command == 0 || (command & (sampleEvery - 1)) != StageStamps.ResidueOf(sampleEvery) || Count == SamplesMax)
        {
            return;
        }

        var sinceBegin = Pace.Nanos(_beganTicks, Stopwatch.GetTimestamp());
        _samples[Count++] = new WireSample(
            command,
            (long)outcome.IntendedTime.Value,
            (long)outcome.SentTime.Value,
            (long)outcome.ReceivedTime.Value,
            sinceBegin - (long)(outcome.IntendedTime.Value - _beganNanos));
    }
}

/// <summary>One request as its client saw it.</summary>
/// <param name="Command">Its number in the venue's sequence.</param>
/// <param name="IntendedNanos">When it was meant to be sent, by the venue's clock, as the next two.</param>
/// <param name="CalledNanos">When the client library was called.</param>
/// <param name="ToldNanos">When it had the outcome decoded.</param>
/// <param name="WayNanos">From intended to told by the counter alone.</param>
internal readonly record struct WireSample(
    long Command, long IntendedNanos, long CalledNanos, long ToldNanos, long WayNanos);

/// <summary>The canonical load, whose outcomes a probe hears of first.</summary>
internal sealed class ProbedLoad(SampleLoadOptions options, WireProbe probe) : SampleLoad(options)
{
    public override void OnOutcome(in RequestOutcome outcome)
    {
        probe.Told(in outcome);
        base.OnOutcome(in outcome);
    }
}
