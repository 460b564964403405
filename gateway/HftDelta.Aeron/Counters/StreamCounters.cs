using System.Globalization;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Counters;

/// <summary>Allocates the counters of one stream with the official names and keys. Cold; used while the stream is made.</summary>
internal sealed class StreamCounters(CounterStore store, long registrationId, int sessionId, int streamId, string channel)
{
    private readonly List<CounterSlot> _slots = [];

    /// <summary>All that were allocated here: they go back together with the stream's log.</summary>
    public IReadOnlyList<CounterSlot> Slots => _slots;

    public PositionWord Position(CounterType type, string name, long position) => new(Slot(type, name, "", position, 0));

    public Counter Count(CounterType type, string name) => Slot(type, name, "", 0, 0).AsCounter(name);

    /// <summary>How far a subscription has read an image: it belongs to the subscription and refers to the image.</summary>
    public PositionWord ReaderPosition(long joinPosition, long imageCorrelationId) => new(Slot(
        CounterType.SubscriberPosition,
        "sub-pos",
        string.Create(CultureInfo.InvariantCulture, $" @{joinPosition}"),
        joinPosition,
        imageCorrelationId));

    private CounterSlot Slot(CounterType type, string name, string suffix, long value, long referenceId)
    {
        var label = string.Create(
            CultureInfo.InvariantCulture, $"{name}: {registrationId} {sessionId} {streamId} {channel}{suffix}");
        var slot = store.Allocate(
            new CounterDescription(type, label, CounterKey.OfStream(registrationId, sessionId, streamId, channel))
            {
                RegistrationId = registrationId,
                ReferenceId = referenceId,
                Value = value,
            });
        _slots.Add(slot);
        return slot;
    }
}
