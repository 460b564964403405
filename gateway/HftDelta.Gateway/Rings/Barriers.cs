using Disruptor;

namespace HftDelta.Gateway.Rings;

/// <summary>The number of a barrier, chosen by its driver: above the one before.</summary>
public readonly record struct BarrierNumber(long Value);

/// <summary>
/// A barrier is a mark in an input ring. The sequencer reads nothing behind it until everything before it is applied and
/// everything that came of it is released; then it says so here. One writer, the ingress agent; the driver reads.
/// </summary>
public sealed class Barriers
{
    private readonly Sequence _reached = new(0);

    /// <summary>The last barrier that was answered. A driver that sees it sees every report that came before it.</summary>
    public BarrierNumber Reached => new(_reached.Value);

    internal void Signal(long number)
    {
        if (number > _reached.Value)
        {
            _reached.SetValue(number);
        }
    }
}
