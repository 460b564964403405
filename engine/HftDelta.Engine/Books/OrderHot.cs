using System.Runtime.InteropServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// What matching reads of an order: half a cache line. The links come last, so that a hash of the order's state covers the
/// first <see cref="StateBytes"/> bytes and does not change when a neighbour in the queue does.
/// <code>
/// offset size field
///      0    8 PriceTicks
///      8    8 LeavesLots          what is still open
///     16    4 AccountAndTerms     bits 0-23 account, 24-31 the engine's
///     20    4 InstrumentAndFlags  bits 0-17 instrument, 18-23 the engine's, 24 side (1 = sell), 25-30 the engine's, 31 resting
///     24    4 Next                slot behind it in its level, 0 at the tail
///     28    4 Previous            slot before it in its level, 0 at the head
/// </code>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
public struct OrderHot
{
    /// <summary>Bytes of the record.</summary>
    public const int LengthBytes = 32;

    /// <summary>Bytes that are the order's own state; what follows are links.</summary>
    public const int StateBytes = 24;

    /// <summary>The largest instrument that fits.</summary>
    public const uint InstrumentMax = (1u << 18) - 1;

    /// <summary>The largest account that fits.</summary>
    public const uint AccountMax = (1u << 24) - 1;

    /// <summary>The bits of <see cref="InstrumentAndFlags"/> that are free for the engine.</summary>
    public const uint EngineFlagsMask = 0x7EFC_0000;

    internal const int SideBit = 24;
    internal const uint RestingFlag = 1u << 31;

    [FieldOffset(0)] public long PriceTicks;
    [FieldOffset(8)] public long LeavesLots;
    [FieldOffset(16)] public uint AccountAndTerms;
    [FieldOffset(20)] public uint InstrumentAndFlags;
    [FieldOffset(24)] public uint Next;
    [FieldOffset(28)] public uint Previous;

    public uint Account
    {
        readonly get => AccountAndTerms & AccountMax;
        set => AccountAndTerms = (AccountAndTerms & ~AccountMax) | value;
    }

    public readonly PriceTicks Price => new(PriceTicks);

    public readonly QuantityLots Leaves => new(LeavesLots);

    public readonly AccountId Owner => new(Account);

    public readonly InstrumentId Instrument => new(InstrumentAndFlags & InstrumentMax);

    public readonly Side Side => (Side)((InstrumentAndFlags >> SideBit) & 1);

    /// <summary>Linked in a level of its instrument's book. The book alone sets and clears it.</summary>
    public readonly bool IsResting => (InstrumentAndFlags & RestingFlag) != 0;

    /// <summary>The packed word of an order that is not resting yet.</summary>
    public static uint Pack(InstrumentId instrument, Side side, uint engineFlags = 0)
    {
        Primitives.Check.That(instrument.Value <= InstrumentMax);
        Primitives.Check.That((engineFlags & ~EngineFlagsMask) == 0);
        return instrument.Value | ((uint)side << SideBit) | engineFlags;
    }
}
