using HftDelta.Node.Cli;
using HftDelta.Tests.Node.Cli;
using HftDelta.Tests.Sbe;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Schemas;

/// <summary><c>hftdelta schema compile</c>: all files or none, and a refusal that says where and what to do.</summary>
[CancelAfter(60_000)]
public sealed class CompileTests
{
    private SchemaFolder _folder = null!;

    public static IEnumerable<string> Refused =>
        SchemaFiles.OfGrade("must-reject").Concat(SchemaFiles.OfGrade("should-reject"));

    public static IEnumerable<string> Accepted =>
        SchemaFiles.OfGrade("must-accept").Concat(SchemaFiles.OfGrade("should-accept"));

    [SetUp]
    public void MakeFolder() => _folder = new SchemaFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_schema_becomes_files_in_the_namespace_asked_for()
    {
        var run = Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("a/b"), "--namespace", "Some.Codecs");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(File.ReadAllText(_folder.Path("a/b/Some.Codecs.Ping.g.cs")), Does.Contain("namespace Some.Codecs"));
        Assert.That(_folder.Everything(), Has.Member("a/b/SbeSupport.g.cs"));
        Assert.That(_folder.Everything(), Has.None.Contains(".new-").And.None.Contains(".old-"));
    }

    [Test]
    public void Without_a_namespace_the_package_is_it()
    {
        var run = Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out"), "--output", "json");
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.schema.compile/1"));
        Assert.That(run.Json.GetProperty("written").EnumerateArray().Select(one => one.GetString()),
            Has.Member("Test.Ping.g.cs"));
    }

    [Test]
    public void Files_of_the_last_compilation_give_way_and_others_stay()
    {
        _folder.Write("out/Own.csproj", "<Project/>");
        _folder.Write("out/Own.g.cs", "// somebody else's generator");
        Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out"));
        var second = _folder.Schema("<message name='Pong' id='1'><field name='n' id='1' type='int64'/></message>");
        var run = Run.Of("schema", "compile", second, "--out", _folder.Path("out"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(_folder.Everything(), Is.EqualTo(new[]
        {
            "out", "out/Own.csproj", "out/Own.g.cs", "out/SbeSupport.g.cs", "out/Test.Pong.g.cs", "out/Test.TestPrinter.g.cs",
            "out/Test.TestSchema.g.cs", "schema.xml",
        }));
    }

    [Test]
    public void A_schema_that_went_bad_leaves_the_last_compilation_whole()
    {
        Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out"));
        var before = _folder.Everything();
        var bad = _folder.Schema("<message name='Ping' id='1'><field name='n' id='1' type='nothing'/></message>");
        var run = Run.Of("schema", "compile", bad, "--out", _folder.Path("out"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        int line = 1 + Array.FindIndex(File.ReadAllLines(bad), text => text.Contains("nothing", StringComparison.Ordinal));
        Assert.That(run.Error, Does.Contain($"{bad}({line},").And.Contain("field 'n'").And.Contain("nothing was written"));
        Assert.That(_folder.Everything(), Is.EqualTo(before));
    }

    [Test]
    public void A_file_in_the_way_that_is_not_ours_undoes_everything()
    {
        Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out"));
        _folder.Write("out/Test.Pong.g.cs", "// mine");
        var before = _folder.Everything();
        var run = Run.Of("schema", "compile",
            _folder.Schema("<message name='Pong' id='1'/>"), "--out", _folder.Path("out"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("HD2803"));
        Assert.That(_folder.Everything(), Is.EqualTo(before));
        Assert.That(File.ReadAllText(_folder.Path("out/Test.Pong.g.cs")), Is.EqualTo("// mine"));
    }

    [Test]
    public void A_file_where_the_folder_should_be_is_told()
    {
        _folder.Write("out", "");
        var run = Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out/deep/er"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("HD2803").And.Contain("nothing was changed"));
        Assert.That(_folder.Everything(), Is.EqualTo(new[] { "out", "schema.xml" }));
    }

    [TestCase("a b")]
    [TestCase("Some.class")]
    [TestCase("1x")]
    [TestCase("A..B")]
    public void A_namespace_that_is_none_is_refused(string target)
    {
        var run = Run.Of("schema", "compile", _folder.Schema(), "--out", _folder.Path("out"), "--namespace", target);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("HD2802"));
        Assert.That(Directory.Exists(_folder.Path("out")), Is.False);
    }

    [Test]
    public void Includes_are_found_beside_the_file_that_names_them()
    {
        const string xi = "xmlns:xi='http://www.w3.org/2001/XInclude'";
        _folder.Write("types/a.xml", $"<types {xi}><xi:include href='../more/b.xml'/></types>");
        _folder.Write("more/b.xml", "<type name='B' primitiveType='int32'/>");
        var text = TestSchemas.Of("<message name='M' id='1'><field name='b' id='1' type='B'/></message>").Content
            .Replace("<messageSchema ", $"<messageSchema {xi} ")
            .Replace("<types>", "<xi:include href='types/a.xml'/><types>");
        var run = Run.Of("schema", "check", _folder.Write("schema.xml", text));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        _folder.Write("more/b.xml", "<type name='B' primitiveType='int33'/>");
        var bad = Run.Of("schema", "check", _folder.Path("schema.xml"));
        Assert.That(bad.Error, Does.Contain($"{_folder.Path("more/b.xml")}(1,2): type 'B'"));
    }

    [Test]
    public void An_include_that_cannot_be_read_is_told_with_its_reason()
    {
        const string xi = "xmlns:xi='http://www.w3.org/2001/XInclude'";
        var text = TestSchemas.Of("<message name='M' id='1'/>").Content
            .Replace("<messageSchema ", $"<messageSchema {xi} ")
            .Replace("<types>", "<xi:include href='no.xml'/><types>");
        File.WriteAllBytes(_folder.Path("no.xml"), [(byte)'<', (byte)'t', 0xff, (byte)'>']);
        var run = Run.Of("schema", "check", _folder.Write("schema.xml", text));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("no.xml(1,1): document: cannot be read"));
    }

    [Test]
    public void Schemas_are_read_in_the_encoding_that_they_declare()
    {
        var content = TestSchemas.Of("<message name='M' id='1' description='Größe'/>").Content;
        File.WriteAllText(_folder.Path("latin.xml"), Declared("ISO-8859-1") + content, System.Text.Encoding.Latin1);
        File.WriteAllText(_folder.Path("wide.xml"), Declared("UTF-16") + content, System.Text.Encoding.Unicode);
        Assert.Multiple(() =>
        {
            Assert.That(Run.Of("schema", "show", _folder.Path("latin.xml")).Output, Does.Contain("Größe"));
            Assert.That(Run.Of("schema", "show", _folder.Path("wide.xml")).Output, Does.Contain("Größe"));
        });
    }

    private static string Declared(string encoding) => $"<?xml version='1.0' encoding='{encoding}'?>\n";

    [TestCaseSource(nameof(Refused))]
    public void A_faulty_schema_is_refused_in_words_and_leaves_nothing(string file)
    {
        SchemaFiles.RequireCollection();
        var run = Run.Of("schema", "compile", Path.Combine(SchemaFiles.Collection, file), "--out", _folder.Path("out"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(_folder.Everything(), Is.Empty);
        Assert.That(run.Error, Does.Match($@"{Path.GetFileName(file)}\(\d+,\d+\): \w+").And.Contain("next:"));
    }

    [TestCaseSource(nameof(Accepted))]
    public void A_good_schema_is_shown_and_equals_itself(string file)
    {
        SchemaFiles.RequireCollection();
        var path = Path.Combine(SchemaFiles.Collection, file);
        Assert.That(Run.Of("schema", "check", path).ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(Run.Of("schema", "show", path).Output, Does.Contain("## Header"));
        var tables = Run.Of("schema", "show", path, "--format", "json").Json;
        Assert.That(tables.GetProperty("messages").GetArrayLength(), Is.Positive);
        var diff = Run.Of("schema", "diff", path, path);
        Assert.That(diff.Output, Is.EqualTo("compatible: nothing changed\n"));
    }
}
