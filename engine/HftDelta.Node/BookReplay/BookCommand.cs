using System.CommandLine;
using HftDelta.Node.Cli;

namespace HftDelta.Node.BookReplay;

/// <summary>
/// <c>hftdelta book replay</c>: recorded input through the production book. Exit code 0 when all is equal, 1 on a difference,
/// 2 when an argument or a file is at fault.
/// </summary>
public static class BookCommand
{
    private const int UsageError = 1020;
    private const int DifferenceError = 2702;
    private const int ExitEqual = 0;
    private const int ExitDifferent = 1;
    private const string LobsterFormat = "lobster-script";
    private const string HdbsFormat = "hdbs";

    private static readonly Option<string> FormatOption = new("--format")
    {
        Description = "What the input is: an engine script with the exchange's book, or a recorded stream.",
        HelpName = $"{LobsterFormat}|{HdbsFormat}",
        Required = true,
    };

    private static readonly Option<string> ScriptOption = new("--script")
    {
        Description = $"With {LobsterFormat}: the engine script, gzip or plain.",
        HelpName = "FILE",
    };

    private static readonly Option<string> BookOption = new("--book")
    {
        Description = $"With {LobsterFormat}: the exchange's book after each row, gzip or plain.",
        HelpName = "FILE",
    };

    private static readonly Option<int> LevelsOption = new("--levels")
    {
        Description = $"With {LobsterFormat}: levels of each side that are compared.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<bool> SparseOption = new("--sparse")
    {
        Description = "Force the structure for prices outside a band.",
    };

    private static readonly Argument<string?> FileArgument = new("FILE")
    {
        Description = $"With {HdbsFormat}: the stream, gzip or plain.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var replay = new Command("replay", "Play recorded input into the book and compare what it does.")
        {
            FormatOption,
            ScriptOption,
            BookOption,
            LevelsOption,
            SparseOption,
            FileArgument,
        };
        replay.SetAction(result => Replay(result, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return new Command("book", "The price-time book.") { replay };
    }

    private static int Replay(ParseResult result, TextWriter output, TextWriter error)
    {
        var json = result.GetValue(OutputOption.Shared) == OutputFormat.Json;
        return result.GetValue(FormatOption) switch
        {
            LobsterFormat => ReplayLobster(result, json, output, error),
            HdbsFormat => ReplayHdbs(result, json, output, error),
            var other => throw Usage($"--format {other}: must be {LobsterFormat} or {HdbsFormat}"),
        };
    }

    private static int ReplayLobster(ParseResult result, bool json, TextWriter output, TextWriter error)
    {
        var script = result.GetValue(ScriptOption);
        var book = result.GetValue(BookOption);
        var levels = result.GetValue(LevelsOption);
        if (script == null || book == null) throw Usage($"--format {LobsterFormat} needs --script FILE and --book FILE");
        if (result.GetValue(FileArgument) != null) throw Usage($"--format {LobsterFormat} takes no FILE argument");
        if (levels is < 1 or > 1_000) throw Usage($"--levels {levels}: must be from 1 to 1000");
        var sparse = result.GetValue(SparseOption);
        var found = LobsterReplay.Run(script, book, levels, sparse);
        if (json) ReplayReport.WriteJson(output, found, levels, sparse);
        else ReplayReport.WriteText(output, found, levels);
        if (!found.IsEqual) TellDifference(error, found.FirstDifference ?? "the rows or executions compared are none");
        return found.IsEqual ? ExitEqual : ExitDifferent;
    }

    private static int ReplayHdbs(ParseResult result, bool json, TextWriter output, TextWriter error)
    {
        var file = result.GetValue(FileArgument);
        if (file == null) throw Usage($"--format {HdbsFormat} needs a FILE");
        if (result.GetValue(ScriptOption) != null || result.GetValue(BookOption) != null)
        {
            throw Usage($"--format {HdbsFormat} takes neither --script nor --book");
        }

        var sparse = result.GetValue(SparseOption);
        var found = HdbsReplay.Run(file, sparse);
        if (json) ReplayReport.WriteJson(output, found, sparse);
        else ReplayReport.WriteText(output, found);
        if (!found.IsEqual) TellDifference(error, "the trades are not those that the stream's digest expects");
        return found.IsEqual ? ExitEqual : ExitDifferent;
    }

    private static void TellDifference(TextWriter error, string difference)
    {
        error.WriteLine($"error HD{DifferenceError}: first difference: {difference.TrimEnd('.')}.");
        error.WriteLine("  next: check the input; if it is right the book is wrong: report both.");
    }

    private static OperatorException Usage(string fault) =>
        new(UsageError, ExitCode.Usage, fault, "hftdelta book replay --help");
}
