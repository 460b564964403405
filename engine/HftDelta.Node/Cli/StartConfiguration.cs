using System.CommandLine;
using HftDelta.Node.Config;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>
/// The options of <c>start</c> from two places: what stands on the command line wins over what stands in the configuration
/// file, and that wins over the defaults. The key of an option is its name without dashes: <c>--epoch-seconds</c> is
/// <c>epochSeconds</c>. A value from the file is proved as it would be on the command line. Immutable.
/// </summary>
internal sealed record StartConfiguration
{
    private const int FileError = 1044;
    private const int FaultsError = 1045;

    public static Option<string?> FileOption { get; } = new("--config")
    {
        Description = $"Further options and what is decided for threads. Without it {NodeConfiguration.FileName} in the "
            + "journal's directory, where there is one.",
        HelpName = "FILE",
    };

    /// <summary>The file that was read; null: none.</summary>
    public required string? Path { get; init; }

    /// <summary>The values that hold, whatever place they come from.</summary>
    public required ParseResult Result { get; init; }

    /// <summary>Options that have their value from the file.</summary>
    public required IReadOnlySet<Option> FromFile { get; init; }

    public required IReadOnlyDictionary<string, AgentWish> Agents { get; init; }

    public static string KeyOf(Option option)
    {
        var words = option.Name.TrimStart('-').Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <param name="result">The command line, of any verb that has the options of <c>start</c>.</param>
    /// <exception cref="OperatorException">The file cannot be read, or something in it is wrong: all of it is said.</exception>
    public static StartConfiguration Of(ParseResult result)
    {
        var given = StartCommand.Options.Where(option => result.GetResult(option) is { Implicit: false }).ToList();
        var path = result.GetValue(FileOption) ?? BesideJournal(result);
        var file = path is null ? null : Read(path);
        List<string> faults = file is null ? [] : [.. file.Faults];
        List<Option> fromFile = [];
        foreach (var option in StartCommand.Options)
        {
            if (file is not null && file.Start.TryGetValue(KeyOf(option), out var value))
            {
                faults.AddRange(FaultsOf(option, value));
                if (!given.Contains(option) && !given.Exists(other => StartCommand.AreExclusive(option, other)))
                {
                    fromFile.Add(option);
                }
            }
        }

        if (file is not null)
        {
            faults.AddRange(FaultsOf(file.Agents));
        }

        if (faults.Count > 0)
        {
            throw new OperatorException(
                FaultsError, ExitCode.Usage, $"{path}: {string.Join($"\n  {path}: ", faults)}",
                "correct the file; docs/configuration.md tells every key");
        }

        string[] arguments =
        [
            .. given.SelectMany(option => Said(option, result)),
            .. fromFile.Select(option => $"{option.Name}={file!.Start[KeyOf(option)]}"),
        ];
        return new StartConfiguration
        {
            Path = path,
            Result = StartCommand.Create().Parse(arguments),
            FromFile = fromFile.ToHashSet(),
            Agents = file?.Agents ?? new Dictionary<string, AgentWish>(),
        };
    }

    private static string? BesideJournal(ParseResult result)
    {
        var beside = result.GetValue(StartCommand.JournalOption) is { } journal
            ? System.IO.Path.Combine(journal, NodeConfiguration.FileName)
            : null;
        return File.Exists(beside) ? beside : null;
    }

    private static NodeConfiguration Read(string path)
    {
        try
        {
            return NodeConfiguration.Parse(
                File.ReadAllText(path), [.. StartCommand.Options.Select(KeyOf)], [.. VenueAgents.Names]);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                FileError, ExitCode.Usage, $"{path}: {refused.Message}", "name another file with --config", refused);
        }
    }

    private static IEnumerable<string> Said(Option option, ParseResult result)
    {
        var tokens = result.GetResult(option)!.Tokens;
        return tokens.Count == 0 ? [option.Name] : [$"{option.Name}={tokens[^1].Value}"];
    }

    /// <summary>The words of the command line, without its number and its advice.</summary>
    private static IEnumerable<string> FaultsOf(Option option, string value)
    {
        var path = $"{NodeConfiguration.StartSection}.{KeyOf(option)}";
        var alone = StartCommand.Create().Parse([$"{option.Name}={value}"]);
        if (alone.Errors.Count > 0)
        {
            return [$"{path} {value}: {alone.Errors[0].Message.TrimEnd('.')}"];
        }

        try
        {
            StartCommand.Prove(option, alone);
            return [];
        }
        catch (OperatorException wrong)
        {
            return [$"{path}: {wrong.Message.Split('\n')[0].TrimEnd('.')}"];
        }
    }

    /// <summary>Cores that are not there, and waits that differ on one core: whatever else the venue is asked for.</summary>
    private static IEnumerable<string> FaultsOf(IReadOnlyDictionary<string, AgentWish> agents)
    {
        var placed = agents.Where(agent => agent.Value.Core is not null).ToDictionary();
        var plan = ThreadPlan.Make(
            new ThreadWishes { Agents = placed },
            [.. VenueAgents.Names.Select(name => new AgentPlace(name, AgentGroup.Edge))],
            CoreTopology.Read());
        return plan.Faults.Select(fault => $"{NodeConfiguration.ThreadsSection}.{fault}");
    }
}
