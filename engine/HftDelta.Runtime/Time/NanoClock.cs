using HftDelta.Primitives.Units;

namespace HftDelta.Runtime.Time;

/// <summary>
/// The one way to ask for the time. Agents get a clock handed in, so that tests and the simulator decide what time it is.
/// A clock never goes back.
/// </summary>
public abstract class NanoClock
{
    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public abstract TimeNanos Now { get; }
}
