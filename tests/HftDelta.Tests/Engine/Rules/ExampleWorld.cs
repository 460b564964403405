using System.Globalization;
using HftDelta.Simulation.Engines;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// Where the examples play: two perpetuals at a price of 100 whose marks follow the oracle only when told, the strategies that an
/// example begins with, and six rich accounts A to F, each with one session of the same number.
/// </summary>
internal static class ExampleWorld
{
    public const long Price = 100;

    private const uint FirstAccount = 20;

    // Strategies are named in the order in which they are listed.
    private const string Names = "XYSTUV";

    private static readonly VenueWorld World = new()
    {
        Underlyings = [new WorldUnderlying(Price, ThresholdTicks: 1L << 38)],
        Instruments = [new WorldInstrument(1), new WorldInstrument(1)],
        Accounts =
        [
            .. Enumerable.Range((int)FirstAccount, 6).Select(id => new WorldAccount((uint)id, 1_000_000_000, [(uint)id])),
        ],
        EventSlotsPerCommand = 2_048,
    };

    /// <summary>The world of an example: lines `strategy S: X 1, Y -1` come first.</summary>
    public static VenueWorld Of(RuleExample example)
    {
        var listed = example.Steps.TakeWhile(step => IsStrategy(step.Command)).Select(step => Strategy(step.Command));
        return World with { Strategies = [.. listed] };
    }

    public static bool IsStrategy(string command) => command.StartsWith("strategy ", StringComparison.Ordinal);

    public static bool IsInstrument(string word) => word.Length == 1 && Names.Contains(word[0], StringComparison.Ordinal);

    public static uint InstrumentOf(string word) => IsInstrument(word)
        ? (uint)Names.IndexOf(word[0], StringComparison.Ordinal) + 1
        : throw new FormatException($"'{word}' is no instrument");

    public static string NameOf(uint instrument) => Names[(int)instrument - 1].ToString();

    private static WorldStrategy Strategy(string command)
    {
        var legs = command[(command.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(leg => leg.Split(' '))
            .Select(leg => (InstrumentOf(leg[0]), int.Parse(leg[1], CultureInfo.InvariantCulture)));
        return new WorldStrategy([.. legs]);
    }

    public static uint AccountOf(string letter) => letter is [>= 'A' and <= 'F']
        ? letter[0] - (uint)'A' + FirstAccount
        : throw new FormatException($"'{letter}' is no account");

    public static string LetterOf(uint account) => ((char)('A' + account - FirstAccount)).ToString();
}
