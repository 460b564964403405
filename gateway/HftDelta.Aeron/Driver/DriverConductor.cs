using HftDelta.Aeron.Publications;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Looks after lives: gives publications room and ends them, makes images and takes them away, and frees memory when nobody can
/// be
/// inside any more. Owner thread: its own in dedicated mode.
/// </summary>
internal sealed class DriverConductor : IAgent
{
    private readonly DriverContext _context;
    private readonly ConductorCounters _counters;
    private readonly List<PublicationKeeper> _publications = [];
    private readonly RetiredLogs _retired;
    private readonly ImageRegister _images;
    private readonly List<Subscription> _spies = [];
    private long _timerNanos;

    public DriverConductor(DriverContext context)
    {
        _context = context;
        _counters = context.ConductorCounters;
        _retired = new RetiredLogs(context.Options.ResourceLingerNanos, context.CounterStore);
        _images = new ImageRegister(context, _retired);
    }

    public string RoleName => "aeron-conductor";

    public void OnStart()
    {
    }

    public int DoWork() => DoWork(_context.NowNanos);

    public int DoWork(long nowNanos)
    {
        var work = 0;
        while (_context.ToConductor.TryDequeue(out var command))
        {
            Apply(command, nowNanos);
            work++;
        }

        foreach (var publication in _publications)
        {
            work += publication.UpdateLimit();
        }

        if (nowNanos >= _timerNanos)
        {
            _timerNanos = nowNanos + _context.Options.TimerIntervalNanos;
            EndPublications(nowNanos);
            _images.OnTimer(nowNanos);
            _retired.OnTimer(nowNanos);
            ShowDirectory(nowNanos);
        }

        return work;
    }

    public void OnClose()
    {
    }

    /// <summary>Frees everything: after the agents have stopped and the application has let go.</summary>
    public void FreeAll()
    {
        _images.FreeAll();
        _retired.FreeAll();
    }

    private void ShowDirectory(long nowNanos)
    {
        if (!_context.HasDirectory)
        {
            return;
        }

        var logBytes = _images.LogBytes + _retired.LogBytes;
        foreach (var keeper in _publications)
        {
            logBytes += keeper.Publication.Log.LengthBytes;
        }

        _context.LogBytes = logBytes;
        _context.ShowDirectory(nowNanos);
    }

    private void EndPublications(long nowNanos)
    {
        for (var index = _publications.Count - 1; index >= 0; index--)
        {
            var publication = _publications[index];
            publication.OnTimer(nowNanos);
            if (publication.State == PublicationState.Done)
            {
                _publications.RemoveAt(index);
                _counters.Publications.SetRelease(_publications.Count);
                _context.ToSender.Enqueue(new SenderCommand.RemovePublication(publication.Publication));
            }
        }
    }

    private void Retire(NetworkPublication publication, long nowNanos)
    {
        _retired.Add(publication.Log, publication.Counters.Slots, publication.Spies.FormerReaders, nowNanos);
        _context.Forget(publication);
    }

    private void AddSpy(Subscription spy)
    {
        _spies.Add(spy);
        foreach (var keeper in _publications)
        {
            if (keeper.IsOpenToSpies && spy.Spies(keeper.Publication))
            {
                keeper.Publication.Spies.Add(spy);
            }
        }
    }

    private void CloseSpy(Subscription spy, long nowNanos)
    {
        _spies.Remove(spy);
        foreach (var keeper in _publications)
        {
            keeper.Publication.Spies.Remove(spy, _retired, nowNanos);
        }
    }

    private void Apply(ConductorCommand command, long nowNanos)
    {
        switch (command)
        {
            case ConductorCommand.AddPublication add:
                _publications.Add(new PublicationKeeper(add.Publication, _context.Options, _counters, _retired));
                _spies.FindAll(spy => spy.Spies(add.Publication)).ForEach(add.Publication.Spies.Add);
                _counters.Publications.SetRelease(_publications.Count);
                break;
            case ConductorCommand.ClosePublication close:
                _publications.Find(keeper => ReferenceEquals(keeper.Publication, close.Publication))?.Close(nowNanos);
                break;
            case ConductorCommand.RevokePublication revoke:
                _publications.Find(keeper => ReferenceEquals(keeper.Publication, revoke.Publication))?.Revoke(nowNanos);
                break;
            case ConductorCommand.PublicationFailed failed:
                _context.Options.OnPublicationError?.Invoke(failed.Error);
                break;
            case ConductorCommand.PublicationRemoved removed:
                Retire(removed.Publication, nowNanos);
                break;
            case ConductorCommand.AddSubscription { Subscription.Parameters.IsSpy: true } add:
                AddSpy(add.Subscription);
                break;
            case ConductorCommand.CloseSubscription { Subscription.Parameters.IsSpy: true } close:
                CloseSpy(close.Subscription, nowNanos);
                break;
            case ConductorCommand.AddSubscription add:
                _images.Add(add.Subscription, nowNanos);
                _counters.Images.SetRelease(_images.Count);
                break;
            case ConductorCommand.CloseSubscription close:
                _images.Close(close.Subscription, nowNanos);
                break;
            case ConductorCommand.SubscriptionRemoved removed:
                _context.Forget(removed.Subscription.Endpoint);
                break;
            case ConductorCommand.CreateImage create:
                _images.Create(create, nowNanos);
                _counters.Images.SetRelease(_images.Count);
                break;
            case ConductorCommand.PopulateImage populate:
                populate.Image.Log.PopulateInUse();
                break;
            case ConductorCommand.RejectImage reject:
                _images.Reject(reject.ImageCorrelationId, reject.Reason);
                break;
            case ConductorCommand.SetResponse set:
                _images.SetResponse(set.ImageCorrelationId, set.SessionId);
                break;
            case ConductorCommand.ResponseSetup setup:
                _images.OnResponseSetup(setup.SubscriptionRegistrationId, setup.SessionId);
                break;
            case ConductorCommand.ImageEnded ended:
                _images.End(ended.Image, nowNanos);
                _counters.Images.SetRelease(_images.Count);
                break;
            default:
                Check.Never("the conductor knows every command");
                break;
        }
    }
}
