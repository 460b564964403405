using HftDelta.Primitives.Units;

namespace HftDelta.Aeron.Cnc;

/// <summary>How a driver is, judged by its heartbeat.</summary>
public enum CncState
{
    Alive,

    /// <summary>No heartbeat for ten seconds: dead, or stuck.</summary>
    Silent,

    /// <summary>It ended in order.</summary>
    Ended,
}

/// <summary>One counter as read.</summary>
/// <param name="Id">Its place.</param>
/// <param name="TypeId">What it means, by the official numbers.</param>
/// <param name="Label">What it counts, for people.</param>
/// <param name="Value">The value.</param>
/// <param name="RegistrationId">The publication, subscription, image or channel that it belongs to.</param>
public sealed record CncCounter(int Id, int TypeId, string Label, long Value, long RegistrationId);

/// <summary>One distinct error.</summary>
/// <param name="Observations">How often.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="Words">What.</param>
public sealed record CncError(int Observations, TimeNanos First, TimeNanos Last, string Words);

/// <summary>What one stream lost.</summary>
/// <param name="Observations">Gaps that were found.</param>
/// <param name="LostBytes">Bytes in them.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="SessionId">The stream's.</param>
/// <param name="StreamId">The stream's.</param>
/// <param name="Channel">The subscription's.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record CncLoss(
    long Observations,
    long LostBytes,
    TimeNanos First,
    TimeNanos Last,
    int SessionId,
    int StreamId,
    string Channel,
    string Source);
