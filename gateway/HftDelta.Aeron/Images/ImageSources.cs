using HftDelta.Aeron.Driver;

namespace HftDelta.Aeron.Images;

/// <summary>
/// Everybody who sends an image's session: one, or one for each destination of a subscription that has several. They send the
/// same stream, so that it goes on when one of them is lost. Owner: the receiver. Invariant: at most one for each transport.
/// </summary>
internal sealed class ImageSources(ImageSource first)
{
    private ImageSource[] _sources = [first];

    public int Count => _sources.Length;

    public ReadOnlySpan<ImageSource> All => _sources;

    public ImageSource? Of(ReceiveTransport transport)
    {
        foreach (var source in _sources)
        {
            if (ReferenceEquals(source.Transport, transport))
            {
                return source;
            }
        }

        return null;
    }

    public void Add(ImageSource source) => _sources = [.. _sources, source];

    /// <summary>The transport is closed.</summary>
    /// <returns>True when a source was there.</returns>
    public bool Remove(ReceiveTransport transport)
    {
        var count = _sources.Length;
        _sources = Array.FindAll(_sources, source => !ReferenceEquals(source.Transport, transport));
        return _sources.Length != count;
    }

    /// <summary>Lets go of those that are silent while others are not; the last one is the image's own matter.</summary>
    /// <returns>True when one went.</returns>
    public bool RemoveSilent(long nowNanos, long timeoutNanos)
    {
        var silentCount = 0;
        foreach (var source in _sources)
        {
            silentCount += nowNanos - source.LastFrameNanos > timeoutNanos ? 1 : 0;
        }

        return silentCount > 0 && silentCount < _sources.Length && RemoveBefore(nowNanos - timeoutNanos);
    }

    /// <returns>True when all of them told the end; the position is that of the longest.</returns>
    public bool HaveEnded(out long endPosition, out bool isRevoked)
    {
        endPosition = 0;
        isRevoked = false;
        foreach (var source in _sources)
        {
            if (!source.IsEnded)
            {
                return false;
            }

            endPosition = Math.Max(endPosition, source.EndPosition);
            isRevoked |= source.IsRevoked;
        }

        return _sources.Length > 0;
    }

    // Apart, because what it captures is allocated with every call.
    private bool RemoveBefore(long heardSinceNanos)
    {
        _sources = Array.FindAll(_sources, source => source.LastFrameNanos >= heardSinceNanos);
        return true;
    }
}
