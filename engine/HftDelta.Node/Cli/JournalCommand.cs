using System.CommandLine;
using HftDelta.Journal.Archive;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta journal</c>: what a journal is, whether it is whole, what is in it; what is archived, restored and cut off. Dump,
/// tail and archive also read a live one.
/// </summary>
public static class JournalCommand
{
    private static readonly Option<long> FromOption = new("--from")
    {
        Description = "First record, by its sequence.",
        HelpName = "SEQUENCE",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<long?> ToOption = new("--to")
    {
        Description = "Last record, by its sequence.",
        HelpName = "SEQUENCE",
    };

    private static readonly Option<string?> TemplateOption = new("--template")
    {
        Description = "Only records of one message, by name or template id.",
        HelpName = "NAME|ID",
    };

    private static readonly Option<long?> LimitOption = new("--limit")
    {
        Description = "At most so many records.",
        HelpName = "N",
    };

    private static readonly Option<long> LinesOption = new("--lines", "-n")
    {
        Description = "How many of the last records.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<bool> FollowOption = new("--follow", "-f")
    {
        Description = "Go on with what is appended until Ctrl-C.",
    };

    public static Command Create()
    {
        var directory = JournalDirectory.ArgumentOrArchive();
        var describe = new Command("describe", "What the journal holds, segment by segment, and how it ends.") { directory };
        describe.SetAction(result =>
        {
            using var source = JournalSource.Open(result.GetRequiredValue(directory));
            return (int)JournalReports.Describe(source, IsJson(result), OutputOf(result), ErrorOf(result));
        });

        var verified = JournalDirectory.ArgumentOrArchive();
        var verify = new Command(
            "verify", "Prove every record and block hash of a journal, or every file of an archive; change nothing.")
        {
            verified,
        };
        verify.SetAction(result => (int)Verify(
            result.GetRequiredValue(verified), IsJson(result), OutputOf(result), ErrorOf(result)));

        var dumped = JournalDirectory.ArgumentOrArchive();
        var dump = new Command("dump", "Write records, one a line.")
        {
            dumped,
            FromOption,
            ToOption,
            TemplateOption,
            LimitOption,
        };
        dump.SetAction(result =>
        {
            using var source = JournalSource.OpenAlsoLive(result.GetRequiredValue(dumped));
            return (int)JournalDump.Write(source.Storage, FilterOf(result), IsJson(result), OutputOf(result));
        });

        var tailed = JournalDirectory.Argument();
        var tail = new Command("tail", "Write the last records, one a line, and with --follow those that come.")
        {
            tailed,
            LinesOption,
            FollowOption,
        };
        tail.SetAction(result => (int)JournalTail.Write(
            JournalDirectory.Open(result.GetRequiredValue(tailed)),
            Math.Max(0, result.GetValue(LinesOption)),
            result.GetValue(FollowOption),
            new VerbOutput(OutputOf(result), ErrorOf(result), IsJson(result))));
        return new Command("journal", "The journal: what it holds, whether it is whole, archive and repair.")
        {
            describe,
            verify,
            dump,
            tail,
            JournalExportCommand.Create(),
            JournalArchiveVerbs.Archive(),
            JournalArchiveVerbs.Restore(),
            JournalArchiveVerbs.Truncate(),
            QuarantineCommand.Create(),
        };
    }

    private static ExitCode Verify(string directory, bool isJson, TextWriter output, TextWriter error) =>
        ArchiveList.IsArchive(directory)
            ? JournalArchiveVerbs.Verify(directory, isJson, output, error)
            : JournalReports.Verify(JournalDirectory.OpenAtRest(directory), isJson, output, error);

    private static DumpFilter FilterOf(ParseResult result)
    {
        var from = result.GetValue(FromOption);
        var isFromGiven = result.GetResult(FromOption) is { Implicit: false };
        var to = result.GetValue(ToOption) ?? long.MaxValue;
        var limit = result.GetValue(LimitOption) ?? long.MaxValue;
        if (from < 1 || to < from || limit < 1)
        {
            throw new OperatorException(
                1002,
                ExitCode.Usage,
                "--from, --to and --limit are at least 1, and --to is not before --from",
                "hftdelta journal describe DIR tells which records there are");
        }

        if (result.GetValue(TemplateOption) is not { } name)
        {
            return new DumpFilter(from, to, limit, null, isFromGiven);
        }

        return TemplateNames.TryParse(name, out var key)
            ? new DumpFilter(from, to, limit, key, isFromGiven)
            : throw new OperatorException(
                1003,
                ExitCode.Usage,
                $"--template {name}: no message of either schema has this name or id",
                "look it up in gateway/schema, for example NewOrderSingle or 200");
    }

    private static bool IsJson(ParseResult result) => result.GetValue(OutputOption.Shared) == OutputFormat.Json;

    private static TextWriter OutputOf(ParseResult result) => result.InvocationConfiguration.Output;

    private static TextWriter ErrorOf(ParseResult result) => result.InvocationConfiguration.Error;
}
