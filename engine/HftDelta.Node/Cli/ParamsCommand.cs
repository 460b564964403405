using System.CommandLine;
using System.Text.Json;
using HftDelta.Engine.Governance;
using HftDelta.Node.Control;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta params</c>: what parameters are, and signed words on them: proposals, cancels, freezes. A word is signed here and
/// handed to the venue, or written into a file that someone else hands in. Exit codes as of <c>control</c>.
/// </summary>
public static class ParamsCommand
{
    private const int WordError = 1031;
    private const int FileError = 1032;
    private const int KeyError = 1033;

    private static readonly ControlAddress Address = new();

    private static readonly Option<string?> KeyOption = new("--key")
    {
        Description = "The file of the key that signs.",
        HelpName = "FILE",
    };

    private static readonly Option<uint> KeyIdOption = new("--key-id")
    {
        Description = "Its number at the venue.",
        HelpName = "N",
    };

    private static readonly Option<ulong> SequenceOption = new("--sequence")
    {
        Description = "Number of the word, above the last one of the key; otherwise the venue is asked.",
        HelpName = "N",
    };

    private static readonly Option<string?> WriteOption = new("--write")
    {
        Description = "Write the signed word there and hand nothing in: hftdelta params submit does.",
        HelpName = "FILE",
    };

    private static readonly Option<ulong?> ChainOption = new("--chain-id")
    {
        Description = "Of the domain that is signed for, as in market.json; otherwise what the venue says, "
            + "without one that of development.",
        HelpName = "N",
    };

    private static readonly Option<string?> ContractOption = new("--contract")
    {
        Description = "The contract of that domain; as --chain-id.",
        HelpName = "ADDRESS",
    };

    private static readonly Option<ulong> DeadlineOption = new("--deadline")
    {
        Description = "The venue refuses the word from this time on, in nanoseconds since 1970.",
        HelpName = "NANOS",
    };

    private static readonly Option<ulong> TimeOption = new("--activation-time")
    {
        Description = "Not before this time, in nanoseconds since 1970; otherwise as early as may be.",
        HelpName = "NANOS",
    };

    private static readonly Option<ulong> CommandOption = new("--activation-sequence")
    {
        Description = "Not before this command of the journal.",
        HelpName = "N",
    };

    private static readonly Option<uint> UnderlyingOption = Of("--underlying", "-u", "Of this underlying.");

    private static readonly Option<uint> InstrumentOption = Of("--instrument", "-i", "Of this instrument.");

    private static readonly Option<uint> ScheduleOption = Of("--fee-schedule", "-f", "Of this fee schedule.");

    private static readonly Option<uint> AssetOption = Of("--asset", "-a", "Of this asset.");

    private static readonly Option<ushort> RowOption = new("--row", "--tier")
    {
        Description = "In a table, from 0; of a fee schedule the tier.",
        HelpName = "N",
    };

    private static readonly Argument<ParameterId> ParameterArgument = new("PARAMETER")
    {
        Description = "Such as SettlementThresholdPpm: docs/parameters.md names them all.",
    };

    private static readonly Argument<long> ValueArgument = new("VALUE") { Description = "In the units of the parameter." };

    public static Command Create()
    {
        var command = new Command("params", "Parameters of a running venue: show them, propose, cancel, freeze.")
        {
            List(),
            Propose(),
            Envelope(),
            Key(),
            Cancel(),
            Word("freeze", "No proposal is taken and none comes into force until unfreeze.", GovernanceActionKind.Freeze),
            Word("unfreeze", "Proposals are taken again, and what is due comes into force.", GovernanceActionKind.Unfreeze),
            Submit(),
        };
        Address.AddTo(command);
        return command;
    }

    private static Option<uint> Of(string name, string alias, string description) =>
        new(name, alias) { Description = description + " 0 in an envelope: of all that have none of their own.", HelpName = "N" };

    private static Command List()
    {
        var command = new Command("list", "Values, envelopes, keys and proposals that wait, as the engine has them.");
        command.SetAction(result => (int)Ask(result, new ControlRequest { Verb = ControlVerb.Parameters }));
        return command;
    }

    private static Command Propose()
    {
        var command = Signed("propose", "Propose a value.");
        command.Add(ParameterArgument);
        command.Add(ValueArgument);
        AddScope(command);
        command.Add(TimeOption);
        command.Add(CommandOption);
        command.SetAction(result => (int)Say(result, Scoped(result, GovernanceActionKind.SetValue) with
        {
            Value = result.GetValue(ValueArgument),
        }));
        return command;
    }

