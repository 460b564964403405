using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron.Driver;

/// <summary>The sockets of publications and who shares them. Cold; only under the driver's gate.</summary>
internal sealed class SendEndpoints(DriverContext context)
{
    private readonly List<SendChannelEndpoint> _endpoints = [];

    /// <summary>The socket that the channel means, if it is open: by its tag, or by its address.</summary>
    /// <exception cref="AeronException">The tag means another channel, or none.</exception>
    public SendChannelEndpoint? Find(PublicationParameters parameters)
    {
        var key = parameters.Address?.Key;
        var tagged = parameters.Uri.ChannelTag is { } tag ? _endpoints.Find(endpoint => endpoint.Tag == tag) : null;
        if (tagged is not null)
        {
            return parameters.Address is null || (parameters.Address.Mode == tagged.Address.Mode && key == tagged.Address.Key)
                ? tagged
                : throw new AeronException(
                    $"channel '{parameters.Channel}': its tag is that of another channel, '{tagged.Channel}'; choose another");
        }

        if (parameters.Address is null)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': no channel with this tag is open; add endpoint=host:port, or open that first");
        }

        return key is null
            ? null
            : _endpoints.Find(endpoint => endpoint.Address.Key == key
                && (endpoint.Tag is null || parameters.Uri.ChannelTag is null));
    }

    /// <summary>The one that is found, or a new one.</summary>
    /// <exception cref="AeronException">The socket cannot be opened, or the channel contradicts one that is open.</exception>
    public SendChannelEndpoint Take(PublicationParameters parameters, long registrationId)
    {
        var found = Find(parameters);
        if (found is not null)
        {
            RequireSame(parameters, found, "so-sndbuf", parameters.Uri.SendBufferBytes, found.Address.SendBufferBytes);
            RequireSame(parameters, found, "so-rcvbuf", parameters.Uri.ReceiveBufferBytes, found.Address.ReceiveBufferBytes);
            RequireSame(parameters, found, "ttl", parameters.Uri.TimeToLive, found.Address.TimeToLive);
            return found;
        }

        var address = parameters.Address!;
        var socket = context.Options.Sockets.Open(address.SocketOptions() with
        {
            UsesSegmentationOffload = context.Options.UsesSegmentationOffload,
            BusyPollMicros = context.Options.SocketBusyPollMicros,
        });
        var endpoint = new SendChannelEndpoint(context, parameters.Channel, address, parameters.Uri.ChannelTag, socket)
        {
            Shown = new ChannelCounters(
                context.CounterStore,
                CounterType.SendChannelStatus,
                parameters.Channel,
                socket.LocalEndpoint,
                registrationId,
                address.HasDestinations),
        };
        _endpoints.Add(endpoint);
        context.ToSender.Enqueue(new SenderCommand.AddEndpoint(endpoint));
        return endpoint;
    }

    /// <summary>A publication let go of it: the socket goes with the last one.</summary>
    public void Release(SendChannelEndpoint endpoint)
    {
        if (endpoint.References == 0)
        {
            _endpoints.Remove(endpoint);
            context.CounterStore.Free(endpoint.Shown.Slots);
            context.ToSender.Enqueue(new SenderCommand.RemoveEndpoint(endpoint));
        }
    }

    /// <summary>Those in use, and those that the sender was told to close and did not come to.</summary>
    public void DisposeAll()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }

        foreach (var command in context.ToSender.OfType<SenderCommand.RemoveEndpoint>())
        {
            command.Endpoint.Dispose();
        }
    }

    private static void RequireSame(
        PublicationParameters parameters, SendChannelEndpoint open, string name, int? wanted, int given)
    {
        if (wanted is not null && wanted != given)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': its socket is open with {name}={given}, by '{open.Channel}': ask for the same");
        }
    }
}
