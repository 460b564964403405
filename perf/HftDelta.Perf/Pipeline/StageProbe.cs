using System.Diagnostics;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The client's ends of sampled commands: when each was meant to be sent, and when its first report was read, on the clock of
/// the venue's own stamps. Owner: the client's thread; read when it stands still.
/// </summary>
internal sealed class StageProbe(SystemNanoClock clock, int sampleEvery)
{
    private const int SamplesMax = 65_536;

    private readonly ClientSample[] _samples = new ClientSample[SamplesMax];
    private readonly long _beganTicks = Stopwatch.GetTimestamp();
    private readonly long _beganNanos = (long)clock.Now.Value;

    public int Count { get; private set; }

    public ReadOnlySpan<ClientSample> Samples => _samples.AsSpan(0, Count);

    /// <summary>The first report of a command was read.</summary>
    /// <param name="command">Its number in the venue's sequence.</param>
    /// <param name="intended">When it was meant to be sent, by <see cref="Stopwatch"/>.</param>
    public void Answered(ulong command, long intended)
    {
        if (((long)command & (sampleEvery - 1)) != StageStamps.ResidueOf(sampleEvery) || Count == SamplesMax)
        {
            return;
        }

        var readNanos = (long)clock.Now.Value;
        var wayNanos = Pace.Nanos(intended, Stopwatch.GetTimestamp());
        _samples[Count++] = new ClientSample((long)command, NanosOf(intended), readNanos, wayNanos);
    }

    /// <summary>A reading of the counter on the venue's clock, by the pair of readings that this began with.</summary>
    private long NanosOf(long ticks) => _beganNanos + Pace.Nanos(_beganTicks, ticks);
}

/// <summary>One command as its client saw it.</summary>
/// <param name="Command">Its number in the venue's sequence.</param>
/// <param name="IntendedNanos">When it was meant to be sent, by the venue's clock.</param>
/// <param name="ReadNanos">When its first report was read, by the venue's clock.</param>
/// <param name="WayNanos">From one to the other by the counter alone.</param>
internal readonly record struct ClientSample(long Command, long IntendedNanos, long ReadNanos, long WayNanos);
