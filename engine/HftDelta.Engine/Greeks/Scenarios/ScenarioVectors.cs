using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks.Scenarios;

/// <summary>
/// Profit and loss of one lot held long, in sub-atoms, after each move of a grid: a pure function of price, terms and
/// volatility, computed per instrument and multiplied by positions elsewhere. Components:
/// <code>
///  0..8   regular moves with volatility down       27..32  tails with volatility up, damped
///  9..17  regular moves with the same volatility   33      skew rotated
/// 18..26  regular moves with volatility up         34      skew curved
/// </code>
/// Each is a difference of two values that were floored to sub-atoms, so that call less put is the future, exactly; a tail
/// is floored once more after damping. Component 13, no move, is 0. The two of skew keep their sign: which rotation hurts
/// is known only of a whole expiry. Kinds without volatility have 0 there and thrice the same regular moves.
/// </summary>
public static class ScenarioVectors
{
    public const int Count = SkewCurvature + 1;
    public const int TailFirst = 3 * ScenarioGrid.RegularMoves;
    public const int SkewRotation = TailFirst + ScenarioGrid.TailMoves;
    public const int SkewCurvature = SkewRotation + 1;

    /// <summary>A European option.</summary>
    /// <param name="grid">The moves.</param>
    /// <param name="forwards">Its forward, moved by the grid.</param>
    /// <param name="option">The option; its forward is that of <paramref name="forwards"/>.</param>
    /// <param name="atomsPerUnderlyingTick">Atoms that one unit of the forward is worth in one lot, above 0.</param>
    /// <param name="vector">Receives <see cref="Count"/> components.</param>
    /// <returns>Price and delta without a move.</returns>
    public static Black76Result Option(
        ScenarioGrid grid,
        in ShockedPrices forwards,
        in Black76Input option,
        long atomsPerUnderlyingTick,
        Span<SubAtoms> vector)
    {
        Check.That(option.IsInRange && option.Forward == forwards.Base);
        var values = new EuropeanValue((ulong)option.Strike.Value, option.Kind);
        return Volatile(grid, forwards, option, values, atomsPerUnderlyingTick, vector);
    }

    /// <summary>An everlasting option; the time of the input is its funding period.</summary>
    public static Black76Result Everlasting(
        ScenarioGrid grid,
        in ShockedPrices spots,
        in Black76Input option,
        long atomsPerUnderlyingTick,
        Span<SubAtoms> vector)
    {
        Check.That(option.IsInRange && option.Forward == spots.Base);
        var values = new EverlastingValue((ulong)option.Strike.Value, option.Kind);
        return Volatile(grid, spots, option, values, atomsPerUnderlyingTick, vector);
    }

    /// <summary>A future or a perpetual: the move itself.</summary>
    public static void Linear(
        ScenarioGrid grid, in ShockedPrices prices, long atomsPerUnderlyingTick, Span<SubAtoms> vector)
    {
        CheckArguments(grid, atomsPerUnderlyingTick, vector);
        for (var move = 0; move < ScenarioGrid.Moves; move++)
        {
            var ticks = (Int128)prices[move].Value - prices.Base.Value;
            Write(grid, move, SubAtomsOf(ticks, atomsPerUnderlyingTick), vector);
        }

        Clear(vector);
    }

    /// <summary>
    /// A power perpetual: the exact change of its index. False, and nothing meaningful in the vector, when an index does not fit.
    /// </summary>
    public static bool TryPower(
        ScenarioGrid grid, in ShockedPrices spots, PowerDegree degree, BinaryFraction scaleAtoms, Span<SubAtoms> vector)
    {
        CheckArguments(grid, 1, vector);
        if (!PowerPerpetual.TryIndexFloor(spots.Base, degree, scaleAtoms, out var index))
        {
            return false;
        }

        for (var move = 0; move < ScenarioGrid.Moves; move++)
        {
            if (!PowerPerpetual.TryIndexFloor(spots[move], degree, scaleAtoms, out var moved))
            {
                return false;
            }

            Write(grid, move, moved - index, vector);
        }

        Clear(vector);
        return true;
    }

