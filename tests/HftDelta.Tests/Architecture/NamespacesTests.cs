using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Namespaces equal project and folder, and every source lies in exactly one project.</summary>
[CancelAfter(30_000)]
internal sealed class NamespacesTests
{
    private static readonly ProjectFile Sample =
        ProjectFile.Read("engine/HftDelta.Engine/HftDelta.Engine.csproj", "<Project></Project>");

    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void Namespaces_equal_project_and_folder() =>
        Offenders.None(
            _tree.Sources.SelectMany(file => Owners(file).SelectMany(project => Namespaces.Misplaced(project, file))),
            "namespaces equal project and folder, file-scoped");

    [Test]
    public void Every_source_lies_in_exactly_one_project() =>
        Offenders.None(
            _tree.Sources.Where(file => Owners(file).Count() != 1).Select(file => file.Path),
            "a source belongs to the project whose folder holds it");

    [Test]
    public void Only_the_ring_project_leaves_the_naming_rule() =>
        Assert.That(
            _tree.Projects.Where(project => project.RootNamespace != "HftDelta." + project.Name)
                .Select(project => project.RootNamespace),
            Is.EqualTo(["Disruptor"]));

    [TestCase("engine/HftDelta.Engine/Books/Level.cs", "namespace HftDelta.Engine.Books;\nclass Level;", ExpectedResult = 0)]
    [TestCase("engine/HftDelta.Engine/Command.cs", "namespace HftDelta.Engine;\nclass Command;", ExpectedResult = 0)]
    [TestCase("engine/HftDelta.Engine/Books/Level.cs", "namespace HftDelta.Engine;\nclass Level;", ExpectedResult = 1)]
    [TestCase("engine/HftDelta.Engine/Books/Level.cs", "namespace HftDelta.Engine.Books { class Level; }", ExpectedResult = 1)]
    [TestCase("engine/HftDelta.Engine/Level.cs", "class Level;", ExpectedResult = 1)]
    [TestCase("engine/HftDelta.Engine/Program.cs", "return 0;", ExpectedResult = 0)]
    public int A_misplaced_namespace_is_found(string path, string text) =>
        Namespaces.Misplaced(Sample, SourceFile.Sample(path, text)).Count();

    private IEnumerable<ProjectFile> Owners(SourceFile file) => _tree.Projects.Where(project => file.IsIn(project.Folder));
}
