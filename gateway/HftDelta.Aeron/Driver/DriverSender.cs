using HftDelta.Aeron.Publications;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Sends what was offered, keeps streams alive while nothing is, and hears the receivers' control frames. Owner thread: its own
/// in dedicated mode. Control sockets are asked in turn, a few at a time and not in every cycle, so that many idle channels do
/// not delay a busy one.
/// </summary>
internal sealed class DriverSender(DriverContext context) : IAgent
{
    private const int ControlBufferLengthBytes = 2048;
    private const int ControlPollsPerCycle = 4;

    // Asking a socket costs half a microsecond: neither repairs nor status messages miss these few.
    private const long ControlPollIntervalNanos = 10_000;

    private readonly List<SendChannelEndpoint> _endpoints = [];
    private readonly List<PublicationSender> _publications = [];
    private readonly byte[] _buffer = new byte[ControlBufferLengthBytes];
    private int _firstPublication;
    private int _nextEndpoint;
    private long _controlPollNanos;

    public string RoleName => "aeron-sender";

    public void OnStart()
    {
    }

    public int DoWork() => DoWork(context.NowNanos);

    public int DoWork(long nowNanos)
    {
        var work = 0;
        while (context.ToSender.TryDequeue(out var command))
        {
            Apply(command, nowNanos);
            work++;
        }

        work += Send(nowNanos);
        if (nowNanos >= _controlPollNanos)
        {
            _controlPollNanos = nowNanos + ControlPollIntervalNanos;
            work += PollControl(nowNanos);
        }

        return work;
    }

    public void OnClose()
    {
        foreach (var publication in _publications)
        {
            publication.SendFarewell();
        }
    }

    private int Send(long nowNanos)
    {
        var count = _publications.Count;
        if (count == 0)
        {
            return 0;
        }

        // Another one is first in every cycle.
        _firstPublication = _firstPublication + 1 < count ? _firstPublication + 1 : 0;
        var work = 0;
        for (var step = 0; step < count; step++)
        {
            var index = _firstPublication + step;
            var publication = _publications[index < count ? index : index - count];
            work += publication.Send(nowNanos);
            if (publication.IsHeldUp)
            {
                // Only its receiver can let it go on, so that is heard at once.
                work += publication.Publication.Endpoint.PollControl(_buffer, nowNanos);
            }
        }

        return work;
    }

    private int PollControl(long nowNanos)
    {
        var work = 0;
        var polls = Math.Min(ControlPollsPerCycle, _endpoints.Count);
        for (var poll = 0; poll < polls; poll++)
        {
            _nextEndpoint = _nextEndpoint + 1 < _endpoints.Count ? _nextEndpoint + 1 : 0;
            work += _endpoints[_nextEndpoint].PollControl(_buffer, nowNanos);
        }

        return work;
    }

    private void Apply(SenderCommand command, long nowNanos)
    {
        switch (command)
        {
            case SenderCommand.AddEndpoint add:
                add.Endpoint.Open();
                _endpoints.Add(add.Endpoint);
                break;
            case SenderCommand.RemoveEndpoint remove:
                _endpoints.Remove(remove.Endpoint);
                remove.Endpoint.Dispose();
                break;
            case SenderCommand.AddPublication add:
                var sender = new PublicationSender(add.Publication, context.Options, context.SenderCounters, nowNanos);
                _publications.Add(sender);
                add.Publication.Endpoint.Add(sender);
                add.Publication.BeSentBy(sender);
                break;
            case SenderCommand.RemovePublication remove:
                remove.Publication.BeSentBy(null);
                remove.Publication.Endpoint.Remove(remove.Publication);
                _publications.RemoveAll(publication => ReferenceEquals(publication.Publication, remove.Publication));
                context.ToConductor.Enqueue(new ConductorCommand.PublicationRemoved(remove.Publication));
                break;
            case SenderCommand.AddDestination add:
                if (!add.Endpoint.Destinations!.Add(add.Address, add.RegistrationId))
                {
                    context.SenderCounters.DestinationsRefused.Increment();
                }

                break;
            case SenderCommand.RemoveDestination remove:
                remove.Endpoint.Destinations!.Remove(remove.Address);
                break;
            case SenderCommand.RemoveDestinationById remove:
                remove.Endpoint.Destinations!.Remove(remove.RegistrationId);
                break;
            default:
                Check.Never("the sender knows every command");
                break;
        }
    }
}
