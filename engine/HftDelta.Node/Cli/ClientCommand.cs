using System.CommandLine;
using HftDelta.Node.Clients;
using HftDelta.Node.Config;
using HftDelta.Node.Development;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta client</c>: the client library's samples as processes. Exit code 0 when every session ended in order, 3 when the
/// venue is not reached, 20 when it does not want a key, 130 by Ctrl-C.
/// </summary>
public static class ClientCommand
{
    private const int OptionError = 1018;

    internal static readonly Option<string> VenueOption = new("--venue")
    {
        Description = "Where the venue listens.",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => "127.0.0.1:40123",
    };

    private static readonly Option<ulong[]> KeyOption = new("--key")
    {
        Description = "The key of a session; more than once for more sessions.",
        HelpName = "N",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<double> SecondsOption = new("--seconds")
    {
        Description = "How long it acts; 0: until it is asked to end.",
        HelpName = "S",
        DefaultValueFactory = _ => 10,
    };

    internal static readonly Option<ulong> SeedOption = new("--seed")
    {
        Description = "Decides what happens by chance.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    internal static readonly Option<string?> MarketOption = new("--market")
    {
        Description = $"What the venue lists: {MarketSettings.FileName} beside its journal. Without it the development market.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> DataOption = new("--data")
    {
        Description = "Recorded market data: prices and order flow as they were.",
        HelpName = "DIR",
    };

    private static readonly Option<double> PaceOption = new("--pace")
    {
        Description = "Everything happens so many times as often.",
        HelpName = "X",
        DefaultValueFactory = _ => 1,
    };

    internal static readonly Option<double> ConnectOption = new("--connect-timeout")
    {
        Description = "The venue must have answered within this; then exit code 3.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 15,
    };

    private static readonly Option<double> RateOption = new("--rate")
    {
        Description = "Orders a second of a taker.",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };

    private static readonly Option<string[]> OracleKeyOption = new("--sign-with")
    {
        Description = "The file of the key that a source signs its reports with; as often as there are keys, in their order.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Supervised = SupervisedOption.Create();

    public static Command Create() => new("client", "Connect to a venue as a market maker would.")
    {
        Sample("sample-maker", "Quote both sides of every instrument around fair value.", ClientRole.Maker, [16]),
        Sample("sample-taker", "Take what is quoted, at a fixed rate.", ClientRole.Taker, [17]),
        Sample(
            "sample-oracle", "Report prices, a session for each source.", ClientRole.Oracle,
            [
                .. Enumerable.Range(0, DevelopmentMarket.OracleSources)
                    .Select(place => DevelopmentMarket.FirstOracleKey + (ulong)place),
            ]),
        Sample("sample-flow", "Send recorded order flow through two sessions.", ClientRole.Flow, [30, 31]),
    };

    private static Command Sample(string name, string description, ClientRole role, ulong[] keys)
    {
        var command = new Command(name, $"{description} Keys: {string.Join(", ", keys)} unless others are named.")
        {
            VenueOption,
            KeyOption,
            SecondsOption,
            SeedOption,
            MarketOption,
            DataOption,
            PaceOption,
            ConnectOption,
            Supervised,
        };
        if (role == ClientRole.Taker)
        {
            command.Add(RateOption);
        }

        if (role == ClientRole.Oracle)
        {
            command.Add(OracleKeyOption);
        }

        command.SetAction(result => (int)Run(result, role, keys));
        return command;
    }

    private static ExitCode Run(ParseResult result, ClientRole role, ulong[] keys)
    {
        var options = OptionsOf(result, role, keys);
        using var end = new EndRequest(result.GetValue(Supervised));
        var events = EventLines.Of(result, ClientRun.Schema);
        return new ClientRun(options, events, end).Run();
    }

    private static ClientRunOptions OptionsOf(ParseResult result, ClientRole role, ulong[] keys)
    {
        var seconds = result.GetValue(SecondsOption);
        var pace = result.GetValue(PaceOption);
        var connect = result.GetValue(ConnectOption);
        var rate = role == ClientRole.Taker ? result.GetValue(RateOption) : 1;
        if (!(seconds is >= 0 and <= 86_400) || !(pace is > 0 and <= 100) || !(rate is > 0 and <= 100_000)
            || !(connect is > 0 and <= 3_600))
        {
            throw new OperatorException(
                OptionError, ExitCode.Usage,
                "--seconds is 0 to 86400, --pace above 0 to 100, --rate above 0 to 100000, --connect-timeout above 0 to 3600",
                "choose others");
        }

        var asked = result.GetValue(KeyOption) is { Length: > 0 } named ? named : keys;
        if (role == ClientRole.Oracle
            && asked.Any(key => key - DevelopmentMarket.FirstOracleKey >= DevelopmentMarket.OracleSources))
        {
            throw new OperatorException(
                OptionError, ExitCode.Usage, $"--key {string.Join(" --key ", asked)}: an oracle source has a key from "
                + $"{DevelopmentMarket.FirstOracleKey} on, one for each of {DevelopmentMarket.OracleSources} sources",
                "leave it out");
        }

        var signing = role == ClientRole.Oracle ? result.GetValue(OracleKeyOption) ?? [] : [];
        if (signing.Length != 0 && signing.Length != asked.Length)
        {
            throw new OperatorException(
                OptionError, ExitCode.Usage, $"--sign-with names {signing.Length} files, and there are {asked.Length} keys",
                "name one for each --key, in their order");
        }

        return new ClientRunOptions
        {
            OracleKeyFiles = signing,
            Role = role,
            Venue = ListenEndpoint.Prove(result.GetRequiredValue(VenueOption), "--venue"),
            Keys = asked,
            Seconds = seconds,
            Seed = result.GetValue(SeedOption),
            Market = result.GetValue(MarketOption) is { } path
                ? MarketSettings.Read(path)
                : DevelopmentMarket.Create().ListedAt(new Runtime.Time.SystemNanoClock().Now.Value),
            DataDirectory = result.GetValue(DataOption),
            Pace = pace,
            OrdersPerSecond = rate,
            ConnectTime = TimeSpan.FromSeconds(connect),
        };
    }
}
