using System.Runtime.CompilerServices;
using HftDelta.Wire;

namespace HftDelta.Engine.Instruments;

/// <summary>
/// One listed instrument. The delta index and its neighbours are in sub-atoms per lot (2^-32 atom): a tick adds
/// delta x move in ticks x <see cref="AtomsPerUnderlyingTick"/>, which is exact because delta is in 2^-32.
/// </summary>
internal struct InstrumentRecord
{
    /// <summary>D: what one lot has been paid by delta settlement since listing (plus D0).</summary>
    public Int128 Index;

    /// <summary>Sum over accounts of position x the index that was last applied to it.</summary>
    public Int128 WeightedIndexSum;

    /// <summary>Fair value of one lot.</summary>
    public Int128 Mark;

    /// <summary>Margin requirement of one lot held long (short), in sub-atoms; follows from the fields below.</summary>
    public Int128 LongRequirement;
    public Int128 ShortRequirement;

    public long Strike;
    public ulong ExpiryTime;
    public long AtomsPerTick;
    public long AtomsPerUnderlyingTick;
    public ulong VolatilityQ48;

    /// <summary>S*: the price up to which <see cref="Index"/> has been settled, in ticks of the underlying.</summary>
    public long SettlementPrice;

    /// <summary>The delta that the next move will be settled with, in 2^-32.</summary>
    public long Delta;

    /// <summary>Sum of all long positions; the shorts are its negative.</summary>
    public long OpenInterest;

    public uint Underlying;

    /// <summary>Next instrument of the same underlying, 0 at the end.</summary>
    public uint NextOfUnderlying;

    /// <summary>Head of the list of positions in this instrument.</summary>
    public uint FirstPosition;

    public InstrumentKind Kind;
    public OptionKind OptionKind;
    public InstrumentState State;

    /// <summary>1 while a sweep of its book waits as pending work.</summary>
    public byte Busy;

    public SymbolText Symbol;
}

/// <summary>Up to 32 ASCII characters, zero filled.</summary>
[InlineArray(LengthBytes)]
internal struct SymbolText
{
    public const int LengthBytes = 32;

    private byte _first;

    public static SymbolText From(ReadOnlySpan<byte> text)
    {
        SymbolText symbol = default;
        text[..(text.Length < LengthBytes ? text.Length : LengthBytes)].CopyTo(symbol);
        return symbol;
    }
}
