using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// Subscriptions of this driver that read a publication's log itself (<c>aeron-spy:</c>). Each has a place of its own, which
/// holds the publisher back as a receiver does. Owner: the conductor; other threads ask what is said to be for any thread.
/// </summary>
internal sealed class PublicationSpies(NetworkPublication publication)
{
    // What the official implementation calls a source that is this machine itself.
    private const string SourceIdentity = "aeron:ipc";

    private readonly List<Spy> _spies = [];
    private bool _hasAny;
    private long _fastestPosition;

    /// <summary>Those that have left and may still be inside.</summary>
    public List<FormerReader> FormerReaders { get; } = [];

    /// <summary>Somebody reads. For any thread.</summary>
    public bool HasAny => Volatile.Read(ref _hasAny);

    /// <summary>How far the fastest has read. For any thread.</summary>
    public long FastestPosition => Volatile.Read(ref _fastestPosition);

    public void Add(Subscription subscription)
    {
        var network = publication;
        var join = network.SenderPosition.Acquire();
        var counters = new StreamCounters(
            network.Driver.CounterStore, subscription.RegistrationId, network.SessionId, network.StreamId, subscription.Channel);
        var position = counters.ReaderPosition(join, network.Identity.RegistrationId);
        var image = new Image(
            network.Log,
            position,
            network.SessionId,
            network.Endpoint.LocalEndpoint.ToIPEndPoint(),
            subscription,
            network.Identity.RegistrationId,
            SourceIdentity);
        _spies.Add(new Spy(subscription, image, position));
        Volatile.Write(ref _hasAny, true);
        subscription.AddImage(image);
    }

    public void Remove(Subscription subscription, RetiredLogs retired, long nowNanos)
    {
        if (_spies.Find(spy => ReferenceEquals(spy.Subscription, subscription)) is { } spy)
        {
            Leave(spy, retired, nowNanos);
            _spies.Remove(spy);
            Volatile.Write(ref _hasAny, _spies.Count > 0);
        }
    }

    /// <summary>All lose the stream.</summary>
    /// <param name="retired">Where their counters go; null when everything goes.</param>
    /// <param name="nowNanos">The time.</param>
    public void RemoveAll(RetiredLogs? retired, long nowNanos)
    {
        foreach (var spy in _spies)
        {
            Leave(spy, retired, nowNanos);
        }

        _spies.Clear();
        Volatile.Write(ref _hasAny, false);
    }

    /// <summary>Where the slowest of all is, the sender among them.</summary>
    public long SlowestOf(long senderPosition)
    {
        var slowest = senderPosition;
        var fastest = senderPosition;
        foreach (var spy in _spies)
        {
            var position = spy.Position.Acquire();
            slowest = Math.Min(slowest, position);
            fastest = Math.Max(fastest, position);
        }

        // release: the sender takes what it finds for read.
        Volatile.Write(ref _fastestPosition, fastest);
        return slowest;
    }

    /// <summary>All of them are there.</summary>
    public bool HaveRead(long position) => _spies.TrueForAll(spy => spy.Position.Acquire() >= position);

    private void Leave(Spy spy, RetiredLogs? retired, long nowNanos)
    {
        spy.Image.Close();
        spy.Subscription.RemoveImage(spy.Image);
        var former = new FormerReader(spy.Subscription, spy.Subscription.PollsBegun);
        FormerReaders.Add(former);
        retired?.Add(null, [spy.Position.Slot], [former], nowNanos);
    }

    private sealed record Spy(Subscription Subscription, Image Image, PositionWord Position);
}
