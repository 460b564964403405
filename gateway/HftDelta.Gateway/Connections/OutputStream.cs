using HftDelta.Aeron;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// One stream to a client over the network: a publication, and a bounded backlog for what its flow control does not let
/// through at the moment. Order is kept: while there is a backlog, everything goes behind it. Owner: the egress agent.
/// </summary>
internal sealed class OutputStream
{
    private readonly ExclusivePublication _publication;

    public OutputStream(ExclusivePublication publication, FrameRing backlog)
    {
        _publication = publication;
        Backlog = backlog;
    }

    public FrameRing Backlog { get; }

    public bool HasBacklog { get; private set; }

    /// <summary>The transport holds nothing for it any more. For any thread.</summary>
    public bool IsFreed => _publication.IsFreed;

    /// <summary>Sends a frame, or keeps it until it can be sent.</summary>
    /// <returns>False when the client has left the backlog full, or the publication has ended: the frame is lost.</returns>
    public bool TryDeliver(ReadOnlySpan<byte> frame)
    {
        if (!HasBacklog)
        {
            var result = TryOffer(frame);
            if (result != OfferResult.Later)
            {
                return result == OfferResult.Sent;
            }
        }

        HasBacklog = true;
        return Backlog.TryWrite(RecordSource.Report, SessionHandle.None, frame);
    }

    /// <summary>Sends a frame now or not at all.</summary>
    public OfferResult TryOffer(ReadOnlySpan<byte> frame)
    {
        var position = _publication.Offer(frame);
        if (position == Publication.AdminAction)
        {
            // The term was full and is rotated: the next try has the new one.
            position = _publication.Offer(frame);
        }

        return position switch
        {
            >= 0 => OfferResult.Sent,
            Publication.Closed or Publication.MaxPositionExceeded => OfferResult.Ended,
            _ => OfferResult.Later,
        };
    }

    /// <summary>Sends what waits, as far as the client lets it.</summary>
    /// <returns>False when the publication has ended.</returns>
    public bool Drain(ref int count)
    {
        var reader = Backlog.Reader;
        var result = OfferResult.Sent;
        while (reader.TryPeek(out var record) && (result = TryOffer(record.Frame)) == OfferResult.Sent)
        {
            reader.Advance();
            count++;
        }

        reader.Release();
        HasBacklog = result != OfferResult.Sent;
        return result != OfferResult.Ended;
    }

    /// <summary>Nothing more goes: what the publication holds is still sent, what waits here is dropped.</summary>
    public void Close()
    {
        Backlog.Clear();
        HasBacklog = false;
        _publication.Dispose();
    }
}

/// <summary>What became of a frame.</summary>
internal enum OfferResult : byte
{
    Sent = 0,

    /// <summary>Nobody listens yet, or flow control holds it back.</summary>
    Later,

    /// <summary>The publication takes nothing more.</summary>
    Ended,
}
