using System.CommandLine;
using System.Globalization;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta config show|check</c>: the options that <c>start</c> would run with and where each came from, or only whether the
/// configuration is sound. Nothing is started.
/// </summary>
internal static class ConfigCommand
{
    private const string Schema = "hftdelta.configuration/1";
    private const int KeyColumns = 16;
    private const int SourceColumns = 14;

    public static Command Create() => new("config", "What start would run with.")
    {
        Verb("show", "Every option of start with the place it comes from, and the threads of this machine.", Show),
        Verb("check", "Whether the configuration is sound; everything that is wrong is said at once.", Check),
    };

    private static Command Verb(string name, string description, Action<ParseResult, StartConfiguration> run)
    {
        var command = new Command(name, description) { StartConfiguration.FileOption };
        foreach (var option in StartCommand.Options)
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            var configured = StartConfiguration.Of(result);
            StartCommand.ProveThreads(configured);
            foreach (var option in StartCommand.Options)
            {
                StartCommand.Prove(option, configured.Result);
            }

            run(result, configured);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Check(ParseResult result, StartConfiguration configured)
    {
        var output = result.InvocationConfiguration.Output;
        if (IsJson(result))
        {
            JsonOutput.Write(output, Schema, json => json.WriteString("file", configured.Path));
            return;
        }

        output.WriteLine(configured.Path is { } path
            ? $"{path}: sound; {configured.FromFile.Count} options and {configured.Agents.Count} agents"
            : "sound; there is no configuration file");
    }

    private static void Show(ParseResult result, StartConfiguration configured)
    {
        var output = result.InvocationConfiguration.Output;
        var threads = StartCommand.PlanOf(configured).Threads;
        if (IsJson(result))
        {
            JsonOutput.Write(output, Schema, json =>
            {
                json.WriteString("file", configured.Path);
                json.WriteStartObject("start");
                foreach (var option in StartCommand.Options)
                {
                    json.WriteStartObject(StartConfiguration.KeyOf(option));
                    json.WriteString("value", ValueOf(option, configured));
                    json.WriteString("from", SourceOf(option, configured));
                    json.WriteEndObject();
                }

                json.WriteEndObject();
                ThreadTable.Write(json, "threads", threads);
            });
            return;
        }

        output.WriteLine(configured.Path is { } path ? $"file {path}" : "no configuration file");
        foreach (var option in StartCommand.Options)
        {
            output.WriteLine(
                $"  {StartConfiguration.KeyOf(option).PadRight(KeyColumns)}"
                + $"{SourceOf(option, configured).PadRight(SourceColumns)}{ValueOf(option, configured)}");
        }

        output.WriteLine($"threads ({CoreTopology.Read().Words})");
        foreach (var line in ThreadTable.Lines(threads))
        {
            output.WriteLine(line);
        }
    }

    private static string SourceOf(Option option, StartConfiguration configured) =>
        configured.FromFile.Contains(option) ? "file"
        : configured.Result.GetResult(option) is { Implicit: false } ? "command line" : "default";

    private static string ValueOf(Option option, StartConfiguration configured)
    {
        if (configured.Result.GetResult(option) is { Implicit: false } given)
        {
            return given.Tokens.Count == 0 ? "true" : given.Tokens[^1].Value;
        }

        return StartCommand.DefaultOf(option, configured.Result) is { } resolved
            ? resolved.ToString(CultureInfo.InvariantCulture)
            : option is IChoiceOption choice ? choice.DefaultWord
            : option.ValueType == typeof(bool) ? "false"
            : option.HasDefaultValue ? Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture)! : "";
    }

    private static bool IsJson(ParseResult result) => result.GetValue(OutputOption.Shared) == OutputFormat.Json;
}
