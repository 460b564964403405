using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HftDelta.Tests.Architecture;

/// <summary>
/// How large things may be. A method is everything with a body of its own: constructors and local functions too.
/// </summary>
internal static class Sizes
{
    public const int FileLinesMax = 600;
    public const int MethodLinesMax = 70;
    public const int LineColumnsMax = 130;
    public const int FileBytesMax = 200 * 1024;

    /// <summary>On a method that only switches over many cases.</summary>
    public const string Exemption = "// size: dispatch table";

    public static IEnumerable<string> LongFiles(SourceFile file)
    {
        if (file.Lines.Length > FileLinesMax)
        {
            yield return $"{file.Path}: {file.Lines.Length} lines";
        }
    }

    public static IEnumerable<string> LongLines(SourceFile file) =>
        file.Lines.Select((line, index) => (Length: line.TrimEnd('\r').Length, Number: index + 1))
            .Where(line => line.Length > LineColumnsMax)
            .Select(line => $"{file.Path}:{line.Number}: {line.Length} columns");

    public static IEnumerable<string> LongMethods(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            if (Name(node) is not { } name || node.ToFullString().Contains(Exemption, StringComparison.Ordinal))
            {
                continue;
            }

            var (first, last) = Lines(node);
            if (last - first + 1 > MethodLinesMax)
            {
                yield return $"{file.Path}:{first}: {name} has {last - first + 1} lines";
            }
        }

        var statements = file.Syntax.Members.OfType<GlobalStatementSyntax>().ToList();
        if (statements.Count > 0)
        {
            var length = Lines(statements[^1]).Last - Lines(statements[0]).First + 1;
            if (length > MethodLinesMax)
            {
                yield return $"{file.Path}: the top-level statements have {length} lines";
            }
        }
    }

    private static string? Name(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        BaseMethodDeclarationSyntax method => method.Kind().ToString(),
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
        PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier.Text,
        _ => null,
    };

    // Attributes do not count: they are no part of what has to be held in mind while reading.
    private static (int First, int Last) Lines(SyntaxNode node)
    {
        var first = node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
        var tree = node.SyntaxTree;
        return (
            tree.GetLineSpan(first.Span).StartLinePosition.Line + 1,
            tree.GetLineSpan(node.Span).EndLinePosition.Line + 1);
    }
}
