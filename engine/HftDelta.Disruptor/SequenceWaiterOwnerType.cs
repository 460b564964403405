namespace Disruptor;

/// <summary>What kind of object owns a waiter.</summary>
public enum SequenceWaiterOwnerType
{
    Unknown,
}
