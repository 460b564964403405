using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Quotes;

/// <summary>One side of an entry of a mass quote, and what became of it; on the stack of one command, so to say.</summary>
internal struct QuoteSide
{
    public long Price;

    /// <summary>0: nothing is quoted there.</summary>
    public long Quantity;
    public uint Instrument;
    public Side Side;

    /// <summary>The order that keeps its place, 0 for none.</summary>
    public uint Kept;
    public RejectCode Code;

    /// <summary>The order that rests, 0 for none.</summary>
    public ulong OrderId;
}
