using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Counters;

/// <summary>What a publication shows of itself. Each word has the one writer that is named at it.</summary>
internal sealed class PublicationCounters
{
    private readonly StreamCounters _stream;

    public PublicationCounters(
        CounterStore store, in PublicationIdentity identity, string channel, long startPosition, bool countsReceivers = false)
    {
        _stream = new StreamCounters(store, identity.RegistrationId, identity.SessionId, identity.StreamId, channel);
        ProducerPosition = _stream.Position(
            CounterType.PublisherPosition,
            identity.IsExclusive ? "pub-pos (exclusive)" : "pub-pos (concurrent)",
            startPosition);
        Limit = _stream.Position(CounterType.PublisherLimit, "pub-lmt", startPosition);
        SenderPosition = _stream.Position(CounterType.SenderPosition, "snd-pos", startPosition);
        SenderLimit = _stream.Position(CounterType.SenderLimit, "snd-lmt", startPosition);
        BackPressure = _stream.Count(CounterType.SenderBackPressure, "snd-bpe");
        NaksReceived = _stream.Count(CounterType.SenderNaksReceived, "snd-naks-received");
        if (countsReceivers)
        {
            Receivers = _stream.Count(CounterType.FlowControlReceivers, "fc-receivers");
        }
    }

    /// <summary>Up to where the application has appended, as last looked at. Writer: the conductor.</summary>
    public PositionWord ProducerPosition { get; }

    /// <summary>Where offers are refused. Writer: the conductor.</summary>
    public PositionWord Limit { get; }

    /// <summary>Up to where datagrams have left. Writer: the sender.</summary>
    public PositionWord SenderPosition { get; }

    /// <summary>Up to where receivers let datagrams leave. Writer: the sender.</summary>
    public PositionWord SenderLimit { get; }

    /// <summary>How often the sender had data and its receivers no room for it. Writer: the sender.</summary>
    public Counter BackPressure { get; }

    /// <summary>Writer: the sender.</summary>
    public Counter NaksReceived { get; }

    /// <summary>How many receivers hold the sender back, where flow control counts them. Writer: the sender.</summary>
    public Counter? Receivers { get; }

    /// <summary>All of them: they go back together with the publication's log.</summary>
    public IReadOnlyList<CounterSlot> Slots => _stream.Slots;
}
