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
internal sealed class PublicationKeeper(NetworkPublication publication, AeronOptions options, ConductorCounters counters)
{
    private readonly TermCleaner _cleaner = new(publication.Log, CleanStart(publication));
    private long _lastSenderPosition = -1;
    private bool _wasConnected;
    private long _stateNanos;

    public NetworkPublication Publication => publication;

    public PublicationState State { get; private set; }

    /// <summary>Moves the limit behind the sender; blanks a term length behind it first.</summary>
    public int UpdateLimit()
    {
        var backPressure = publication.TakeBackPressureCount();
        if (backPressure > 0)
        {
            counters.BackPressure.Add(backPressure);
        }

        if (State != PublicationState.Active)
        {
            return 0;
        }

        var senderPosition = publication.SenderPosition.Acquire();
        var isConnected = publication.Log.Metadata.IsConnected;
        if (senderPosition == _lastSenderPosition && isConnected == _wasConnected)
        {
            return 0;
        }

        _lastSenderPosition = senderPosition;
        _wasConnected = isConnected;
        _cleaner.CleanTo(senderPosition - publication.Log.TermLengthBytes);

        // release: an offer that the limit lets through finds the room blank.
        publication.Limit.Release(senderPosition + (isConnected ? publication.Parameters.WindowLengthBytes : 0));
        return 1;
    }

    /// <summary>The last client closed.</summary>
    public void Close(long nowNanos)
    {
        var producerPosition = publication.ProducerPosition;
        publication.Limit.Release(producerPosition);
        publication.Log.Metadata.SetEndOfStreamPosition(producerPosition);
        State = PublicationState.Draining;
        _stateNanos = nowNanos;
        OnTimer(nowNanos);
    }

    public void OnTimer(long nowNanos)
    {
        publication.Counters.ProducerPosition.Release(publication.ProducerPosition);
        if (State == PublicationState.Draining)
        {
            Drain(nowNanos);
        }
        else if (State == PublicationState.Lingering
            && (publication.IsRemoteEnded || nowNanos - _stateNanos > publication.Parameters.LingerNanos))
        {
            State = PublicationState.Done;
        }
    }

    private void Drain(long nowNanos)
    {
        if (publication.SenderPosition.Acquire() >= publication.ProducerPosition)
        {
            publication.IsEndOfStream = true;
        }
        else if (publication.Log.Metadata.IsConnected && nowNanos - _stateNanos <= options.PublicationDrainTimeoutNanos)
        {
            // A claim that is never committed would hold it here for ever, hence the timeout.
            return;
        }

        State = PublicationState.Lingering;
        _stateNanos = nowNanos;
    }

    // Nothing was written before the position where the stream begins.
    private static long CleanStart(NetworkPublication publication) => publication.SenderPosition.Plain;
}
