using HftDelta.Runtime.Counters;

namespace HftDelta.Gateway;

/// <summary>Where an agent's counters come from: a file, or memory of their own (<see cref="Counter.Detached"/>).</summary>
public delegate Counter CounterAllocation(string name, string label, CounterUnit unit);
