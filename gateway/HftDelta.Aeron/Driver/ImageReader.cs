using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Driver;

/// <summary>How a subscription stands to a stream that it reads; an untethered one goes round.</summary>
internal enum ImageReaderState
{
    Active = 0,

    /// <summary>It was too slow and has lost its image; its position still holds the stream back, for who is inside.</summary>
    Lingering,

    /// <summary>The stream goes on without it, until it joins again.</summary>
    Resting,
}

/// <summary>A subscription's part in a received stream. Owner: the conductor.</summary>
internal sealed class ImageReader(Subscription subscription, long nowNanos)
{
    public Subscription Subscription { get; } = subscription;

    public ImageReaderState State { get; private set; }

    /// <summary>When the state began, or when an active reader was last where it should be.</summary>
    public long SinceNanos { get; set; } = nowNanos;

    public Image? Image { get; private set; }

    public PositionWord? Position { get; private set; }

    public void Join(Image image, PositionWord position, long nowNanos)
    {
        Image = image;
        Position = position;
        State = ImageReaderState.Active;
        SinceNanos = nowNanos;
    }

    public void Linger(long nowNanos)
    {
        Image = null;
        State = ImageReaderState.Lingering;
        SinceNanos = nowNanos;
    }

    public void Rest(long nowNanos)
    {
        Position = null;
        State = ImageReaderState.Resting;
        SinceNanos = nowNanos;
    }
}
