using System.CommandLine;
using System.Globalization;
using HftDelta.Node.Control;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta control</c>: commands to a running venue. Every one is sequenced, journaled and answered when it is safe and its
/// work is done. Exit code 0: applied; 2: makes no sense; 3: no venue; 4: the outcome is not known or not complete; 5: refused;
/// 20: not allowed.
/// </summary>
public static class ControlCommand
{
    private const ulong NanosPerTick = 100;

    private static readonly ControlAddress Address = new();

    private static readonly Option<string[]> InstrumentOption = new("--instrument", "-i")
    {
        Description = "Instruments, by number or symbol.",
        HelpName = "N|SYMBOL",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> UnderlyingOption = new("--underlying", "-u")
    {
        Description = "Every instrument of these underlyings, by number or symbol.",
        HelpName = "N|SYMBOL",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> WholeVenueOption = new("--venue") { Description = "Every instrument." };

    private static readonly Option<bool> EverybodyOption = new("--venue") { Description = "Everybody." };

    private static readonly Option<uint> AccountOption = new("--account", "-a") { Description = "An account.", HelpName = "N" };

    private static readonly Option<bool> CancelOption = new("--cancel-orders")
    {
        Description = "Cancel the live orders too, and wait until all are.",
    };

    private static readonly Option<bool> VolatilityOption = new("--volatility")
    {
        Description = "A volatility auction instead of an opening auction.",
    };

    private static readonly Option<ulong> DayOption = new("--day")
    {
        Description = "The day that ends, so that a repeated command ends no other; otherwise the present one.",
        HelpName = "N",
    };

    private static readonly Option<uint> GroupOption = new("--group")
    {
        Description = "Accounts of one group do not trade with each other under self-trade prevention; 0: the account alone.",
        HelpName = "N",
        Required = true,
    };

    private static readonly Option<string> OneUnderlyingOption = new("--underlying", "-u")
    {
        Description = "Whose, by number or symbol.",
        HelpName = "N|SYMBOL",
        Required = true,
    };

    private static readonly Option<string> SurfaceFileOption = new("--file")
    {
        Description = "A list in the form of `volatilities` in market.json, with every expiry as a moment; an expiry without svi "
            + "and strikes is taken back.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<DateTimeOffset> AtOption = new("--at")
    {
        Description = "When, in UTC unless it says otherwise: 2026-12-24T08:00:00Z.",
        HelpName = "TIME",
        Required = true,
        CustomParser = ParseTime,
    };

    private static readonly Argument<uint> VersionArgument = new("N") { Description = "The version." };

    public static Command Create()
    {
        var command = new Command(
            "control", "Command a running venue: halt, open, auction, delist, kill, release, end-of-day, rules.")
        {
            Status(),
            State("halt", "No new orders and no trades; cancels are served.", ControlVerb.Halt),
            State("open", "Trade continuously; what stands crossed is uncrossed first.", ControlVerb.Open),
            State("pre-open", "Take orders that rest, and trade nothing.", ControlVerb.PreOpen),
            Auction(),
            State("close", "No new orders and no trades until the next opening; cancels are served.", ControlVerb.Close),
            State("settle", "As close, for the time of settlement.", ControlVerb.Settle),
            Delist(),
            Kill(),
            Release(),
            EndOfDay(),
            Rules(),
            Group(),
            Surface(),
            Version(),
        };
        Address.AddTo(command);
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "What is halted, killed and under way, as the engine has it.");
        command.SetAction(result => (int)Ask(result, new ControlRequest { Verb = ControlVerb.Status }));
        return command;
    }

    private static Command State(string name, string description, ControlVerb verb)
    {
        var command = new Command(name, description) { InstrumentOption, UnderlyingOption, WholeVenueOption };
        command.SetAction(result => (int)Ask(result, OfMarkets(result, verb)));
        return command;
    }

    private static Command Auction()
    {
        var command = new Command("auction", "Call an auction, which ends after its time by the rules, or with open.")
        {
            InstrumentOption,
            UnderlyingOption,
            WholeVenueOption,
            VolatilityOption,
        };
        command.SetAction(result => (int)Ask(result, OfMarkets(
            result, result.GetValue(VolatilityOption) ? ControlVerb.VolatilityAuction : ControlVerb.Auction)));
        return command;
    }

    private static Command Delist()
    {
        var command = new Command(
            "delist", "Announce the end of perpetual kinds: they settle then, at an average over the settlement window.")
        {
            InstrumentOption,
            AtOption,
        };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Delist,
            Instruments = result.GetValue(InstrumentOption) ?? [],
            SettleTimeNanos = (ulong)(result.GetValue(AtOption) - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick,
        }));
        return command;
    }

