using HftDelta.Primitives.Units;

namespace HftDelta.Runtime.Time;

/// <summary>The time is what its owner says. One thread sets it, any may read it.</summary>
public sealed class VirtualNanoClock : NanoClock
{
    private ulong _nowNanos;

    public VirtualNanoClock(TimeNanos start = default)
    {
        _nowNanos = start.Value;
    }

    public override TimeNanos Now => new(Volatile.Read(ref _nowNanos));

    /// <exception cref="ArgumentOutOfRangeException">The time lies before <see cref="Now"/>.</exception>
    public void Set(TimeNanos now)
    {
        if (now.Value < _nowNanos)
        {
            throw new ArgumentOutOfRangeException(
                nameof(now), now.Value, $"a clock never goes back; it stands at {_nowNanos}");
        }

        Volatile.Write(ref _nowNanos, now.Value);
    }

    /// <exception cref="OverflowException">The time would leave its 64 bits.</exception>
    public void Advance(ulong nanos) => Volatile.Write(ref _nowNanos, checked(_nowNanos + nanos));
}
