using System.Runtime.CompilerServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Cursors;

/// <summary>A hash of 256 bits, as four words.</summary>
public readonly record struct HashWords(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>The words in 64 hexadecimal digits.</summary>
    public override string ToString() => $"{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";
}

/// <summary>
/// What the parts of the state hash to, in an order that the engine knows, and in the last place the history; the journal only
/// keeps them. Unused places are 0.
/// </summary>
[InlineArray(Count)]
public struct HashComponents : IEquatable<HashComponents>
{
    public const int Count = 12;

    private HashWords _first;

    public static bool operator ==(in HashComponents left, in HashComponents right) => left.Equals(right);

    public static bool operator !=(in HashComponents left, in HashComponents right) => !left.Equals(right);

    public readonly bool Equals(HashComponents other) =>
        ((ReadOnlySpan<HashWords>)this).SequenceEqual((ReadOnlySpan<HashWords>)other);

    public readonly override bool Equals(object? obj) => obj is HashComponents other && Equals(other);

    public readonly override int GetHashCode() => this[0].GetHashCode();
}

/// <summary>The state hash right after a command, which command it was, the parts of the hash, and the history's.</summary>
public readonly record struct HashPoint(CommandSequence Sequence, HashWords Total, HashComponents Components);
