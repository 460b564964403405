namespace HftDelta.Tests.Engine.Rules;

/// <summary>One command line of an example and the lines that it must cause.</summary>
internal sealed record RuleStep(int Line, string Command, IReadOnlyList<(int Line, string Text)> Reports);

/// <summary>One block of docs/matching-rules.md that is executed.</summary>
internal sealed record RuleExample(int Line, string Section, IReadOnlyList<RuleStep> Steps)
{
    private const string Fence = "```";

    public override string ToString() => $"{Section}, line {Line}";

    /// <summary>Every block marked `example`, in order.</summary>
    public static List<RuleExample> In(string text)
    {
        var examples = new List<RuleExample>();
        List<RuleStep>? steps = null;
        var section = "";
        var begin = 0;
        var lines = text.Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].TrimEnd();
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..];
            }
            else if (line == Fence + "example")
            {
                begin = index + 1;
                steps = [];
            }
            else if (steps is not null && line == Fence)
            {
                examples.Add(new RuleExample(begin, section, steps));
                steps = null;
            }
            else if (steps is not null && line.Length > 0)
            {
                Add(steps, index + 1, line);
            }
        }

        return examples;
    }

    private static void Add(List<RuleStep> steps, int number, string line)
    {
        var report = line.TrimStart();
        if (!report.StartsWith("=>", StringComparison.Ordinal))
        {
            steps.Add(new RuleStep(number, line.Trim(), new List<(int, string)>()));
            return;
        }

        if (steps.Count == 0)
        {
            throw new FormatException($"line {number}: a report before the first command");
        }

        ((List<(int, string)>)steps[^1].Reports).Add((number, report[2..].Trim()));
    }
}
