using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HftDelta.Node.Config;
using HftDelta.Node.Control;

namespace HftDelta.Node.Cli;

/// <summary>The options of <c>hftdelta control rules</c>: one for each rule, or a file.</summary>
internal static class RulesOptions
{
    private const int RulesError = 1028;
    private const double NanosPerSecond = 1e9;
    private const double SecondsMax = 1e9;

    private static readonly Option<uint?> StaticBand = Rule<uint?>(
        "--static-band-ppm", "Refuse limits further from the mark than this.");

    private static readonly Option<uint?> DynamicBand = Rule<uint?>(
        "--dynamic-band-ppm", "Call a volatility auction before a trade further from the last one than this.");

    private static readonly Option<uint?> BandMinimum = Rule<uint?>("--band-minimum-ticks", "Neither band is narrower.");

    private static readonly Option<long?> LotSize = Rule<long?>("--lot-size", "Quantities are multiples of it.");

    private static readonly Option<long?> OrderLots = Rule<long?>("--order-lots-max", "The most lots of one order.");

    private static readonly Option<long?> PositionLots = Rule<long?>(
        "--position-lots-max", "The most lots of an account, either side, with its open orders filled.");

    private static readonly Option<uint?> AccountOrders = Rule<uint?>("--account-orders-max", "Live orders of one account.");

    private static readonly Option<double?> OpeningAuction = Rule<double?>(
        "--opening-auction-seconds", "Length of an opening auction; 0: until open is commanded.");

    private static readonly Option<double?> VolatilityAuction = Rule<double?>(
        "--volatility-auction-seconds", "Length of a volatility auction; 0: until open is commanded.");

    private static readonly Option<string[]> Increments = new("--increments")
    {
        Description = "Price increments, all of them: 1:1 1000:5 is multiples of 1 from price 1 on, of 5 from 1000 on; "
            + "none: all prices.",
        HelpName = "FROM:STEP",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> FileOption = new("--file")
    {
        Description = "Rules in the form of `rules` in market.json, instead of all that are.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Clear = new("--clear")
    {
        Description = "Begin from no rules instead of from those that are.",
    };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly Option[] All =
    [
        StaticBand, DynamicBand, BandMinimum, LotSize, OrderLots, PositionLots, AccountOrders, OpeningAuction, VolatilityAuction,
        Increments, FileOption, Clear,
    ];

    public static void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <returns>Null when nothing is to be changed.</returns>
    /// <exception cref="OperatorException">A value or the file makes no sense.</exception>
    public static RulesChange? Of(ParseResult result)
    {
        if (All.All(option => result.GetResult(option) is null or { Implicit: true }))
        {
            return null;
        }

        if (result.GetValue(FileOption) is { } path)
        {
            return All.Count(option => result.GetResult(option) is { Implicit: false }) > 1
                ? throw Fault("--file says all rules, and others were given beside it", "leave one of them out")
                : Read(path);
        }

        return new RulesChange
        {
            Replaces = result.GetValue(Clear),
            StaticBandPpm = result.GetValue(StaticBand),
            DynamicBandPpm = result.GetValue(DynamicBand),
            BandMinimumTicks = result.GetValue(BandMinimum),
            LotSize = result.GetValue(LotSize),
            OrderLotsMax = result.GetValue(OrderLots),
            PositionLotsMax = result.GetValue(PositionLots),
            AccountOrdersMax = result.GetValue(AccountOrders),
            OpeningAuctionNanos = Nanos(OpeningAuction, result),
            VolatilityAuctionNanos = Nanos(VolatilityAuction, result),
            Increments = result.GetResult(Increments) is { Implicit: false } ? Rows(result.GetValue(Increments)!) : null,
        };
    }

    private static Option<T> Rule<T>(string name, string description) => new(name) { Description = description, HelpName = "N" };

    private static ulong? Nanos(Option<double?> option, ParseResult result) => result.GetValue(option) switch
    {
        null => null,
        { } seconds and >= 0 and <= SecondsMax => (ulong)(seconds * NanosPerSecond),
        { } seconds => throw Fault($"{option.Name} {seconds}: must be from 0 to {SecondsMax:0}", "choose another one"),
    };

    private static List<MarketIncrement> Rows(string[] words) =>
        words is ["none"] ? [] : [.. words.Select(Row)];

    private static MarketIncrement Row(string word)
    {
        var parts = word.Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? new MarketIncrement { FromPrice = from, Increment = step }
            : throw Fault($"--increments {word}: must be FROM:STEP", "for example --increments 1:1 1000:5");
    }

    private static RulesChange Read(string path)
    {
        try
        {
            var rules = JsonSerializer.Deserialize<MarketRules>(File.ReadAllBytes(path), Json)
                ?? throw new JsonException("it says null");
            return new RulesChange
            {
                Replaces = true,
                StaticBandPpm = rules.StaticBandPpm,
                DynamicBandPpm = rules.DynamicBandPpm,
                BandMinimumTicks = rules.BandMinimumTicks,
                LotSize = rules.LotSize,
                OrderLotsMax = rules.OrderLotsMax,
                PositionLotsMax = rules.PositionLotsMax,
                AccountOrdersMax = rules.AccountOrdersMax,
                OpeningAuctionNanos = rules.OpeningAuctionNanos,
                VolatilityAuctionNanos = rules.VolatilityAuctionNanos,
                Increments = rules.Increments,
            };
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Fault(
                $"--file {path} cannot be read: {fault.Message.TrimEnd('.')}", "correct it; docs/operating.md has an example");
        }
    }

    private static OperatorException Fault(string what, string next) => new(RulesError, ExitCode.Usage, what, next);
}
