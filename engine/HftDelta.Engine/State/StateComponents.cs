using System.Runtime.CompilerServices;

namespace HftDelta.Engine.State;

/// <summary>
/// The state hash taken apart: one sum for each kind of record. Their sum is the state hash, so keeping them apart costs
/// nothing, and where two states differ they say in what.
/// </summary>
[InlineArray(Count)]
public struct StateComponents : IEquatable<StateComponents>
{
    /// <summary>Kinds of records that can be told apart; more than there are.</summary>
    public const int Count = 12;

    private Hash256 _first;

    /// <summary>The state hash.</summary>
    public readonly Hash256 Total
    {
        get
        {
            var total = Hash256.Zero;
            foreach (ref readonly var sum in (ReadOnlySpan<Hash256>)this)
            {
                total += sum;
            }

            return total;
        }
    }

    public static bool operator ==(in StateComponents left, in StateComponents right) => left.Equals(right);

    public static bool operator !=(in StateComponents left, in StateComponents right) => !left.Equals(right);

    /// <summary>The sum over the records of one kind.</summary>
    public readonly Hash256 Of(StateRecordType type) => this[(int)type - 1];

    public void Set(StateRecordType type, Hash256 sum) => this[(int)type - 1] = sum;

    /// <summary>
    /// The first kind of record in which two states differ. The venue's own record comes last: it holds totals and counters,
    /// which differ whenever something else does.
    /// </summary>
    /// <returns>Null when they are the same.</returns>
    public readonly StateRecordType? FirstDifference(in StateComponents other)
    {
        for (var index = 1; index < Count; index++)
        {
            if (this[index] != other[index])
            {
                return (StateRecordType)(index + 1);
            }
        }

        return this[0] != other[0] ? StateRecordType.Venue : null;
    }

    public readonly bool Equals(StateComponents other) =>
        ((ReadOnlySpan<Hash256>)this).SequenceEqual((ReadOnlySpan<Hash256>)other);

    public readonly override bool Equals(object? obj) => obj is StateComponents other && Equals(other);

    public readonly override int GetHashCode() => Total.GetHashCode();

    /// <summary>For folding; on a field of its owner.</summary>
    internal static ref Hash256 Sum(ref StateComponents components, StateRecordType type) =>
        ref components[(int)type - 1];
}
