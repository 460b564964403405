namespace HftDelta.Node.Kernel;

/// <summary>One option as a line of <c>kernel price</c> describes it, in the digits that were written.</summary>
/// <param name="Underlying">Forward, or spot when <see cref="Carry"/> says how it grows.</param>
/// <param name="Strike">In the unit of the underlying.</param>
/// <param name="Volatility">1 is 100 % a year.</param>
/// <param name="Seconds">Time to expiry.</param>
/// <param name="IsPut">A put; else a call.</param>
/// <param name="Carry">Rates, when the underlying is a spot price.</param>
internal readonly record struct KernelPriceOption(
    DecimalNumber Underlying,
    DecimalNumber Strike,
    DecimalNumber Volatility,
    DecimalNumber Seconds,
    bool IsPut,
    SpotCarry? Carry);

/// <summary>Continuous annual rates that carry a spot price to the forward.</summary>
/// <param name="Rate">At which the price is discounted.</param>
/// <param name="Yield">What holding the underlying pays.</param>
internal readonly record struct SpotCarry(DecimalNumber Rate, DecimalNumber Yield);
