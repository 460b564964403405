using System.Diagnostics;
using HftDelta.Primitives.Units;

namespace HftDelta.Runtime.Time;

/// <summary>
/// The time of the machine: the wall clock read once, and the monotonic counter from there on. Steps of the wall clock
/// (an operator, a leap second, a first synchronisation) therefore never reach it, and it never goes back; a step shows
/// after a restart. Any thread may read it. One for each process: two were anchored at different moments.
/// </summary>
public sealed class SystemNanoClock : NanoClock
{
    private const int AnchorTries = 8;

    private readonly long _anchorTicks;
    private readonly ulong _anchorNanos;

    public SystemNanoClock()
    {
        // The wall clock is read between two readings of the counter; the closest pair of several anchors best.
        var closest = long.MaxValue;
        for (var attempt = 0; attempt < AnchorTries; attempt++)
        {
            var before = Stopwatch.GetTimestamp();
            var wall = DateTime.UtcNow;
            var between = Stopwatch.GetTimestamp() - before;
            if (between < closest)
            {
                closest = between;
                _anchorTicks = before + (between / 2);
                _anchorNanos = (ulong)(wall - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            }
        }
    }

    public override TimeNanos Now
    {
        get
        {
            var ticks = Math.Max(0, Stopwatch.GetTimestamp() - _anchorTicks);
            return new TimeNanos(_anchorNanos + TicksToNanos((ulong)ticks, (ulong)Stopwatch.Frequency));
        }
    }

    /// <summary>Ticks of a counter in nanoseconds, rounded down.</summary>
    /// <param name="ticks">Ticks passed.</param>
    /// <param name="frequency">Ticks in a second.</param>
    public static ulong TicksToNanos(ulong ticks, ulong frequency)
    {
        const ulong nanosPerSecond = 1_000_000_000;
        if (frequency == nanosPerSecond)
        {
            return ticks;
        }

        // Whole seconds apart from the rest: no product leaves 64 bits for frequencies up to 1.8e10.
        var (seconds, rest) = Math.DivRem(ticks, frequency);
        return (seconds * nanosPerSecond) + (rest * nanosPerSecond / frequency);
    }
}
