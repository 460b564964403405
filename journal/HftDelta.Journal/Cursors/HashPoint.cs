using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Cursors;

/// <summary>The state hash of the engine right after a command: four words, and which command it was.</summary>
public readonly record struct HashPoint(CommandSequence Sequence, ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>The hash in 64 hexadecimal digits.</summary>
    public string ToHexadecimal() => $"{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";
}
