namespace HftDelta.Primitives.Units;

/// <summary>Scales of the fixed-point formats (docs/units.md).</summary>
public static class Scale
{
    /// <summary>Atoms in one unit of the quote asset: an atom is 1e-6 USD.</summary>
    public const long AtomsPerQuoteUnit = 1_000_000;

    /// <summary>Bits of the fraction of a delta, and of an atom: a sub-atom is 2^-32 atom.</summary>
    public const int SubAtomBits = 32;

    /// <summary>Sub-atoms in one atom, and the delta that means 1.0.</summary>
    public const long SubAtomsPerAtom = 1L << SubAtomBits;
}

/// <summary>Quote asset in atoms (1e-6 USD); signed.</summary>
public readonly record struct Atoms(long Value)
{
    public static Atoms operator +(Atoms left, Atoms right) => new(checked(left.Value + right.Value));

    public static Atoms operator -(Atoms left, Atoms right) => new(checked(left.Value - right.Value));

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Quote asset in sub-atoms (2^-32 atom); signed. Products of quantity and index stay below 2^120.</summary>
public readonly record struct SubAtoms(Int128 Value)
{
    public static SubAtoms FromAtoms(long atoms) => new((Int128)atoms << Scale.SubAtomBits);

    public static SubAtoms operator +(SubAtoms left, SubAtoms right) => new(checked(left.Value + right.Value));

    public static SubAtoms operator -(SubAtoms left, SubAtoms right) => new(checked(left.Value - right.Value));

    public static SubAtoms operator -(SubAtoms value) => new(checked(-value.Value));

    /// <summary>Whole atoms, rounded toward minus infinity.</summary>
    public long FloorAtoms => checked((long)(Value >> Scale.SubAtomBits));

    /// <summary>What flooring leaves behind: 0 to 2^32 - 1 sub-atoms.</summary>
    public uint Dust => (uint)(ulong)(UInt128)Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Sensitivity of an option's value to its underlying, in 2^-32: 1.0 is 2^32; signed.</summary>
public readonly record struct DeltaUnits(long Value)
{
    public static readonly DeltaUnits One = new(Scale.SubAtomsPerAtom);
}
