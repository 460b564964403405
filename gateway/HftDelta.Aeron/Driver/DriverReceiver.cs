using HftDelta.Aeron.Sockets;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Takes datagrams from the sockets, rebuilds streams, asks for what is missing and tells senders how far readers are. Owner
/// thread: its own in dedicated mode.
/// </summary>
internal sealed class DriverReceiver(DriverContext context) : IAgent
{
    private const int SlotsPerCycleMax = 16;
    private const long TimerIntervalNanos = 10_000_000;

    private readonly List<ReceiveChannelEndpoint> _endpoints = [];
    private readonly DatagramBatch _batch = new(SlotsPerCycleMax);
    private long _timerNanos;

    public string RoleName => "aeron-receiver";

    public void OnStart()
    {
    }

    public int DoWork() => DoWork(context.NowNanos);

    public int DoWork(long nowNanos)
    {
        var work = 0;
        while (context.ToReceiver.TryDequeue(out var command))
        {
            Apply(command, nowNanos);
            work++;
        }

        for (var index = 0; index < _endpoints.Count; index++)
        {
            work += _endpoints[index].DoWork(_batch, nowNanos);
        }

        if (nowNanos >= _timerNanos)
        {
            _timerNanos = nowNanos + TimerIntervalNanos;
            foreach (var endpoint in _endpoints)
            {
                endpoint.OnTimer(nowNanos);
            }
        }

        return work;
    }

    public void OnClose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.SendFarewells(context.NowNanos);
        }
    }

    private void Apply(ReceiverCommand command, long nowNanos)
    {
        switch (command)
        {
            case ReceiverCommand.AddEndpoint add:
                _endpoints.Add(add.Endpoint);
                _timerNanos = nowNanos;
                break;
            case ReceiverCommand.RemoveEndpoint remove:
                _endpoints.Remove(remove.Endpoint);
                remove.Endpoint.Dispose();
                break;
            case ReceiverCommand.AddTransport add:
                add.Endpoint.Add(add.Transport);
                _timerNanos = nowNanos;
                break;
            case ReceiverCommand.RemoveTransport remove:
                remove.Endpoint.Remove(remove.Transport);
                break;
            case ReceiverCommand.AddSubscription add:
                add.Subscription.Endpoint.Add(add.Subscription);
                break;
            case ReceiverCommand.RemoveSubscription remove:
                remove.Subscription.Endpoint.Remove(remove.Subscription);
                context.ToConductor.Enqueue(new ConductorCommand.SubscriptionRemoved(remove.Subscription));
                break;
            case ReceiverCommand.AddImage add:
                add.Image.Endpoint.Add(add.Image);
                break;
            case ReceiverCommand.RefuseImage refuse:
                refuse.Asked.Endpoint.RefuseImage(refuse.Asked);
                break;
            case ReceiverCommand.AddReader add:
                add.Image.AddReader(add.Position);
                break;
            case ReceiverCommand.RemoveReader remove:
                remove.Image.RemoveReader(remove.Position, nowNanos);
                break;
            case ReceiverCommand.RestReader rest:
                rest.Image.RestReader(rest.Position);
                break;
            case ReceiverCommand.RejectImage reject:
                reject.Image.Reject(reject.Reason);
                break;
            case ReceiverCommand.SetResponse set:
                set.Image.SetResponse(set.SessionId);
                break;
            case ReceiverCommand.AddResponseSession add:
                add.Subscription.Endpoint.AddResponseSession(add.Subscription, add.SessionId);
                break;
            default:
                Check.Never("the receiver knows every command");
                break;
        }
    }
}
