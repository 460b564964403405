using HftDelta.Simulation.Engines;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// Where the examples play: one perpetual at a price of 100 whose mark follows the oracle only when told, and six rich
/// accounts A to F, each with one session of the same number.
/// </summary>
internal static class ExampleWorld
{
    public const long Price = 100;

    private const uint FirstAccount = 20;

    public static readonly VenueWorld World = new()
    {
        Underlyings = [new WorldUnderlying(Price, ThresholdTicks: 1L << 38)],
        Instruments = [new WorldInstrument(1)],
        Accounts =
        [
            .. Enumerable.Range((int)FirstAccount, 6).Select(id => new WorldAccount((uint)id, 1_000_000_000, [(uint)id])),
        ],
        EventSlotsPerCommand = 2_048,
    };

    public static uint AccountOf(string letter) => letter is [>= 'A' and <= 'F']
        ? letter[0] - (uint)'A' + FirstAccount
        : throw new FormatException($"'{letter}' is no account");

    public static string LetterOf(uint account) => ((char)('A' + account - FirstAccount)).ToString();
}
