using HftDelta.Sbe;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>Schemas of exchanges and of the official tool's tests: what it takes we take, what it refuses we refuse.</summary>
[CancelAfter(60_000)]
public sealed class SchemaCorpusTests
{
    public static IEnumerable<string> Accepted =>
        SchemaFiles.OfGrade("must-accept").Concat(SchemaFiles.OfGrade("should-accept"));

    public static IEnumerable<string> Refused =>
        SchemaFiles.OfGrade("must-reject").Concat(SchemaFiles.OfGrade("should-reject"));

    /// <summary>Those whose vectors are not run anyway; the long suite builds every one.</summary>
    public static IEnumerable<string> Built => LongSuite.IsAsked
        ? Accepted
        : Accepted.Where(file => file.Contains("cme-session") || file.Contains("issue") || file.Contains("basic-"));

    [SetUp]
    public void RequireCollection() => SchemaFiles.RequireCollection();

    [TestCaseSource(nameof(Accepted))]
    public void A_valid_schema_is_compiled(string file)
    {
        CompilationResult result = Compile(file);
        Assert.That(result.Problems, Is.Empty);
        Assert.That(result.Files, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Refused))]
    public void A_faulty_schema_is_refused_with_file_line_and_element(string file)
    {
        CompilationResult result = Compile(file);
        Assert.That(result.Problems, Is.Not.Empty);
        Assert.That(result.Files, Is.Empty);
        foreach (SchemaProblem problem in result.Problems)
        {
            Assert.That(problem.Point.File, Does.EndWith(Path.GetFileName(file)));
            Assert.That(problem.Element, Is.Not.Empty);
            Assert.That(problem.Message, Does.Not.Contain("the compiler failed"));
        }

        TestContext.Out.WriteLine(string.Join('\n', result.Problems));
    }

    /// <summary>What may be decided either way is decided here, and said in docs/sbe.md.</summary>
    [TestCase("invalid/enum-value-equals-null-memx-options-risk-v1.7.xml", false)]
    [TestCase("invalid/enum-without-values.xml", false)]
    [TestCase("invalid/length-zero-field.xml", false)]
    [TestCase("invalid/no-messages.xml", false)]
    [TestCase("invalid/unknown-element-in-message.xml", false)]
    [TestCase("invalid/since-version-decreasing.xml", true)]
    [TestCase("valid/fixtrading-examples-v2-rc1.xml", true)]
    public void What_may_be_refused_is_decided(string file, bool accepted)
    {
        Assert.That(SchemaFiles.OfGrade("may-reject"), Does.Contain(file).And.Count.EqualTo(7));
        CompilationResult result = Compile(file);
        Assert.That(result.Files.Count > 0, Is.EqualTo(accepted));
        Assert.That(result.Problems.Count == 0, Is.EqualTo(accepted));
    }

    [Test]
    public void Many_faults_of_one_file_are_told_in_one_run()
    {
        CompilationResult result = Compile(Path.Combine("invalid", "many-message-errors.xml"));
        Assert.That(result.Problems, Has.Count.GreaterThanOrEqualTo(9));
        Assert.That(result.Problems.Select(problem => problem.Point.Line).Distinct().Count(), Is.GreaterThanOrEqualTo(8));
    }

    [TestCaseSource(nameof(Built))]
    public void The_code_of_a_valid_schema_builds_without_warnings(string file)
    {
        MessageSchema schema = SchemaFiles.Parse(SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, file)));
        Assert.That(CompiledSchema.FaultsOf(schema), Is.Empty);
    }

    private static CompilationResult Compile(string file) => SchemaCompiler.Compile(
        SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, file)), SchemaFiles.Resolve,
        static _ => new EmitOptions("Corpus.Generated", "Corpus", "Corpus"));
}
