using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// The receiving endpoints of a driver: which subscriptions share a socket, and the destinations that are added one by one.
/// Under the driver's gate; cold.
/// </summary>
internal sealed class ReceiveEndpoints(DriverContext context, long firstReceiverId)
{
    private readonly List<Entry> _entries = [];
    private long _nextReceiverId = firstReceiverId;

    /// <summary>The endpoint that a subscription listens at: an open one where it can be shared. One more reference is on it.
    /// </summary>
    /// <exception cref="AeronException">The socket cannot be opened or shared.</exception>
    public ReceiveChannelEndpoint Take(SubscriptionParameters parameters, long registrationId)
    {
        var entry = Find(parameters);
        if (entry is null)
        {
            entry = new Entry(Open(parameters, registrationId), parameters);
            _entries.Add(entry);
            context.ToReceiver.Enqueue(new ReceiverCommand.AddEndpoint(entry.Endpoint));
        }
        else
        {
            RequireSame(entry.Parameters, parameters);
            RequireRoom(entry.Endpoint.ReceiveBufferBytes, parameters);
        }

        entry.Endpoint.References++;
        return entry.Endpoint;
    }

    /// <summary>One reference less: the sockets go with the last one.</summary>
    public void Release(ReceiveChannelEndpoint endpoint)
    {
        endpoint.References--;
        if (endpoint.References == 0)
        {
            var entry = _entries.Find(other => ReferenceEquals(other.Endpoint, endpoint))!;
            _entries.Remove(entry);
            context.CounterStore.Free(endpoint.Shown.Slots);
            foreach (var destination in entry.Destinations.Values)
            {
                context.CounterStore.Free(destination.Shown.Slots);
            }

            context.ToReceiver.Enqueue(new ReceiverCommand.RemoveEndpoint(endpoint));
        }
    }

    /// <exception cref="AeronException">The destination is there already, or cannot be.</exception>
    public void AddDestination(Subscription subscription, string channel)
    {
        RequireManual(subscription);
        var uri = ChannelUri.Parse(channel);
        if (uri.ControlMode is ControlMode.Manual or ControlMode.Response)
        {
            throw new AeronException($"destination '{channel}': it is an address to listen at; leave control-mode out");
        }

        var entry = _entries.Find(other => ReferenceEquals(other.Endpoint, subscription.Endpoint))!;
        var name = uri.ToString();
        if (entry.Destinations.ContainsKey(name))
        {
            throw new AeronException($"destination '{channel}' is there already: add each once");
        }

        var transport = OpenTransport(ReceiveAddress.From(uri, channel, context.Options), subscription.Parameters);
        var shown = Show(channel, transport.Socket, subscription.RegistrationId);
        entry.Destinations.Add(name, new Destination(transport, shown));
        context.ToReceiver.Enqueue(new ReceiverCommand.AddTransport(entry.Endpoint, transport));
    }

    /// <exception cref="AeronException">There is no such destination.</exception>
    public void RemoveDestination(Subscription subscription, string channel)
    {
        RequireManual(subscription);
        var entry = _entries.Find(other => ReferenceEquals(other.Endpoint, subscription.Endpoint))!;
        if (!entry.Destinations.Remove(ChannelUri.Parse(channel).ToString(), out var destination))
        {
            throw new AeronException($"destination '{channel}' is not there: remove what was added, by the same channel");
        }

        context.CounterStore.Free(destination.Shown.Slots);
        context.ToReceiver.Enqueue(new ReceiverCommand.RemoveTransport(entry.Endpoint, destination.Transport));
    }

    /// <summary>Closes every socket, those that the receiver was told of and did not come to too. After the agents have stopped.
    /// </summary>
    public void DisposeAll()
    {
        foreach (var entry in _entries)
        {
            entry.Endpoint.Dispose();
        }

        foreach (var command in context.ToReceiver)
        {
            switch (command)
            {
                case ReceiverCommand.RemoveEndpoint remove:
                    remove.Endpoint.Dispose();
                    break;
                case ReceiverCommand.AddTransport add:
                    add.Transport.Dispose();
                    break;
                case ReceiverCommand.RemoveTransport remove:
                    remove.Transport.Dispose();
                    break;
                default:
                    break;
            }
        }
    }

