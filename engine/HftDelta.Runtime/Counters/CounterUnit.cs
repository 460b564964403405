namespace HftDelta.Runtime.Counters;

/// <summary>What one step of a counter means. The numbers are those of the file.</summary>
public enum CounterUnit
{
    /// <summary>Things, which the name itself says: <c>trades</c>, <c>frames</c>, <c>orders</c>.</summary>
    Count = 0,
    Bytes = 1,
    Nanos = 2,

    /// <summary>A place in the venue's sequence.</summary>
    Sequence = 3,
    Atoms = 4,
    Lots = 5,

    /// <summary>Slots of a ring.</summary>
    Slots = 6,
}

/// <summary>How a counter moves: told by its name, see <see cref="CounterName"/>.</summary>
public enum CounterKind
{
    /// <summary>May move both ways.</summary>
    Gauge = 0,

    /// <summary>Only grows while the process lives; its name ends in <c>_total</c>.</summary>
    Total = 1,
}
