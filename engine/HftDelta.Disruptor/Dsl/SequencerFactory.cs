namespace Disruptor.Dsl;

/// <summary>Makes sequencers.</summary>
public static class SequencerFactory
{
    public static readonly ProducerType DefaultProducerType = ProducerType.Multi;

    /// <summary>
    /// What a barrier uses when nothing was said: spin, yield, sleep. Nothing here blocks, so this is not the blocking
    /// strategy that the package takes; pollers use none at all.
    /// </summary>
    public static IWaitStrategy DefaultWaitStrategy() => new SleepingWaitStrategy();

    public static ISequencer Create(ProducerType producerType, int bufferSize) =>
        Create(producerType, bufferSize, DefaultWaitStrategy());

    public static ISequencer Create(ProducerType producerType, int bufferSize, IWaitStrategy waitStrategy) =>
        producerType switch
        {
            ProducerType.Single => new SingleProducerSequencer(bufferSize, waitStrategy),
            ProducerType.Multi => new MultiProducerSequencer(bufferSize, waitStrategy),
            _ => throw new ArgumentOutOfRangeException(nameof(producerType), producerType, "unknown type of producer"),
        };
}
