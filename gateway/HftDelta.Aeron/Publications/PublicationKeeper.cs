using HftDelta.Aeron.Driver;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Publications;

/// <summary>How far a publication is in its life; it only moves down this list.</summary>
internal enum PublicationState
{
    Active,

    /// <summary>Closed by the application; what it left is still sent.</summary>
    Draining,

    /// <summary>Nothing more to send; losses are still repaired.</summary>
    Lingering,
    Done,
}

/// <summary>
/// The conductor's half of a publication: how far the application may offer, what is blanked behind the sender, and how it ends.
/// Owner: the conductor.
/// </summary>
internal sealed class PublicationKeeper(
    NetworkPublication publication, AeronOptions options, ConductorCounters counters, RetiredLogs retired)
{
    // Dispose is for any thread: another one may be in the middle of an offer, for which this is an eternity.
    private const long DrainUnblockDelayNanos = 1_000_000_000;

    private readonly TermCleaner _cleaner = new(publication.Log, CleanStart(publication));
    private long _lastConsumedPosition = -1;
    private bool _wasConnected;
    private long _stateNanos;
    private long _progressPosition = -1;
    private long _progressNanos;
    private bool _isClosed;

    public NetworkPublication Publication => publication;

    public PublicationState State { get; private set; }

    /// <summary>A spy can still come.</summary>
    public bool IsOpenToSpies => State == PublicationState.Active
        || (State == PublicationState.Draining && publication.SenderPosition.Acquire() < publication.ProducerPosition);

    /// <summary>Moves the limit behind the sender and the spies; blanks a term length behind them first.</summary>
    public int UpdateLimit()
    {
        var backPressure = publication.TakeBackPressureCount();
        if (backPressure > 0)
        {
            counters.BackPressure.Add(backPressure);
        }

        if (State > PublicationState.Draining)
        {
            return 0;
        }

        var senderPosition = publication.SenderPosition.Acquire();
        var consumedPosition = publication.Spies.HasAny ? publication.Spies.SlowestOf(senderPosition) : senderPosition;
        if (State != PublicationState.Active)
        {
            return 0;
        }

        var isConnected = publication.Log.Metadata.IsConnected;
        if (consumedPosition == _lastConsumedPosition && isConnected == _wasConnected)
        {
            return 0;
        }

        _lastConsumedPosition = consumedPosition;
        _wasConnected = isConnected;
        _cleaner.CleanTo(consumedPosition - publication.Log.TermLengthBytes);

        // release: an offer that the limit lets through finds the room blank.
        publication.Limit.Release(
            isConnected ? consumedPosition + publication.Parameters.WindowLengthBytes : senderPosition);
        return 1;
    }

    /// <summary>The last client closed.</summary>
    public void Close(long nowNanos)
    {
        _isClosed = true;
        if (State == PublicationState.Active)
        {
            End();
            State = PublicationState.Draining;
            _stateNanos = nowNanos;
        }

        OnTimer(nowNanos);
    }

    /// <summary>A client takes the stream back: what was not sent yet stays behind, what was not read yet is void.</summary>
    public void Revoke(long nowNanos)
    {
        if (State > PublicationState.Draining)
        {
            return;
        }

        End();
        publication.IsEndOfStream = true;
        publication.Revoke();
        publication.Spies.RemoveAll(retired, nowNanos);
        State = PublicationState.Lingering;
        _stateNanos = nowNanos;
        counters.Revoked.Increment();
    }

    public void OnTimer(long nowNanos)
    {
        publication.Counters.ProducerPosition.Release(publication.ProducerPosition);
        if (State == PublicationState.Active)
        {
            Unblock(nowNanos);
        }
        else if (State == PublicationState.Draining)
        {
            Drain(nowNanos);
        }
        else if (State == PublicationState.Lingering)
        {
            Linger(nowNanos);
        }
    }

    private void Linger(long nowNanos)
    {
        if (_isClosed && (publication.IsRemoteEnded || nowNanos - _stateNanos > publication.Parameters.LingerNanos))
        {
            State = PublicationState.Done;
        }
        else if (publication.SenderPosition.Acquire() >= publication.ProducerPosition)
        {
            // Its receivers were gone and came back: what was left has been sent after all.
            publication.IsEndOfStream = true;
        }
    }

    private void Drain(long nowNanos)
    {
        if (publication.SenderPosition.Acquire() >= publication.ProducerPosition)
        {
            publication.IsEndOfStream = true;
        }
        else if (nowNanos - _stateNanos > DrainUnblockDelayNanos && TryUnblock())
        {
            return;
        }
        else if (publication.Log.Metadata.IsConnected && nowNanos - _stateNanos <= options.PublicationDrainTimeoutNanos)
        {
            // A receiver that does not read would hold it here for ever, hence the timeout.
            return;
        }

        if (!publication.Spies.HaveRead(publication.ProducerPosition)
            && nowNanos - _stateNanos <= options.PublicationDrainTimeoutNanos)
        {
            return;
        }

        publication.Spies.RemoveAll(retired, nowNanos);
        State = PublicationState.Lingering;
        _stateNanos = nowNanos;
    }

    /// <summary>
    /// Clears away a claim that was not committed for so long that its claimant must be dead. The one thread of an exclusive
    /// publication only holds up itself.
    /// </summary>
    private void Unblock(long nowNanos)
    {
        var senderPosition = publication.SenderPosition.Acquire();
        if (senderPosition != _progressPosition || !MayBeBlocked(senderPosition))
        {
            _progressPosition = senderPosition;
            _progressNanos = nowNanos;
        }
        else if (!publication.Identity.IsExclusive && nowNanos - _progressNanos > options.PublicationUnblockTimeoutNanos)
        {
            TryUnblock();
        }
    }

    private bool MayBeBlocked(long senderPosition) =>
        publication.ProducerPosition > senderPosition
        || publication.Log.Metadata.ActiveTermCount != (int)(senderPosition >> publication.Log.PositionBitsToShift);

    private bool TryUnblock()
    {
        var isUnblocked = LogUnblocker.Unblock(
            publication.Log, publication.Target.Ids, publication.SenderPosition.Acquire());
        if (isUnblocked)
        {
            counters.Unblocked.Increment();
        }

        return isUnblocked;
    }

    private void End()
    {
        var producerPosition = publication.ProducerPosition;
        publication.Limit.Release(producerPosition);
        publication.Log.Metadata.SetEndOfStreamPosition(producerPosition);
    }

    // Nothing was written before the position where the stream begins.
    private static long CleanStart(NetworkPublication publication) => publication.SenderPosition.Plain;
}
