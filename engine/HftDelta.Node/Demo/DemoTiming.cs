using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo;

/// <summary>
/// The virtual time of a run. It begins at a fixed moment, so that nothing in a run depends on when it was started, and goes on
/// in steps; the first expiry falls on a step, half way through.
/// </summary>
internal sealed record DemoTiming(int Seconds)
{
    public const ulong NanosPerSecond = 1_000_000_000;
    public const ulong StepNanos = 10_000_000;
    public const int StepsPerSecond = (int)(NanosPerSecond / StepNanos);

    /// <summary>2026-01-01 00:00:00 UTC.</summary>
    public static readonly TimeNanos Start = new(1_767_225_600_000_000_000);

    public int Steps => Seconds * StepsPerSecond;

    /// <summary>When the first options expire.</summary>
    public TimeNanos FirstExpiry => At(Steps / 2);

    /// <summary>The time of a step; step 0 is the start.</summary>
    public static TimeNanos At(int step) => new(Start.Value + ((ulong)step * StepNanos));

    /// <summary>A time after the start.</summary>
    public static TimeNanos After(ulong nanos) => new(Start.Value + nanos);
}
