using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// Beats the counter file, so that a reader can tell a stalled process from a quiet one. Runs with whatever thread should
/// be watched: when that thread stands still, the heartbeat does. Reads the clock in one duty cycle of 64, because on a
/// shared thread the cycles of a busy pipeline are shorter than a clock reading.
/// </summary>
public sealed class HeartbeatAgent : IAgent
{
    /// <summary>Duty cycles for each reading of the clock.</summary>
    public const int CyclesPerReading = 64;

    private readonly CounterFile _file;
    private readonly NanoClock _clock;
    private readonly ulong _intervalNanos;
    private ulong _nextBeatNanos;
    private int _cycles;

    public HeartbeatAgent(CounterFile file, NanoClock clock, ulong intervalNanos = 1_000_000_000)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(clock);
        _file = file;
        _clock = clock;
        _intervalNanos = intervalNanos;
    }

    public string RoleName => "heartbeat";

    public void OnStart() => BeatAt(_clock.Now.Value);

    public int DoWork()
    {
        if (++_cycles < CyclesPerReading)
        {
            return 0;
        }

        _cycles = 0;
        var nowNanos = _clock.Now.Value;
        if (nowNanos < _nextBeatNanos)
        {
            return 0;
        }

        BeatAt(nowNanos);
        return 1;
    }

    /// <summary>A last beat; that the file is closed is said by its owner.</summary>
    public void OnClose() => BeatAt(_clock.Now.Value);

    private void BeatAt(ulong nowNanos)
    {
        _file.Beat(new(nowNanos));
        _nextBeatNanos = nowNanos + _intervalNanos;
    }
}
