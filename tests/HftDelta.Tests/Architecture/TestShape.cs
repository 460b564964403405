using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HftDelta.Tests.Architecture;

/// <summary>How tests are written: limited in time, named as sentences, never switched off.</summary>
internal static class TestShape
{
    private static readonly string[] TestAttributes = ["Test", "TestCase", "TestCaseSource", "Theory"];
    private static readonly string[] LimitAttributes = ["CancelAfter", "Timeout", "MaxTime"];
    private static readonly string[] OffAttributes = ["Ignore", "Explicit"];

    /// <summary>Fixtures with a test whose time is not limited, by the fixture or by the test itself.</summary>
    public static IEnumerable<string> Unlimited(IEnumerable<SourceFile> files)
    {
        // A partial fixture is one fixture: the limit may stand on any of its parts.
        var fixtures = files.SelectMany(Classes).GroupBy(part => (Space(part.Type), part.Type.Identifier.Text));
        foreach (var fixture in fixtures)
        {
            if (fixture.Any(part => Has(part.Type.AttributeLists, LimitAttributes)))
            {
                continue;
            }

            foreach (var (file, type) in fixture)
            {
                var unlimited = Tests(type).Where(test => !Has(test.AttributeLists, LimitAttributes)).ToList();
                if (unlimited.Count > 0)
                {
                    yield return $"{file.Path}: {type.Identifier.Text} ({unlimited.Count} tests without a limit)";
                }
            }
        }
    }

    public static IEnumerable<string> NotSentences(SourceFile file) =>
        Classes(file).SelectMany(part => Tests(part.Type))
            .Where(test => !test.Identifier.Text.Contains('_', StringComparison.Ordinal))
            .Select(test => $"{file.Path}: {test.Identifier.Text}");

    public static IEnumerable<string> SwitchedOff(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => OffAttributes.Contains(Name(attribute)))
            .Select(attribute => $"{file.Path}: [{attribute}]");

    /// <summary>Tests without a statement.</summary>
    public static IEnumerable<string> Empty(SourceFile file) =>
        Classes(file).SelectMany(part => Tests(part.Type))
            .Where(test => test.ExpressionBody is null && test.Body is null or { Statements.Count: 0 })
            .Select(test => $"{file.Path}: {test.Identifier.Text}");

    private static IEnumerable<(SourceFile File, TypeDeclarationSyntax Type)> Classes(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(type => (file, type));

    private static IEnumerable<MethodDeclarationSyntax> Tests(TypeDeclarationSyntax type) =>
        type.Members.OfType<MethodDeclarationSyntax>().Where(method => Has(method.AttributeLists, TestAttributes));

    private static string Space(TypeDeclarationSyntax type) =>
        type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";

    private static bool Has(IEnumerable<AttributeListSyntax> lists, string[] names) =>
        lists.SelectMany(list => list.Attributes).Any(attribute => names.Contains(Name(attribute)));

    private static string Name(AttributeSyntax attribute)
    {
        var name = attribute.Name.ToString();
        name = name[(name.LastIndexOf('.') + 1)..];
        var end = name.IndexOf('<', StringComparison.Ordinal);
        name = end < 0 ? name : name[..end];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }
}
