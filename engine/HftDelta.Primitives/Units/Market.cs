namespace HftDelta.Primitives.Units;

/// <summary>A price in ticks of its instrument or underlying; signed.</summary>
public readonly record struct PriceTicks(long Value) : IComparable<PriceTicks>
{
    public int CompareTo(PriceTicks other) => Value.CompareTo(other.Value);

    public static bool operator <(PriceTicks left, PriceTicks right) => left.Value < right.Value;

    public static bool operator >(PriceTicks left, PriceTicks right) => left.Value > right.Value;

    public static bool operator <=(PriceTicks left, PriceTicks right) => left.Value <= right.Value;

    public static bool operator >=(PriceTicks left, PriceTicks right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A quantity in lots of its instrument; positions are signed, orders positive.</summary>
public readonly record struct QuantityLots(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Nanoseconds since 1970-01-01 UTC, from the input stream only.</summary>
public readonly record struct TimeNanos(ulong Value) : IComparable<TimeNanos>
{
    public int CompareTo(TimeNanos other) => Value.CompareTo(other.Value);

    public static bool operator <(TimeNanos left, TimeNanos right) => left.Value < right.Value;

    public static bool operator >(TimeNanos left, TimeNanos right) => left.Value > right.Value;

    public static bool operator <=(TimeNanos left, TimeNanos right) => left.Value <= right.Value;

    public static bool operator >=(TimeNanos left, TimeNanos right) => left.Value >= right.Value;
}

/// <summary>The side of a resting or incoming order. The values are those of the wire.</summary>
public enum Side : byte
{
    Buy = 0,
    Sell = 1,
}
