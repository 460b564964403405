using System.Runtime.CompilerServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks.Scenarios;

/// <summary>
/// The moves that portfolio margin looks at: nine of the price, each with volatility down, the same and up; six tails with
/// volatility up whose loss is damped; and how volatility and skew are shocked. Parts per million throughout. The shape is
/// Deribit's published portfolio margin, the shocks of volatility and skew those of Derive's PMRM2. Immutable.
/// </summary>
public sealed class ScenarioGrid
{
    public const int RegularMoves = 9;
    public const int TailMoves = 6;
    public const int Moves = RegularMoves + TailMoves;

    /// <summary>Every price times 1 plus the largest move must stay in the range of the kernel.</summary>
    public const long PriceMax = Black76Input.PriceMax >> 3;

    private const int Million = 1_000_000;

    public static readonly ScenarioGrid Default = new(new ScenarioShocks());

    private MoveTable _movesPpm;
    private DampingTable _dampingPpm;

    /// <param name="shocks">Volatility and skew.</param>
    public ScenarioGrid(ScenarioShocks shocks)
        : this(
            [-160_000, -120_000, -80_000, -40_000, 0, 40_000, 80_000, 120_000, 160_000],
            [-660_000, -400_000, 400_000, 800_000, 1_600_000, 3_200_000],
            160_000,
            shocks)
    {
    }

    /// <param name="regularPpm">Nine moves of the price; the fifth is 0.</param>
    /// <param name="tailPpm">Six, in -1,000,000 to 4,000,000, not 0.</param>
    /// <param name="dampedMovePpm">Damping times the magnitude of a tail's move; a damping is never above 1.</param>
    /// <param name="shocks">Volatility and skew.</param>
    public ScenarioGrid(ReadOnlySpan<int> regularPpm, ReadOnlySpan<int> tailPpm, int dampedMovePpm, ScenarioShocks shocks)
    {
        Check.That(regularPpm.Length == RegularMoves && tailPpm.Length == TailMoves && regularPpm[RegularMoves / 2] == 0);
        Check.That(dampedMovePpm is >= 0 and <= Million && shocks.IsInRange);
        Shocks = shocks;
        for (var index = 0; index < Moves; index++)
        {
            var move = index < RegularMoves ? regularPpm[index] : tailPpm[index - RegularMoves];
            Check.That(move is > -Million and <= 4 * Million);
            Check.That(move != 0 || index < RegularMoves);
            _movesPpm[index] = move;
            if (index >= RegularMoves)
            {
                var damping = (long)dampedMovePpm * Million / long.Abs(move);
                _dampingPpm[index - RegularMoves] = (int)long.Min(damping, Million);
            }
        }
    }

    public ScenarioShocks Shocks { get; }

    /// <summary>Of a tail, 0 to 5.</summary>
    public int DampingPpm(int tail) => _dampingPpm[tail];

    public int MovePpm(int move) => _movesPpm[move];

    /// <summary>
    /// The price after each move, toward minus infinity and at least 1: computed once for all instruments of one forward.
    /// </summary>
    public ShockedPrices Shock(PriceTicks price)
    {
        Check.That(price.Value is >= 1 and <= PriceMax);
        var shocked = new ShockedPrices { Base = price };
        for (var index = 0; index < Moves; index++)
        {
            var change = FloorOfMillion((Int128)price.Value * _movesPpm[index]);
            shocked[index] = new PriceTicks(long.Max(1, price.Value + (long)change));
        }

        return shocked;
    }

    /// <summary>A millionth, toward minus infinity.</summary>
    internal static Int128 FloorOfMillion(Int128 value)
    {
        var (quotient, remainder) = Int128.DivRem(value, Million);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    [InlineArray(Moves)]
    private struct MoveTable
    {
        private int _first;
    }

    [InlineArray(TailMoves)]
    private struct DampingTable
    {
        private int _first;
    }
}

/// <summary>The price that moves started from, and after each of them.</summary>
public struct ShockedPrices
{
    private PriceTable _prices;

    public PriceTicks Base { readonly get; init; }

    public PriceTicks this[int move]
    {
        readonly get => _prices[move];
        internal set => _prices[move] = value;
    }

    [InlineArray(ScenarioGrid.Moves)]
    private struct PriceTable
    {
        private PriceTicks _first;
    }
}
