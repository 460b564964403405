using System.Globalization;
using HftDelta.Engine.Greeks;
using HftDelta.Node.Config;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Development;

/// <summary>
/// The market of a venue that is started for development: one underlying at 60,000 with a perpetual, a future and calls and
/// puts of three expiries, sixteen accounts with money, and a key for each. A key has the number of its account.
/// </summary>
public static class DevelopmentMarket
{
    /// <summary>Key and account of the first trader.</summary>
    public const uint FirstTrader = AccountId.FirstClient;

    public const int Traders = 16;

    /// <summary>Key of the first oracle source: the source whose number is 1.</summary>
    public const ulong FirstOracleKey = 101;

    public const int OracleSources = 3;

    public const long DepositAtoms = 50_000_000 * Scale.AtomsPerQuoteUnit;

    private const long BeginTicks = 6_000_000;
    private const long StrikeStepTicks = 100_000;
    private const int StrikesEachSide = 2;
    private const ulong HourNanos = 3_600_000_000_000;

    private static readonly (string Name, ulong AfterNanos, int VolatilityPercent)[] Expiries =
    [
        ("DAY", 24 * HourNanos, 80), ("WEEK", 7 * 24 * HourNanos, 70), ("MONTH", 30 * 24 * HourNanos, 60),
    ];

    public static MarketSettings Create() => new()
    {
        Description = "development market",
        Accounts = Accounts(),
        Participants = Participants(),
        Underlyings =
        [
            new MarketUnderlying { UnderlyingId = 1, Symbol = "BTC", OracleQuorum = 2, OracleMaxAgeNanos = 5_000_000_000 },
        ],
        Instruments = Instruments(),
    };

    /// <summary>The traders' accounts with their money.</summary>
    internal static IReadOnlyList<MarketAccount> Accounts() =>
    [
        .. Enumerable.Range((int)FirstTrader, Traders)
            .Select(id => new MarketAccount { AccountId = (uint)id, DepositAtoms = DepositAtoms }),
    ];

    /// <summary>A key for each trader, and one for each oracle source.</summary>
    internal static IReadOnlyList<MarketParticipant> Participants() =>
    [
        .. Enumerable.Range((int)FirstTrader, Traders)
            .Select(id => new MarketParticipant { KeyId = (ulong)id, AccountId = (uint)id }),
        .. Enumerable.Range(0, OracleSources)
            .Select(place => new MarketParticipant { KeyId = FirstOracleKey + (ulong)place }),
    ];

    private static List<MarketInstrument> Instruments()
    {
        var found = new List<MarketInstrument>();
        Add(found, MarketInstrumentKind.Perpetual, "BTC-PERP", 0, 0, 0);
        Add(found, MarketInstrumentKind.Future, "BTC-MONTH", 0, Expiries[^1].AfterNanos, 0);
        foreach (var (name, after, volatility) in Expiries)
        {
            for (var place = -StrikesEachSide; place <= StrikesEachSide; place++)
            {
                var strike = BeginTicks + (place * StrikeStepTicks);
                var symbol = string.Create(CultureInfo.InvariantCulture, $"BTC-{name}-{strike / 100}");
                Add(found, MarketInstrumentKind.Call, symbol + "-C", strike, after, volatility);
                Add(found, MarketInstrumentKind.Put, symbol + "-P", strike, after, volatility);
            }
        }

        return found;
    }

    private static void Add(
        List<MarketInstrument> into, MarketInstrumentKind kind, string symbol, long strike, ulong after, int percent) =>
        into.Add(new MarketInstrument
        {
            InstrumentId = (uint)into.Count + 1,
            UnderlyingId = 1,
            Kind = kind,
            Symbol = symbol,
            StrikeTicks = strike,
            ExpiresAfterNanos = after,
            VolatilityQ48 = VolatilityQ48.One.Value / 100 * percent,
        });
}
