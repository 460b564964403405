using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Scripts rely on exit codes: docs/exit-codes.md and the enum of the node say the same.</summary>
[CancelAfter(20_000)]
internal sealed partial class ExitCodesTests
{
    private const string Enum = "engine/HftDelta.Node/Cli/ExitCode.cs";

    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void The_page_lists_every_exit_code_by_name_and_number() =>
        Assert.That(Documented(_tree.File("docs/exit-codes.md").Text), Is.EquivalentTo(Declared()));

    [Test]
    public void Exit_codes_fit_what_a_shell_can_see() =>
        Assert.That(Declared().Values, Is.Unique.And.All.InRange(0, 255));

    private Dictionary<string, int> Declared() =>
        _tree.File(Enum).Syntax.DescendantNodes().OfType<EnumMemberDeclarationSyntax>()
            .ToDictionary(
                member => member.Identifier.Text,
                member => int.Parse(member.EqualsValue!.Value.ToString(), CultureInfo.InvariantCulture));

    private static Dictionary<string, int> Documented(string page) =>
        Row().Matches(page).ToDictionary(
            match => match.Groups[2].Value,
            match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\| *(\d+) *\| *`(\w+)` *\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
