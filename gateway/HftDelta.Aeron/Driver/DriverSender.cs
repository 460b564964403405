using HftDelta.Aeron.Publications;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Sends what was offered, keeps streams alive while nothing is, and hears the receivers' control frames. Owner thread: its own in
/// dedicated mode. Control sockets are asked in turn, a few per duty cycle, so that many idle channels do not delay a busy one.
/// </summary>
internal sealed class DriverSender(DriverContext context) : IAgent
{
    private const int ControlBufferLengthBytes = 2048;
    private const int SendsPerControlPoll = 6;
    private const int ControlPollsPerCycle = 4;

    private readonly List<SendChannelEndpoint> _endpoints = [];
    private readonly List<PublicationSender> _publications = [];
    private readonly byte[] _buffer = new byte[ControlBufferLengthBytes];
    private int _firstPublication;
    private int _nextEndpoint;
    private int _cyclesSincePoll;

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

        var bytesSent = Send(nowNanos, out var wasShort);
        _cyclesSincePoll++;
        if (bytesSent == 0 || wasShort || _cyclesSincePoll >= SendsPerControlPoll)
        {
            _cyclesSincePoll = 0;
            work += PollControl(nowNanos);
        }

        return work + bytesSent;
    }

    public void OnClose()
    {
        foreach (var publication in _publications)
        {
            publication.SendFarewell();
        }
    }

    private int Send(long nowNanos, out bool wasShort)
    {
        wasShort = false;
        var count = _publications.Count;
        if (count == 0)
        {
            return 0;
        }

        // Another one is first in every cycle.
        _firstPublication = _firstPublication + 1 < count ? _firstPublication + 1 : 0;
        var bytesSent = 0;
        for (var step = 0; step < count; step++)
        {
            var index = _firstPublication + step;
            var publication = _publications[index < count ? index : index - count];
            bytesSent += publication.Send(nowNanos);
            wasShort |= publication.WasShort;
        }

        return bytesSent;
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
                break;
            case SenderCommand.RemovePublication remove:
                remove.Publication.Endpoint.Remove(remove.Publication);
                _publications.RemoveAll(publication => ReferenceEquals(publication.Publication, remove.Publication));
                context.ToConductor.Enqueue(new ConductorCommand.PublicationRemoved(remove.Publication));
                break;
            default:
                Check.Never("the sender knows every command");
                break;
        }
    }
}
