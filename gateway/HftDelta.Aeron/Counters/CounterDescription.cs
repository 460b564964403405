namespace HftDelta.Aeron.Counters;

/// <summary>What a tool is told about a counter.</summary>
/// <param name="Type">What it means.</param>
/// <param name="Label">What people read; ASCII, cut at 380 letters.</param>
/// <param name="Key">What programs read, up to 112 bytes; made by <see cref="CounterKey"/>.</param>
internal readonly record struct CounterDescription(CounterType Type, string Label, byte[] Key)
{
    /// <summary>The publication, subscription, image or channel that it belongs to.</summary>
    public long RegistrationId { get; init; }

    /// <summary>The client that owns it; 0 when the driver does.</summary>
    public long OwnerId { get; init; }

    /// <summary>Something else that it belongs to: of a subscriber's position, the image.</summary>
    public long ReferenceId { get; init; }

    /// <summary>What it begins at.</summary>
    public long Value { get; init; }
}
