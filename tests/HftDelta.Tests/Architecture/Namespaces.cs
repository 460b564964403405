using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HftDelta.Tests.Architecture;

/// <summary>A namespace is its project and its folder, so that a name in a message says where the file lies.</summary>
internal static class Namespaces
{
    public static string Expected(ProjectFile project, SourceFile file)
    {
        var folders = file.Folder.Length > project.Folder.Length ? file.Folder[(project.Folder.Length + 1)..].Split('/') : [];
        return string.Join('.', folders.Prepend(project.RootNamespace));
    }

    public static IEnumerable<string> Misplaced(ProjectFile project, SourceFile file)
    {
        var spaces = file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().ToList();
        if (spaces.Any(space => space is NamespaceDeclarationSyntax))
        {
            yield return $"{file.Path}: the namespace is not file-scoped";
        }

        var expected = Expected(project, file);
        foreach (var space in spaces.Where(space => space.Name.ToString() != expected && !IsForCompiler(space)))
        {
            yield return $"{file.Path}: {space.Name} instead of {expected}";
        }

        if (spaces.Count == 0 && file.Syntax.Members.Any(member => member is not GlobalStatementSyntax))
        {
            yield return $"{file.Path}: types outside a namespace";
        }
    }

    // Attributes that the compiler looks for by name, where the target framework does not have them.
    private static bool IsForCompiler(BaseNamespaceDeclarationSyntax space) =>
        space.Name.ToString() is "System.Runtime.CompilerServices" or "System.Diagnostics.CodeAnalysis";
}