    private Entry? Find(SubscriptionParameters parameters)
    {
        if (parameters.HasManualDestinations || parameters.IsResponse)
        {
            // Their sockets are theirs alone: other subscriptions say nothing about them.
            return null;
        }

        if (parameters.Uri.ChannelTag is { } tag
            && _entries.Find(entry => entry.Parameters.Uri.ChannelTag == tag) is { } tagged)
        {
            return tagged;
        }

        if (parameters.Address is not { } address)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': no subscription has this tag; add the one with an endpoint first");
        }

        return address.Local.Port == 0
            ? null
            : _entries.Find(entry => entry.Parameters.Address is { } open
                && entry.Endpoint.LocalEndpoint == address.Local && open.Group == address.Group
                && open.Interface == address.Interface);
    }

    private ReceiveChannelEndpoint Open(SubscriptionParameters parameters, long registrationId)
    {
        ReceiveTransport[] transports = parameters.Address is { } address ? [OpenTransport(address, parameters)] : [];
        return new ReceiveChannelEndpoint(
            transports, unchecked(_nextReceiverId++), context.ToConductor, context.Options, context.ReceiverCounters)
        {
            Shown = Show(parameters.Channel, transports.Length > 0 ? transports[0].Socket : null, registrationId),
        };
    }

    private ChannelCounters Show(string channel, DatagramSocket? socket, long registrationId) => new(
        context.CounterStore, CounterType.ReceiveChannelStatus, channel, socket?.LocalEndpoint ?? default, registrationId);

    private ReceiveTransport OpenTransport(ReceiveAddress address, SubscriptionParameters parameters)
    {
        var socket = context.Options.Sockets.Open(address.SocketOptions() with
        {
            UsesReceiveOffload = context.Options.UsesReceiveOffload,
            BusyPollMicros = context.Options.SocketBusyPollMicros,
        });
        try
        {
            RequireRoom(socket.ReceiveBufferBytes, parameters);
            return new ReceiveTransport(socket, address, parameters.GroupTag);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RequireManual(Subscription subscription)
    {
        if (!subscription.Parameters.HasManualDestinations)
        {
            throw new AeronException(
                $"channel '{subscription.Channel}': destinations belong to subscriptions with control-mode=manual");
        }

        if (subscription.IsClosed)
        {
            throw new AeronException($"channel '{subscription.Channel}': the subscription is closed");
        }
    }

    private static void RequireSame(SubscriptionParameters open, SubscriptionParameters parameters)
    {
        if (parameters.Address is not { } address || open.Address is not { } other)
        {
            return;
        }

        if (parameters.Uri.ReceiveBufferBytes is not null && other.ReceiveBufferBytes != address.ReceiveBufferBytes)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': its socket is open with so-rcvbuf {other.ReceiveBufferBytes}; ask for that");
        }

        if (address.TimeToLive != other.TimeToLive || address.AnnounceTo != other.AnnounceTo)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': its socket is open with other values of ttl or control, by "
                + $"'{open.Channel}'; ask for the same");
        }
    }

    private static void RequireRoom(int receiveBufferBytes, SubscriptionParameters parameters)
    {
        if (parameters.WindowLengthBytes > receiveBufferBytes)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': the window of {parameters.WindowLengthBytes} bytes is more than the "
                + $"{receiveBufferBytes} that the system gives a socket: lower rcv-wnd, or raise so-rcvbuf and the "
                + "system's limit (net.core.rmem_max)");
        }
    }

    private sealed record Entry(ReceiveChannelEndpoint Endpoint, SubscriptionParameters Parameters)
    {
        public Dictionary<string, Destination> Destinations { get; } = [];
    }

    private readonly record struct Destination(ReceiveTransport Transport, ChannelCounters Shown);
}
