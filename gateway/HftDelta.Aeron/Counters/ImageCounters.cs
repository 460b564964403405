using HftDelta.Aeron.LogBuffers;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Counters;

/// <summary>What a received stream shows of itself. Writer of all: the receiver.</summary>
internal sealed class ImageCounters
{
    private readonly StreamCounters _stream;

    public ImageCounters(
        CounterStore store, long correlationId, int sessionId, int streamId, string channel, long joinPosition)
    {
        _stream = new StreamCounters(store, correlationId, sessionId, streamId, channel);
        HighWaterMark = _stream.Position(CounterType.ReceiverHighWaterMark, "rcv-hwm", joinPosition);
        RebuildPosition = _stream.Position(CounterType.ReceiverPosition, "rcv-pos", joinPosition);
        NaksSent = _stream.Count(CounterType.ReceiverNaksSent, "rcv-naks-sent");
    }

    /// <summary>Up to where something came.</summary>
    public PositionWord HighWaterMark { get; }

    /// <summary>Up to where everything is there; the conductor reads it, too: where a new reader joins.</summary>
    public PositionWord RebuildPosition { get; }

    public Counter NaksSent { get; }

    /// <summary>All of them: they go back together with the image's log.</summary>
    public IReadOnlyList<CounterSlot> Slots => _stream.Slots;
}
