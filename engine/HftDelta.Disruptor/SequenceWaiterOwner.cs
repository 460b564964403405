namespace Disruptor;

/// <summary>Names whom a waiter waits for, so that a wait strategy may treat owners differently.</summary>
public class SequenceWaiterOwner
{
    private SequenceWaiterOwner(object? handler, SequenceWaiterOwnerType type)
    {
        Handler = handler;
        Type = type;
    }

    /// <summary>An owner about which nothing is known: the only one, since agents with pollers are no event handlers.</summary>
    public static SequenceWaiterOwner Unknown { get; } = new(null, SequenceWaiterOwnerType.Unknown);

    public object? Handler { get; }

    public SequenceWaiterOwnerType Type { get; }
}
