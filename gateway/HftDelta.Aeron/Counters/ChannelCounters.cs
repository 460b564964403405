using System.Globalization;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Counters;

/// <summary>
/// What a socket shows of itself: how it is, and the address it is bound to. Writer: the agent that owns the socket.
/// </summary>
internal sealed class ChannelCounters
{
    public const long Active = 1;
    public const long Closing = 2;

    private readonly List<CounterSlot> _slots = [];

    public ChannelCounters(
        CounterStore store,
        CounterType statusType,
        string channel,
        in SocketEndpoint local,
        long registrationId,
        bool hasDestinations = false)
    {
        var prefix = statusType == CounterType.SendChannelStatus ? "snd" : "rcv";
        var address = local.IsNone ? "" : local.ToString();
        var label = $"{prefix}-channel: {channel} {address}".TrimEnd();
        var status = store.Allocate(
            new CounterDescription(statusType, label, CounterKey.OfChannel(channel))
            {
                RegistrationId = registrationId,
                Value = Active,
            });
        _slots.Add(status);
        Status = status.AsCounter($"{prefix}-channel");
        if (local.IsNone)
        {
            // Its destinations are added one by one, and show theirs.
            return;
        }

        label = string.Create(CultureInfo.InvariantCulture, $"{prefix}-local-sockaddr: {status.Id} {address}");
        _slots.Add(store.Allocate(
            new CounterDescription(CounterType.LocalSocketAddress, label, CounterKey.OfAddress(status.Id, address))
            {
                RegistrationId = registrationId,
                Value = Active,
            }));
        if (hasDestinations)
        {
            var destinations = store.Allocate(
                new CounterDescription(CounterType.Destinations, $"mdc-num-dest: {channel}", CounterKey.OfChannel(channel))
                {
                    RegistrationId = registrationId,
                });
            _slots.Add(destinations);
            Destinations = destinations.AsCounter("mdc-num-dest");
        }
    }

    /// <summary>One of the constants above, or 0 before the socket is bound.</summary>
    public Counter Status { get; }

    /// <summary>How many receivers a channel with several destinations has; null for any other.</summary>
    public Counter? Destinations { get; }

    /// <summary>All of them: they go back when the socket closes.</summary>
    public IReadOnlyList<CounterSlot> Slots => _slots;
}
