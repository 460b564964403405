using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>The layers: docs/allowed-references.md against every project file and every compiled assembly.</summary>
[CancelAfter(20_000)]
internal sealed class AllowedReferencesTests
{
    private readonly SourceTree _tree = SourceTree.Instance;
    private readonly AllowedReferences _allowed = AllowedReferences.Parse(SourceTree.Instance.File(AllowedReferences.Page).Text);

    [Test]
    public void Every_reference_in_a_project_file_is_in_the_table() =>
        Offenders.None(
            _tree.Projects.SelectMany(project => Forbidden(_allowed, project)),
            "references need an x in " + AllowedReferences.Page);

    [Test]
    public void Every_reference_in_a_compiled_assembly_is_in_the_table()
    {
        Assume.That(SourceTree.IsOwn, "the assemblies at hand belong to another tree");
        var projects = _tree.Projects.ToDictionary(project => project.AssemblyName, project => project, StringComparer.Ordinal);
        var offenders = new List<string>();
        var judged = 0;
        foreach (var project in _tree.Projects)
        {
            var path = Path.Combine(TestContext.CurrentContext.TestDirectory, project.AssemblyName + ".dll");
            if (!File.Exists(path))
            {
                continue;
            }

            judged++;
            offenders.AddRange(CompiledReferences(path)
                .Where(name => projects.TryGetValue(name, out var to) && !_allowed.AllowsTypes(project.Name, to.Name))
                .Select(name => $"{project.Name} -> {name}"));
        }

        Assert.That(judged, Is.GreaterThanOrEqualTo(8), "the assemblies of the product lie beside the tests");
        Offenders.None(offenders, "types may be used only across an x in " + AllowedReferences.Page);
    }

    [Test]
    public void Every_project_has_a_row_and_every_name_in_the_table_has_a_project_or_is_not_there_yet()
    {
        var projects = _tree.Projects.Select(project => project.Name).ToHashSet(StringComparer.Ordinal);
        var rows = _allowed.Rows.ToHashSet(StringComparer.Ordinal);
        Offenders.None(projects.Except(rows).Select(name => $"{name} has no row"), "the table names every project");
        Offenders.None(
            _allowed.Names.Except(projects).Except(_allowed.NotThereYet).Select(name => $"{name} is no project"),
            "the table names nothing else");
        Offenders.None(_allowed.NotThereYet.Intersect(projects).Select(name => $"{name} is there"), "'Not there yet' is kept");
    }

    [Test]
    public void The_table_has_no_cycle()
    {
        var order = new List<string>();
        var open = _allowed.Rows.ToList();
        while (open.Count > 0)
        {
            var free = open.FirstOrDefault(row => !_allowed.Of(row).Any(open.Contains));
            Assert.That(free, Is.Not.Null, () => $"a cycle among {string.Join(", ", open)}");
            order.Add(free!);
            open.Remove(free!);
        }

        Assert.That(order.IndexOf("Engine"), Is.LessThan(order.IndexOf("Node")));
    }

    [Test]
    public void Build_settings_add_no_reference_behind_the_project_files() =>
        Offenders.None(
            _tree.Files.Where(file => file.Ending is ".props" or ".targets")
                .Where(file => file.Text.Contains("<ProjectReference Include", StringComparison.Ordinal))
                .Select(file => file.Path),
            "references belong to project files");

    [TestCase("Engine", "Runtime", false, ExpectedResult = false)]
    [TestCase("Engine", "Journal", false, ExpectedResult = false)]
    [TestCase("Gateway", "Engine", false, ExpectedResult = false)]
    [TestCase("Journal", "Wire", false, ExpectedResult = false)]
    [TestCase("Node", "Simulation", false, ExpectedResult = false)]
    [TestCase("Primitives", "Disruptor", false, ExpectedResult = false)]
    [TestCase("Wire", "Sbe", false, ExpectedResult = false)]
    [TestCase("Wire", "Sbe", true, ExpectedResult = true)]
    [TestCase("Engine", "Sbe", true, ExpectedResult = false)]
    [TestCase("Engine", "Wire", false, ExpectedResult = true)]
    [TestCase("Tests", "Simulation", false, ExpectedResult = true)]
    public bool The_table_tells_the_layers_apart(string from, string to, bool asGenerator) =>
        _allowed.Allows(from, new ProjectReference(to, asGenerator));

    [Test]
    public void A_reference_beyond_the_table_is_found()
    {
        var project = ProjectFile.Read(
            "engine/HftDelta.Engine/HftDelta.Engine.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="../HftDelta.Primitives/HftDelta.Primitives.csproj" />
                <ProjectReference Include="..\HftDelta.Runtime\HftDelta.Runtime.csproj" />
              </ItemGroup>
            </Project>
            """);
        Assert.That(Forbidden(_allowed, project), Is.EqualTo(["Engine -> Runtime"]));
    }

    private static IEnumerable<string> Forbidden(AllowedReferences allowed, ProjectFile project) =>
        project.References.Where(reference => !allowed.Allows(project.Name, reference))
            .Select(reference => $"{project.Name} -> {reference.To}{(reference.IsGenerator ? " as a source generator" : "")}");

    private static List<string> CompiledReferences(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
