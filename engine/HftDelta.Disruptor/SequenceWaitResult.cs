using System.Globalization;

namespace Disruptor;

/// <summary>How a wait ended: an available sequence, or a timeout of the wait strategy.</summary>
public readonly struct SequenceWaitResult : IEquatable<SequenceWaitResult>
{
    private const long TimeoutValue = -3;

    public static readonly SequenceWaitResult Timeout = new(TimeoutValue);

    public SequenceWaitResult(long availableSequence) => UnsafeAvailableSequence = availableSequence;

    /// <summary>The available sequence, or null after a timeout.</summary>
    public long? AvailableSequence => IsTimeout ? null : UnsafeAvailableSequence;

    /// <summary>The available sequence; without meaning after a timeout.</summary>
    public long UnsafeAvailableSequence { get; }

    public bool IsTimeout => UnsafeAvailableSequence == TimeoutValue;

    public static implicit operator SequenceWaitResult(long availableSequence) => new(availableSequence);

    public static bool operator ==(SequenceWaitResult left, SequenceWaitResult right) => left.Equals(right);

    public static bool operator !=(SequenceWaitResult left, SequenceWaitResult right) => !left.Equals(right);

    public bool Equals(SequenceWaitResult other) => UnsafeAvailableSequence == other.UnsafeAvailableSequence;

    public override bool Equals(object? obj) => obj is SequenceWaitResult other && Equals(other);

    public override int GetHashCode() => UnsafeAvailableSequence.GetHashCode();

    public override string ToString() =>
        IsTimeout ? nameof(Timeout) : UnsafeAvailableSequence.ToString(CultureInfo.InvariantCulture);
}
