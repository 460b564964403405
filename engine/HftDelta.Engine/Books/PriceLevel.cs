using System.Runtime.InteropServices;

namespace HftDelta.Engine.Books;

/// <summary>
/// One price of one side: a queue of orders, first come, first filled. Its price is its place (tick of the band, key of the
/// pool), so that it stays at 24 bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PriceLevel
{
    /// <summary>Sum of the leaves of its orders.</summary>
    public long Volume;

    /// <summary>Slot of the oldest order, 0 when empty.</summary>
    public uint Head;

    /// <summary>Slot of the youngest order, 0 when empty.</summary>
    public uint Tail;

    public uint Count;

    /// <summary>0 when empty, else 1 + side: a tick serves either side, one at a time.</summary>
    public uint Owner;
}
