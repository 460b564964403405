using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>For verbs that the demonstration starts as processes of their own.</summary>
internal static class SupervisedOption
{
    public const string Name = "--supervised";

    public static Option<bool> Create() => new(Name)
    {
        Description = "Run as somebody's child: end in order when standard input ends, and leave Ctrl-C to the parent.",
        Hidden = true,
    };
}
