using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.MarketData;

/// <summary>The price of an underlying has grown older, or returned.</summary>
public readonly struct StalenessChange
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required StalenessClass Class { get; init; }

    public required StalenessClass Previous { get; init; }

    /// <summary>The last one that a quorum stood behind.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>When it last did.</summary>
    public required TimeNanos PriceTime { get; init; }

    /// <summary>Added to margin requirements now, in millionths of them.</summary>
    public required uint BufferPpm { get; init; }

    /// <summary>Sources that were fresh.</summary>
    public required int Sources { get; init; }
}

/// <summary>The price of an expiry begins to be averaged, or is fixed.</summary>
public readonly struct WindowChange
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required WindowPhase Phase { get; init; }

    public required TimeNanos StartTime { get; init; }

    public required TimeNanos ExpiryTime { get; init; }

    /// <summary>When the window opens the forward; then the expiry price.</summary>
    public required PriceTicks Price { get; init; }
}

/// <summary>The forward curve of an underlying was set at one expiry.</summary>
public readonly struct ForwardChange
{
    public required TimeNanos Time { get; init; }

    public required UnderlyingId Underlying { get; init; }

    public required TimeNanos ExpiryTime { get; init; }

    /// <summary>Forward less the underlying's price; may be negative.</summary>
    public required PriceTicks Basis { get; init; }
}
