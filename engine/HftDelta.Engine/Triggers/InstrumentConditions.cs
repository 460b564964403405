using System.Runtime.CompilerServices;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>The conditional orders of one instrument. All of it follows from the orders.</summary>
internal struct InstrumentConditions
{
    /// <summary>Waiting stops whose triggers do not move.</summary>
    public StopRoots Roots;
    public EntryList Trailing;
    public EntryList Pegs;

    /// <summary>How many are in <see cref="Roots"/>.</summary>
    public uint Stops;

    /// <summary>Trailing stops that are triggered and not yet activated.</summary>
    public uint Marked;

    /// <summary>Pegged orders that have left the book and are to be priced again.</summary>
    public uint Leaving;

    /// <summary>1: the present command has touched what may be triggered here.</summary>
    public byte IsNoted;

    public readonly bool HasStops => (Stops | Trailing.Count) != 0;

    public readonly bool IsEmpty => (Stops | Trailing.Count | Pegs.Count) == 0;
}

/// <summary>A tree for each source and side, in the order in which they are activated.</summary>
[InlineArray(Count)]
internal struct StopRoots
{
    public const int Count = 2 * PriceRanges.Count;

    private uint _first;

    public static int PlaceOf(TriggerSource source, bool isSell) => (((int)source - 1) * 2) + (isSell ? 1 : 0);
}
