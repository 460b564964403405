namespace HftDelta.Primitives.Units;

/// <summary>An account: dense, from 1; accounts below <see cref="FirstClient"/> belong to the venue.</summary>
public readonly record struct AccountId(uint Value)
{
    /// <summary>The first id that a client can hold.</summary>
    public const uint FirstClient = 16;
}

/// <summary>A listed instrument: dense, from 1, never reused.</summary>
public readonly record struct InstrumentId(uint Value);

/// <summary>What instruments are written on: dense, from 1.</summary>
public readonly record struct UnderlyingId(uint Value);

/// <summary>
/// An order as the engine names it: where it lies in the low 22 bits, and above them the number of orders when it came, itself
/// included, so that a later order has a greater id; never 0. The first 2^42 orders have different ids.
/// </summary>
public readonly record struct OrderId(ulong Value)
{
    /// <summary>Slots are below 2 to the power of this.</summary>
    public const int SlotBits = 22;

    public uint Slot => (uint)Value & ((1u << SlotBits) - 1);

    public static OrderId From(uint slot, ulong number) => new((number << SlotBits) | slot);
}

/// <summary>An order as the client names it: strictly increasing within one session.</summary>
public readonly record struct ClientOrderId(ulong Value);

/// <summary>A session, as the venue numbered it when it was opened; 0 is no session.</summary>
public readonly record struct SessionHandle(uint Value)
{
    public static readonly SessionHandle None = new(0);
}

/// <summary>The place of a command in the one sequence of the venue: from 1, without gaps.</summary>
public readonly record struct CommandSequence(long Value) : IComparable<CommandSequence>
{
    public static readonly CommandSequence None = new(0);

    public int CompareTo(CommandSequence other) => Value.CompareTo(other.Value);

    public static bool operator <(CommandSequence left, CommandSequence right) => left.Value < right.Value;

    public static bool operator >(CommandSequence left, CommandSequence right) => left.Value > right.Value;

    public static bool operator <=(CommandSequence left, CommandSequence right) => left.Value <= right.Value;

    public static bool operator >=(CommandSequence left, CommandSequence right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