    private static DateTimeOffset ParseTime(System.CommandLine.Parsing.ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time)
            && time > DateTimeOffset.UnixEpoch)
        {
            return time;
        }

        argument.AddError($"'{text}' is no time: write 2026-12-24T08:00:00Z");
        return default;
    }

    private static Command Kill()
    {
        var command = new Command("kill", "No new orders of an account, or of everybody; cancels are served.")
        {
            AccountOption,
            EverybodyOption,
            CancelOption,
        };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Kill,
            Account = result.GetValue(AccountOption),
            IsVenue = result.GetValue(EverybodyOption),
            CancelOrders = result.GetValue(CancelOption),
        }));
        return command;
    }

    private static Command Release()
    {
        var command = new Command("release", "Switch a kill off again.") { AccountOption, EverybodyOption };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Release,
            Account = result.GetValue(AccountOption),
            IsVenue = result.GetValue(EverybodyOption),
        }));
        return command;
    }

    private static Command EndOfDay()
    {
        var command = new Command("end-of-day", "End the trading day: its day orders are cancelled.") { DayOption };
        command.SetAction(result => (int)Ask(
            result, new ControlRequest { Verb = ControlVerb.EndOfDay, Day = result.GetValue(DayOption) }));
        return command;
    }

    private static Command Rules()
    {
        var command = new Command(
            "rules", "Show the trading rules of instruments, or change those that are named and keep the others.")
        {
            InstrumentOption,
        };
        RulesOptions.AddTo(command);
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Rules,
            Instruments = result.GetValue(InstrumentOption) ?? [],
            Rules = RulesOptions.Of(result),
        }));
        return command;
    }

    private static Command Group()
    {
        var command = new Command("group", "Put an account into a group.") { AccountOption, GroupOption };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Group,
            Account = result.GetValue(AccountOption),
            Group = result.GetValue(GroupOption),
        }));
        return command;
    }

    private static Command Surface()
    {
        var command = new Command("surface", "Set the volatilities of expiries; refused when they hold an arbitrage.")
        {
            OneUnderlyingOption,
            SurfaceFileOption,
        };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.Surface,
            Underlyings = [result.GetRequiredValue(OneUnderlyingOption)],
            Volatilities = SurfaceFile.Read(result.GetRequiredValue(SurfaceFileOption)),
        }));
        return command;
    }

    private static Command Version()
    {
        var command = new Command(
            "engine-version", "From here on the engine behaves as this version, which never goes back; after an upgrade.")
        {
            VersionArgument,
        };
        command.SetAction(result => (int)Ask(result, new ControlRequest
        {
            Verb = ControlVerb.EngineVersion,
            Version = result.GetRequiredValue(VersionArgument),
        }));
        return command;
    }

    private static ControlRequest OfMarkets(ParseResult result, ControlVerb verb) => new()
    {
        Verb = verb,
        Instruments = result.GetValue(InstrumentOption) ?? [],
        Underlyings = result.GetValue(UnderlyingOption) ?? [],
        IsVenue = result.GetValue(WholeVenueOption),
    };

    private static ExitCode Ask(ParseResult result, ControlRequest request) =>
        Address.Ask(result, request, ControlReport.WriteText);
}