    private static Black76Result Volatile<TValue>(
        ScenarioGrid grid,
        in ShockedPrices prices,
        in Black76Input option,
        TValue values,
        long atomsPerTick,
        Span<SubAtoms> vector)
        where TValue : struct, IValue
    {
        CheckArguments(grid, atomsPerTick, vector);
        var price = (ulong)option.Forward.Value;
        var volatilities = new ShockedVolatilities(grid.Shocks, option.Volatility, option.TimeToExpiryNanos);
        var same = Spread.Of(option.Volatility, option.TimeToExpiryNanos);
        var down = Spread.Of(volatilities.Down, option.TimeToExpiryNanos);
        var up = Spread.Of(volatilities.Up, option.TimeToExpiryNanos);
        var result = values.At(price, same);
        var mark = result.PriceSubAtomsFloor(atomsPerTick);
        for (var move = 0; move < ScenarioGrid.RegularMoves; move++)
        {
            var moved = (ulong)prices[move].Value;
            vector[move] = values.At(moved, down).PriceSubAtomsFloor(atomsPerTick) - mark;
            vector[ScenarioGrid.RegularMoves + move] = values.At(moved, same).PriceSubAtomsFloor(atomsPerTick) - mark;
            vector[(2 * ScenarioGrid.RegularMoves) + move] = values.At(moved, up).PriceSubAtomsFloor(atomsPerTick) - mark;
        }

        for (var tail = 0; tail < ScenarioGrid.TailMoves; tail++)
        {
            var moved = (ulong)prices[ScenarioGrid.RegularMoves + tail].Value;
            var change = values.At(moved, up).PriceSubAtomsFloor(atomsPerTick) - mark;
            vector[TailFirst + tail] = Damped(grid, tail, change);
        }

        for (var skew = SkewRotation; skew <= SkewCurvature; skew++)
        {
            var volatility = volatilities.Skewed(price, (ulong)option.Strike.Value, skew == SkewCurvature);
            var spread = Spread.Of(volatility, option.TimeToExpiryNanos);
            vector[skew] = values.At(price, spread).PriceSubAtomsFloor(atomsPerTick) - mark;
        }

        return result;
    }

    private static void CheckArguments(ScenarioGrid grid, long atomsPerTick, Span<SubAtoms> vector)
    {
        ArgumentNullException.ThrowIfNull(grid);
        Check.That(atomsPerTick > 0 && vector.Length == Count);
    }

    /// <summary>One move of a kind that knows no volatility.</summary>
    private static void Write(ScenarioGrid grid, int move, SubAtoms change, Span<SubAtoms> vector)
    {
        if (move >= ScenarioGrid.RegularMoves)
        {
            var tail = move - ScenarioGrid.RegularMoves;
            vector[TailFirst + tail] = Damped(grid, tail, change);
            return;
        }

        for (var volatility = 0; volatility < 3; volatility++)
        {
            vector[(volatility * ScenarioGrid.RegularMoves) + move] = change;
        }
    }

    private static void Clear(Span<SubAtoms> vector) => vector[SkewRotation..].Clear();

    private static SubAtoms SubAtomsOf(Int128 ticks, long atomsPerTick)
    {
        var atoms = ticks * atomsPerTick;
        Check.That(Int128.Abs(atoms) < (Int128)1 << (126 - Scale.SubAtomBits));
        return new SubAtoms(atoms << Scale.SubAtomBits);
    }

    private static SubAtoms Damped(ScenarioGrid grid, int tail, SubAtoms change)
    {
        // Twenty bits of room for the product.
        Check.That(Int128.Abs(change.Value) < (Int128)1 << 106);
        return new SubAtoms(ScenarioGrid.FloorOfMillion(change.Value * grid.DampingPpm(tail)));
    }
}
