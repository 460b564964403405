using System.CommandLine;
using HftDelta.Aeron.Channels;
using HftDelta.Node.AeronTools;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>The options that the transport's tools share, and how they are read.</summary>
internal static class AeronToolArguments
{
    private const int ChannelError = 1022;
    private const int LimitError = 1024;
    private const double SecondsMax = 86_400 * 365;

    private static readonly ChoiceOption<DriverMode> ModeOption = new(
        "--mode", "Who runs the transport: the tool's own thread, one thread, or three.", DriverMode.Invoker);

    private static readonly ChoiceOption<IdleKind> IdleOption = new(
        "--idle", "What a thread does that finds nothing to do: backoff spares the machine, spin wants a core.",
        IdleKind.Yield,
        except: IdleKind.Auto);

    private static readonly Option<int?> MtuOption = Size("--mtu", "mtu", "Longest datagram", "1408");

    private static readonly Option<int?> TermOption = Size(
        "--term-length", "term-length", "Of publications; an eighth of it is the longest message", "1m");

    private static readonly Option<int?> WindowOption = Size(
        "--rcv-wnd", "rcv-wnd", "How much a stream may be ahead of its reader", "128k");

    private static readonly Option<double> SecondsOption = new("--seconds")
    {
        Description = "The longest time; 0: no limit.",
        HelpName = "S",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> ConnectOption = new("--connect-timeout")
    {
        Description = "The other end must not be absent for longer; then exit code 3.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<string?> DirectoryOption = new("--aeron-dir")
    {
        Description = "Show the transport to `hftdelta aeron stat` and to Aeron's own tools in this directory, and keep its "
            + "logs there. Without it: in memory, unseen.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Supervised = SupervisedOption.Create();

    /// <summary>A channel, under two names: the one of echo and ping, and a plain one.</summary>
    public static Option<string> Channel(string name, string description, string otherwise, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = "CHANNEL", DefaultValueFactory = _ => otherwise };

    public static Option<int> Stream(string name, int otherwise, params string[] aliases) =>
        new(name, aliases) { Description = "The stream of it.", HelpName = "N", DefaultValueFactory = _ => otherwise };

    public static Option<long> Number(string name, string description, long otherwise) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };

    /// <summary>Adds what every tool has.</summary>
    /// <param name="command">The tool.</param>
    /// <param name="waits">Whether it needs the other end, and gives up without one.</param>
    public static Command WithShared(this Command command, bool waits)
    {
        foreach (var option in (Option[])
            [
                ModeOption, IdleOption, MtuOption, TermOption, WindowOption, SecondsOption, DirectoryOption, Supervised,
            ])
        {
            command.Add(option);
        }

        if (waits)
        {
            command.Add(ConnectOption);
        }

        return command;
    }

    /// <exception cref="OperatorException">The channel cannot be.</exception>
    public static ChannelStream Prove(ParseResult result, Option<string> channel, Option<int> stream)
    {
        var text = result.GetRequiredValue(channel);
        return ChannelUri.TryParse(text, out _, out var reason)
            ? new ChannelStream(text, result.GetValue(stream))
            : throw new OperatorException(
                ChannelError, ExitCode.Usage, $"{channel.Name}: {reason}",
                "for example aeron:udp?endpoint=127.0.0.1:20121");
    }

    /// <exception cref="OperatorException">The number is none of these.</exception>
    public static long Prove(ParseResult result, Option<long> option, long min, long max)
    {
        var value = result.GetValue(option);
        return value >= min && value <= max ? value : throw Outside(option.Name, $"{value}", $"{min} to {max}");
    }

    public static OperatorException Outside(string option, string value, string allowed) => new(
        LimitError, ExitCode.Usage, $"{option} {value}: allowed is {allowed}", "choose another");

    /// <summary>Runs a tool from its options to its exit code.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="schema">Of what it says.</param>
    /// <param name="waits">Whether it has <c>--connect-timeout</c>.</param>
    /// <param name="tool">What to do.</param>
    public static int Run(ParseResult result, string schema, bool waits, Func<ToolRun, ExitCode> tool)
    {
        var options = new ToolOptions
        {
            Mode = ModeOption.Of(result),
            Idle = IdleOption.Of(result),
            MtuLengthBytes = result.GetValue(MtuOption),
            TermLengthBytes = result.GetValue(TermOption),
            WindowLengthBytes = result.GetValue(WindowOption),
            Time = Seconds(result, SecondsOption),
            AeronDirectory = result.GetValue(DirectoryOption),
        };
        if (waits)
        {
            options = options with { ConnectTime = Seconds(result, ConnectOption) };
        }

        var events = EventLines.Of(result, schema);
        using var end = new EndRequest(result.GetValue(Supervised));
        using var run = new ToolRun(options, events, end);
        return (int)tool(run);
    }

    public static TimeSpan Seconds(ParseResult result, Option<double> option)
    {
        var seconds = result.GetValue(option);
        return seconds is >= 0 and <= SecondsMax
            ? TimeSpan.FromSeconds(seconds)
            : throw Outside(option.Name, $"{seconds}", $"0 to {SecondsMax}");
    }

    // The rules and the words are those of the parameter that a channel has.
    private static Option<int?> Size(string name, string parameter, string description, string otherwise) => new(name)
    {
        Description = $"{description}; the channel's own {parameter} wins. [default: {otherwise}]",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (ChannelUri.TryParse($"{ChannelUri.Prefix}?endpoint=localhost:0|{parameter}={word}", out _, out var reason))
            {
                return ChannelValues.Size(word);
            }

            result.AddError($"{name} {word}: {reason[Math.Max(0, reason.IndexOf("allowed is", StringComparison.Ordinal))..]}");
            return null;
        },
    };
}
