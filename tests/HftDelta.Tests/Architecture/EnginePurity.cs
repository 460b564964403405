using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HftDelta.Tests.Architecture;

/// <summary>
/// The core is a function of its input: what its sources may not name. Deliberately by syntax alone, as a second lock
/// beside the analyzer: this one does not depend on how a project file is written.
/// </summary>
internal static class EnginePurity
{
    public const string Folder = "engine/HftDelta.Engine";

    /// <summary>Namespaces whose every type is out of bounds.</summary>
    public static readonly string[] Namespaces = ["System.IO", "System.Net", "System.Threading", "System.Linq"];

    /// <summary>Types of the root namespace and others that are out of bounds.</summary>
    public static readonly string[] Types =
    [
        "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeProvider",
        "System.Diagnostics.Stopwatch", "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.Guid",
        "System.Single", "System.Double", "System.Decimal", "System.Half", "System.Math", "System.MathF",
        "System.Environment", "System.Console", "System.Globalization.CultureInfo",
    ];

    private static readonly HashSet<string> Names =
    [
        .. Types.Select(type => type[(type.LastIndexOf('.') + 1)..]),
        "Thread", "ThreadPool", "ThreadLocal", "ThreadStatic", "Task", "ValueTask", "Interlocked", "Monitor", "Lock",
        "FileStream", "MemoryMappedFile", "Socket",
    ];

    public static IEnumerable<string> Violations(SourceFile file)
    {
        foreach (var token in file.Syntax.DescendantTokens())
        {
            var isBanned = token.Kind() switch
            {
                SyntaxKind.FloatKeyword or SyntaxKind.DoubleKeyword or SyntaxKind.DecimalKeyword => true,
                SyntaxKind.LockKeyword or SyntaxKind.AsyncKeyword or SyntaxKind.AwaitKeyword => true,
                SyntaxKind.NumericLiteralToken => token.Value is float or double or decimal,
                SyntaxKind.IdentifierToken => token.Parent is SimpleNameSyntax && Names.Contains(token.ValueText),
                _ => false,
            };
            if (isBanned)
            {
                yield return At(file, token.GetLocation(), token.Text);
            }
        }

        foreach (var node in file.Syntax.DescendantNodes())
        {
            if (node is QualifiedNameSyntax or MemberAccessExpressionSyntax && Namespaces.Contains(node.ToString()))
            {
                yield return At(file, node.GetLocation(), node.ToString());
            }
        }
    }

    private static string At(SourceFile file, Location location, string what) =>
        $"{file.Path}:{location.GetLineSpan().StartLinePosition.Line + 1}: {what}";
}
