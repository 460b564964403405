using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>
/// The core sees no clock, file, socket, thread, randomness, culture or floating point: three locks on one door.
/// </summary>
[CancelAfter(30_000)]
internal sealed class EnginePurityTests
{
    private static readonly string[] RequiredBans =
    [
        "T:System.DateTime", "T:System.DateTimeOffset", "T:System.Diagnostics.Stopwatch", "T:System.TimeProvider",
        "T:System.Random", "T:System.Guid", "T:System.Math", "T:System.MathF", "T:System.Single", "T:System.Double",
        "T:System.Decimal", "T:System.Half",
        "N:System.IO", "N:System.Net", "N:System.Linq", "N:System.Threading.Tasks", "T:System.Threading.Thread",
        "T:System.Threading.Interlocked", "T:System.Threading.Monitor", "T:System.Environment", "T:System.Console",
        "T:System.Globalization.CultureInfo",
    ];

    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void The_analyzer_is_on_and_bans_what_the_core_may_not_see()
    {
        var project = _tree.File(EnginePurity.Folder + "/HftDelta.Engine.csproj").Text;
        Assert.That(project, Does.Contain("Microsoft.CodeAnalysis.BannedApiAnalyzers"));
        Assert.That(project, Does.Contain("<AdditionalFiles Include=\"BannedSymbols.txt\" />"));
        Assert.That(project, Does.Not.Contain("NoWarn").And.Not.Contain("RS0030"));
        var banned = _tree.File(EnginePurity.Folder + "/BannedSymbols.txt").Lines.Select(line => line.Split(';')[0].Trim());
        Offenders.None(RequiredBans.Except(banned), "BannedSymbols.txt holds every required ban");
    }

    [Test]
    public void No_source_of_the_engine_switches_the_analyzer_off() =>
        Offenders.None(
            Sources.Concat(_tree.Files.Where(file => file.Name == ".editorconfig"))
                .Where(file => file.Text.Contains("RS0030", StringComparison.Ordinal))
                .Select(file => file.Path),
            "the bans have no exception");

    [Test]
    public void No_source_of_the_engine_names_what_the_core_may_not_see() =>
        Offenders.None(Sources.SelectMany(EnginePurity.Violations), "the core is a function of its input");

    [Test]
    public void The_compiled_engine_uses_no_type_that_the_core_may_not_see()
    {
        Assume.That(SourceTree.IsOwn, "the assembly at hand belongs to another tree");
        var path = Path.Combine(TestContext.CurrentContext.TestDirectory, "HftDelta.Engine.dll");
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        var used = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => (Space: metadata.GetString(type.Namespace), Name: metadata.GetString(type.Name)))
            .Select(type => $"{type.Space}.{type.Name}")
            .Where(name => EnginePurity.Types.Contains(name)
                || EnginePurity.Namespaces.Any(space => name.StartsWith(space + '.', StringComparison.Ordinal)));
        Offenders.None(used, "the core is a function of its input");
    }

    [TestCase("double x = 1;", ExpectedResult = 1)]
    [TestCase("var x = 1.5;", ExpectedResult = 1)]
    [TestCase("var x = 1e6;", ExpectedResult = 1)]
    [TestCase("var x = 1f;", ExpectedResult = 1)]
    [TestCase("var x = (decimal)y;", ExpectedResult = 1)]
    [TestCase("var x = DateTime.UtcNow;", ExpectedResult = 1)]
    [TestCase("var x = System.IO.File.ReadAllText(y);", ExpectedResult = 1)]
    [TestCase("var x = new Thread(Run);", ExpectedResult = 1)]
    [TestCase("var x = Stopwatch.GetTimestamp();", ExpectedResult = 1)]
    [TestCase("var x = new Random (1);", ExpectedResult = 1)]
    [TestCase("lock (x) { }", ExpectedResult = 1)]
    [TestCase("var x = 1_000_000L; // a double comment about DateTime", ExpectedResult = 0)]
    [TestCase("var doubled = x * 2;", ExpectedResult = 0)]
    public int A_violation_is_found(string statement) =>
        EnginePurity.Violations(SourceFile.Sample("A.cs", $"class A {{ void M() {{ {statement}\n }} }}")).Count();

    [TestCase("using System.IO;", ExpectedResult = 1)]
    [TestCase("using System.Threading.Tasks;", ExpectedResult = 1)]
    [TestCase("using System.Runtime.CompilerServices;", ExpectedResult = 0)]
    public int A_banned_namespace_is_found(string directive) =>
        EnginePurity.Violations(SourceFile.Sample("A.cs", directive + "\nclass A;")).Count();

    private IEnumerable<SourceFile> Sources => _tree.Sources.Where(file => file.IsIn(EnginePurity.Folder));
}
