namespace Disruptor;

/// <summary>Slots that are reached by sequence and in place.</summary>
public interface IValueDataProvider<T>
{
    /// <summary>The slot of a sequence. Every sequence has one; whose it is to touch is the sequencer's business.</summary>
    ref T this[long sequence] { get; }
}
