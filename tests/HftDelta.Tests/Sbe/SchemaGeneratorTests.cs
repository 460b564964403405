using HftDelta.Sbe;
using HftDelta.Sbe.Schema;
using Microsoft.CodeAnalysis;
using NUnit.Framework;
using static HftDelta.Tests.Sbe.GeneratorHost;

namespace HftDelta.Tests.Sbe;

/// <summary>The generator inside a compiler: what it adds and reports, and that it rests when nothing changed.</summary>
[CancelAfter(20_000)]
public sealed class SchemaGeneratorTests
{
    private static readonly XmlFile Good = new(TestSchemas.Of(
        "<message name='Ping' id='1'><field name='n' id='1' type='int64'/></message>"));

    [Test]
    public void A_schema_becomes_codecs_in_the_namespace_of_its_metadata()
    {
        GeneratorDriverRunResult result = Run(Driver(Good)).GetRunResult();
        Assert.That(result.Diagnostics, Is.Empty);
        string[] names = result.GeneratedTrees.Select(tree => Path.GetFileName(tree.FilePath)).ToArray();
        Assert.That(names, Is.SupersetOf(new[] { "Some.Wire.Ping.g.cs", "Some.Wire.PingsSchema.g.cs", "SbeSupport.g.cs" }));
    }

    [Test]
    public void A_fault_is_reported_at_its_line_in_the_schema()
    {
        const string content = "<messageSchema id='1'>\n<types/>\n<message name='M' id='x'/>\n</messageSchema>";
        var bad = new XmlFile(new SchemaText("bad.xml", content));
        GeneratorDriverRunResult result = Run(Driver(bad)).GetRunResult();
        FileLinePositionSpan[] places = result.Diagnostics.Select(one => one.Location.GetLineSpan()).ToArray();
        Assert.That(places.Select(place => place.Path), Is.All.EqualTo("bad.xml"));
        Assert.That(places.Select(place => place.StartLinePosition.Line), Does.Contain(2));
        Assert.That(result.Diagnostics.Select(one => one.Severity), Is.All.EqualTo(DiagnosticSeverity.Error));
        Assert.That(result.GeneratedTrees, Is.Empty);
    }

    [Test]
    public void Changed_code_leaves_every_step_cached()
    {
        GeneratorDriver driver = Run(Driver(Good));
        driver = driver.RunGenerators(Compilation("class Other { }"));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep), Is.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    [Test]
    public void A_changed_schema_runs_alone()
    {
        var second = new XmlFile(new SchemaText("second.xml", Good.Text.Content.Replace("package=\"test\"", "package=\"two\"")));
        GeneratorDriver driver = Run(Driver(Good, second));
        var changed = new XmlFile(new SchemaText("second.xml", second.Text.Content.Replace("Ping", "Pong")));
        driver = driver.ReplaceAdditionalText(second, changed).RunGenerators(Compilation(""));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep),
            Is.EquivalentTo(new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified }));
    }

    [Test]
    public void A_changed_include_runs_the_schema_that_includes_it()
    {
        const string xi = "xmlns:xi='http://www.w3.org/2001/XInclude'";
        var include = new XmlFile(new SchemaText("dir/more.xml", "<types><type name='Q' primitiveType='int16'/></types>"));
        var main = new XmlFile(new SchemaText("dir/main.xml", Good.Text.Content
            .Replace("<messageSchema ", $"<messageSchema {xi} ")
            .Replace("<types>", "<xi:include href='more.xml'/><types>")
            .Replace("type='int64'", "type='Q'")));
        GeneratorDriver driver = Run(Driver(main, include));
        Assert.That(driver.GetRunResult().Diagnostics, Is.Empty);
        var wider = new XmlFile(new SchemaText("dir/more.xml", include.Text.Content.Replace("int16", "int32")));
        driver = driver.ReplaceAdditionalText(include, wider).RunGenerators(Compilation(""));
        Assert.That(ReasonsOf(driver, SchemaGenerator.ResultStep), Is.EqualTo(new[] { IncrementalStepRunReason.Modified }));
    }

    [Test]
    public void Two_schemas_in_one_namespace_are_reported_and_do_not_stop_the_compiler()
    {
        var again = new XmlFile(new SchemaText("sub/test.xml", Good.Text.Content));
        var first = new XmlFile(new SchemaText("other/test.xml", Good.Text.Content));
        GeneratorDriverRunResult result = Run(Driver(first, again)).GetRunResult();
        Assert.That(result.Results.Single().Exception, Is.Null);
        Assert.That(result.Diagnostics.Select(one => one.GetMessage(null)), Is.All.Contains("SbeNamespace").And.Exactly(2).Items);
    }

    [Test]
    public void Messages_that_differ_in_case_alone_have_files_of_their_own()
    {
        var file = new XmlFile(TestSchemas.Of("<message name='FooBar' id='1'/><message name='Foobar' id='2'/>"));
        GeneratorDriverRunResult result = Run(Driver(file)).GetRunResult();
        Assert.That(result.Results.Single().Exception, Is.Null);
        Assert.That(result.Diagnostics, Is.Empty);
    }

    [Test]
    public void Files_that_are_no_schema_are_left_alone()
    {
        var other = new XmlFile(new SchemaText("settings.xml", "<settings/>"));
        GeneratorDriverRunResult result = Run(Driver(other)).GetRunResult();
        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(result.GeneratedTrees, Is.Empty);
    }
}