    private static Command Envelope()
    {
        var minimum = new Option<long>("--minimum") { Description = "The least value.", Required = true };
        var maximum = new Option<long>("--maximum") { Description = "The largest value.", Required = true };
        var step = new Option<long>("--step-max") { Description = "The largest change at once; 0: no such rule." };
        var cooldown = new Option<ulong>("--cooldown-nanos") { Description = "Between two changes." };
        var timeLock = new Option<ulong>("--time-lock-nanos")
        {
            Description = "What governance waits for a value; 0: the venue's.",
        };
        var command = Signed("envelope", "Propose an envelope.");
        command.Add(ParameterArgument);
        AddScope(command);
        command.Add(TimeOption);
        command.Add(CommandOption);
        foreach (var option in new Option[] { minimum, maximum, step, cooldown, timeLock })
        {
            command.Add(option);
        }

        command.SetAction(result => (int)Say(result, Scoped(result, GovernanceActionKind.SetEnvelope) with
        {
            Minimum = result.GetValue(minimum),
            Maximum = result.GetValue(maximum),
            StepMax = result.GetValue(step),
            CooldownNanos = result.GetValue(cooldown),
            TimeLockNanos = result.GetValue(timeLock),
        }));
        return command;
    }

    private static Command Key()
    {
        var subject = new Argument<uint>("KEY") { Description = "The number of the key that is set." };
        var role = new Option<GovernanceRole>("--role") { Description = "none, governance or module.", Required = true };
        var holder = new Option<string?>("--address") { Description = "Its address.", HelpName = "ADDRESS" };
        var parameters = new Option<ParameterId[]>("--parameters")
        {
            Description = "What a module may move.",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = Signed("key", "Propose another key, or the end of one.");
        command.Add(subject);
        foreach (var option in new Option[] { role, holder, parameters, TimeOption, CommandOption })
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            var bits = (result.GetValue(parameters) ?? [])
                .Aggregate(UInt128.Zero, (all, each) => all | (UInt128.One << (int)each));
            return (int)Say(result, Basic(result, GovernanceActionKind.SetKey) with
            {
                Subject = result.GetValue(subject),
                Role = result.GetValue(role),
                Holder = result.GetValue(holder) ?? "",
                ParametersLow = (ulong)bits,
                ParametersHigh = (ulong)(bits >> 64),
                ActivationTime = result.GetValue(TimeOption),
                ActivationSequence = result.GetValue(CommandOption),
            });
        });
        return command;
    }

    private static Command Cancel()
    {
        var proposal = new Argument<uint>("PROPOSAL") { Description = "Its number: hftdelta params list tells." };
        var command = Signed("cancel", "Cancel a proposal that waits.");
        command.Add(proposal);
        command.SetAction(result => (int)Say(
            result, Basic(result, GovernanceActionKind.Cancel) with { Subject = result.GetValue(proposal) }));
        return command;
    }

    private static Command Word(string name, string description, GovernanceActionKind action)
    {
        var command = Signed(name, description);
        command.SetAction(result => (int)Say(result, Basic(result, action)));
        return command;
    }

    private static Command Submit()
    {
        var file = new Argument<string>("FILE") { Description = "A word that was signed with --write." };
        var command = new Command("submit", "Hand in a word that was signed elsewhere.") { file };
        command.SetAction(result => (int)Ask(
            result, new ControlRequest { Verb = ControlVerb.Govern, Word = Read(result.GetRequiredValue(file)) }));
        return command;
    }

    private static Command Signed(string name, string description) => new(name, description)
    {
        KeyOption,
        KeyIdOption,
        SequenceOption,
        WriteOption,
        ChainOption,
        ContractOption,
        DeadlineOption,
    };

    private static void AddScope(Command command)
    {
        command.Add(UnderlyingOption);
        command.Add(InstrumentOption);
        command.Add(ScheduleOption);
        command.Add(AssetOption);
        command.Add(RowOption);
    }

    private static GovernanceWord Basic(ParseResult result, GovernanceActionKind action) => new()
    {
        KeyId = result.GetValue(KeyIdOption),
        Sequence = result.GetValue(SequenceOption),
        Action = action,
        Deadline = result.GetValue(DeadlineOption),
    };

    private static GovernanceWord Scoped(ParseResult result, GovernanceActionKind action)
    {
        var parameter = result.GetValue(ParameterArgument);
        if (!ParameterCatalog.TryFind(parameter, out var facts))
        {
            throw new OperatorException(
                WordError, ExitCode.Usage, $"there is no parameter {parameter}", "docs/parameters.md names them all");
        }

        var named = new (ParameterScope Scope, uint Id)[]
        {
            (ParameterScope.Underlying, result.GetValue(UnderlyingOption)),
            (ParameterScope.Instrument, result.GetValue(InstrumentOption)),
            (ParameterScope.FeeSchedule, result.GetValue(ScheduleOption)),
            (ParameterScope.Asset, result.GetValue(AssetOption)),
        };
        var wanted = named.FirstOrDefault(each => each.Scope == facts.Scope).Id;
        var hasOther = named.Any(each => each.Scope != facts.Scope && each.Id != 0);
        var isNamed = wanted != 0 || facts.Scope == ParameterScope.Venue || action == GovernanceActionKind.SetEnvelope;
        if (hasOther || !isNamed)
        {
            var owner = ParameterNames.Of(facts.Scope);
            throw new OperatorException(
                WordError, ExitCode.Usage, $"{parameter} belongs to the {owner}",
                facts.Scope == ParameterScope.Venue ? "name neither --underlying, --instrument, --fee-schedule nor --asset"
                : $"name it, and nothing else: --{owner.Replace(' ', '-')} N");
        }

        var row = result.GetValue(RowOption);
        if (row >= facts.Rows)
        {
            throw new OperatorException(
                WordError, ExitCode.Usage, $"{parameter} has no row {row}",
                facts.Rows == 1 ? "leave --row out" : $"its rows are 0 to {facts.Rows - 1}");
        }

        return Basic(result, action) with
        {
            Parameter = (ushort)parameter,
            Scope = wanted,
            Row = row,
            ActivationTime = result.GetValue(TimeOption),
            ActivationSequence = result.GetValue(CommandOption),
        };
    }

    private static ExitCode Say(ParseResult result, GovernanceWord word)
    {
        if (result.GetValue(KeyOption) is not { } path || word.KeyId == 0)
        {
            throw new OperatorException(
                KeyError, ExitCode.Usage, "no key was named", "name its file and its number: --key FILE --key-id N");
        }

        using var signer = WithKey(() => KeyFile.Load(path));
        var venue = NeedsVenue(result, word)
            ? Address.Ask(result, new ControlRequest { Verb = ControlVerb.Parameters })
            : null;
        word = word.Sequence != 0 ? word : word with { Sequence = NextSequence(venue!, word.KeyId) };
        var signed = word.Sign(new GovernanceDigest(WithKey(() => DomainOf(result, venue?.Governance))), signer);
        if (result.GetValue(WriteOption) is not { } file)
        {
            return Ask(result, new ControlRequest { Verb = ControlVerb.Govern, Word = signed });
        }

        Write(file, signed);
        return ExitCode.Ok;
    }

    /// <summary>What is written for later on a machine without the venue says its number itself.</summary>
    private static bool NeedsVenue(ParseResult result, GovernanceWord word) => word.Sequence == 0
        || (result.GetValue(WriteOption) is null && result.GetValue(ChainOption) is null);

    private static CommitmentDomain DomainOf(ParseResult result, ControlGovernance? venue)
    {
        var chain = result.GetValue(ChainOption)
            ?? (venue is { ChainId: not 0 } ? venue.ChainId : CommitmentDomain.Development.ChainId);
        var text = result.GetValue(ContractOption) ?? venue?.Contract ?? "";
        return new CommitmentDomain(chain, text.Length > 0 ? EthereumAddress.Parse(text) : EthereumAddress.Zero);
    }

    private static T WithKey<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (ReplicaException fault)
        {
            throw new OperatorException(
                KeyError, ExitCode.KeyProblem, fault.Message.TrimEnd('.'), "name a file with a key of your own", fault);
        }
        catch (FormatException fault)
        {
            throw new OperatorException(WordError, ExitCode.Usage, fault.Message, "correct the address", fault);
        }
    }

    private static ulong NextSequence(ControlAnswer venue, uint key) =>
        venue.Governance?.Keys.FirstOrDefault(each => each.KeyId == key) is { } found
            ? found.LastSequence + 1
            : throw new OperatorException(
                KeyError, ExitCode.Usage, venue.What.Length > 0 ? venue.What : $"the venue has no key {key} that may speak",
                "hftdelta params list tells keys");

    private static GovernanceWord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<GovernanceWord>(File.ReadAllBytes(path), ControlJson.Options)
                ?? throw new JsonException("it says null");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                FileError, ExitCode.Usage, $"the word {path} cannot be read: {fault.Message.TrimEnd('.')}",
                "take a file that --write has written", fault);
        }
    }

    private static void Write(string path, GovernanceWord word)
    {
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(word, ControlJson.Options) + "\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                FileError, ExitCode.Usage, $"the word cannot be written to {path}: {fault.Message.TrimEnd('.')}",
                "check the directory and its permissions", fault);
        }
    }

    private static ExitCode Ask(ParseResult result, ControlRequest request) =>
        Address.Ask(result, request, ParamsReport.WriteText);
}
