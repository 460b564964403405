using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>An operator looks an error up by its number: it stands for one thing in all verbs.</summary>
[CancelAfter(20_000)]
internal sealed partial class ErrorNumbersTests
{
    [Test]
    public void An_error_number_has_one_name() =>
        Offenders.None(
            SourceTree.Instance.Sources.Where(file => !file.IsIn("tests"))
                .SelectMany(file => Declaration().Matches(file.Text))
                .Select(match => (Name: match.Groups[1].Value, Number: match.Groups[2].Value))
                .Distinct()
                .GroupBy(declared => declared.Number)
                .Where(same => same.Count() > 1)
                .Select(same => $"{same.Key}: {string.Join(", ", same.Select(declared => declared.Name))}"),
            "choose a number that is free");

    [GeneratedRegex(@"const int (\w+Error) = (\d{4});")]
    private static partial Regex Declaration();
}
