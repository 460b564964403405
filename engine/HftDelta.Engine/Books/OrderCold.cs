using System.Runtime.InteropServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// What reports and life-cycle rules read of an order: one cache line, beside <see cref="OrderHot"/>, which finding and
/// taking out of an order leave alone. Bytes 36 to 39 are free. The session links belong to the engine.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
public struct OrderCold
{
    /// <summary>Bytes of the record.</summary>
    public const int LengthBytes = 64;

    [FieldOffset(0)] public ulong ClientOrderId;

    /// <summary>The order's total quantity, filled lots included.</summary>
    [FieldOffset(8)] public long QuantityLots;

    /// <summary>Given when the order (re)gained its place in the queue; ascends from head to tail of every level.</summary>
    [FieldOffset(16)] public ulong Priority;

    /// <summary>The good-till date; of a day order the trading day; 0 of others.</summary>
    [FieldOffset(24)] public ulong ExpireTimeNanos;

    [FieldOffset(32)] public uint SessionHandle;

    /// <summary>The owner's next live order, 0 for none.</summary>
    [FieldOffset(40)] public uint SessionNext;

    /// <summary>The owner's previous live order, 0 for none.</summary>
    [FieldOffset(44)] public uint SessionPrevious;

    [FieldOffset(48)] public byte OrderType;
    [FieldOffset(49)] public byte TimeInForce;
    [FieldOffset(50)] public byte ExecutionFlags;
    [FieldOffset(51)] public byte SelfTradePrevention;

    /// <summary>Index of the engine's record with the terms that only some orders have, 0 for none.</summary>
    [FieldOffset(52)] public uint Extra;

    /// <summary>The order's place among all ever accepted: it stays when the place in the queue does not.</summary>
    [FieldOffset(56)] public ulong Entry;

    public readonly ClientOrderId ClientId => new(ClientOrderId);

    public readonly QuantityLots Quantity => new(QuantityLots);

    public readonly TimeNanos ExpireTime => new(ExpireTimeNanos);

    public readonly SessionHandle Session => new(SessionHandle);
}
