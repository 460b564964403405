using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>How a verb writes its data on stdout. Words always go to stderr.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object with a <c>schema</c> key.</summary>
    Json,

    /// <summary>Comma-separated lines under a line of headings, of verbs that write rows.</summary>
    Csv,
}

/// <summary>The one <c>--output</c> option of all verbs: the root command adds it, every verb reads it.</summary>
public static class OutputOption
{
    /// <summary>Text where nothing is said, which is the first value, so that the plain reading of it is right too.</summary>
    public static Option<OutputFormat> Shared { get; } =
        new ChoiceOption<OutputFormat>("--output", "How to write the result on stdout.", OutputFormat.Text) { Recursive = true };
}
