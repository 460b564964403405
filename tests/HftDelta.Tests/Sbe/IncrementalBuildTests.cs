using HftDelta.Sbe;
using HftDelta.Sbe.Schema;
using Microsoft.CodeAnalysis;
using NUnit.Framework;
using static HftDelta.Tests.Sbe.GeneratorHost;

namespace HftDelta.Tests.Sbe;

/// <summary>What makes the source generator work again, and where it reports faults of included files.</summary>
[CancelAfter(20_000)]
public sealed class IncrementalBuildTests
{
    private const string XInclude = "xmlns:xi='http://www.w3.org/2001/XInclude'";

    private static readonly IncrementalStepRunReason[] Rest =
        [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];

    private static readonly SchemaText Plain = TestSchemas.Of(
        "<message name='Ping' id='1'><field name='n' id='1' type='int64'/></message>");

    private static readonly XmlFile Main = new(Including("dir/main.xml", "sub/more.xml"));
    private static readonly XmlFile More = new(new SchemaText(
        "dir/sub/more.xml", "<types>\n<type name='Q' primitiveType='int16'/>\n</types>"));
    private static readonly XmlFile Other = new(new SchemaText("dir/other.xml", "<settings/>"));

    [Test]
    public void Code_that_changes_makes_nothing_run()
    {
        GeneratorDriver driver = Run(Driver(Main, More)).RunGenerators(Compilation("class Other { int x; }"));
        Assert.That(OutputsOf(driver), Is.Not.Empty.And.All.AnyOf([.. Rest]));
        Assert.That(ReasonsOf(driver, SchemaGenerator.InputStep), Is.Not.Empty.And.All.AnyOf([.. Rest]));
    }

    [Test]
    public void A_schema_that_is_saved_unchanged_makes_nothing_run()
    {
        GeneratorDriver driver = Run(Driver(Main, More));
        driver = driver.ReplaceAdditionalText(Main, new XmlFile(new SchemaText(Main.Path, Main.Text.Content)));
        driver = driver.ReplaceAdditionalText(More, new XmlFile(new SchemaText(More.Path, More.Text.Content)));
        driver = driver.RunGenerators(Compilation(""));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep), Is.All.EqualTo(IncrementalStepRunReason.Cached));
        Assert.That(OutputsOf(driver), Is.Not.Empty.And.All.AnyOf([.. Rest]));
    }

    [Test]
    public void A_file_that_no_schema_includes_makes_nothing_run()
    {
        GeneratorDriver driver = Run(Driver(Main, More, Other));
        driver = driver.ReplaceAdditionalText(Other, new XmlFile(new SchemaText(Other.Path, "<settings changed='yes'/>")));
        driver = driver.RunGenerators(Compilation(""));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep), Is.All.EqualTo(IncrementalStepRunReason.Cached));
        Assert.That(OutputsOf(driver), Is.Not.Empty.And.All.AnyOf([.. Rest]));
    }

    [Test]
    public void A_changed_include_of_an_include_runs_the_schema()
    {
        var deep = new XmlFile(new SchemaText("dir/deep.xml", "<type name='Q' primitiveType='int16'/>"));
        var middle = new XmlFile(new SchemaText(
            "dir/sub/more.xml", $"<types {XInclude}><xi:include href='../deep.xml'/></types>"));
        GeneratorDriver driver = Run(Driver(Main, middle, deep));
        Assert.That(driver.GetRunResult().Diagnostics, Is.Empty);
        var wider = new XmlFile(new SchemaText(deep.Path, deep.Text.Content.Replace("int16", "int32")));
        driver = driver.ReplaceAdditionalText(deep, wider).RunGenerators(Compilation(""));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep), Is.EqualTo(new[] { IncrementalStepRunReason.Modified }));
    }

    [Test]
    public void A_fault_of_an_included_file_is_reported_at_its_line_there()
    {
        var bad = new XmlFile(new SchemaText(More.Path, More.Text.Content.Replace("int16", "int17")));
        GeneratorDriverRunResult result = Run(Driver(Main, bad)).GetRunResult();
        FileLinePositionSpan[] places = result.Diagnostics.Select(one => one.Location.GetLineSpan()).ToArray();
        Assert.That(places.Select(place => (place.Path, place.StartLinePosition.Line)), Has.Member((More.Path, 1)));
        Assert.That(result.GeneratedTrees, Is.Empty);
    }

    [Test]
    public void A_file_on_disk_that_is_no_additional_file_is_not_read()
    {
        string folder = Directory.CreateTempSubdirectory("hftdelta-generator-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "more.xml"), More.Text.Content);
            var main = new XmlFile(Including(Path.Combine(folder, "main.xml"), "more.xml"));
            GeneratorDriverRunResult result = Run(Driver(main)).GetRunResult();
            Assert.That(result.Diagnostics.Select(one => one.GetMessage(null)), Has.Some.Contains("to AdditionalFiles"));
            Assert.That(result.GeneratedTrees, Is.Empty);
            var given = new XmlFile(new SchemaText(Path.Combine(folder, "more.xml"), More.Text.Content));
            Assert.That(Run(Driver(main, given)).GetRunResult().Diagnostics, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SchemaText Including(string path, string href) => new(path, Plain.Content
        .Replace("<messageSchema ", $"<messageSchema {XInclude} ")
        .Replace("<types>", $"<xi:include href='{href}'/><types>")
        .Replace("type='int64'", "type='Q'"));
}
