using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>See <see cref="TestShape"/>.</summary>
[CancelAfter(30_000)]
internal sealed class TestShapeTests
{
    private readonly List<SourceFile> _tests = [.. SourceTree.Instance.Sources.Where(file => file.IsIn("tests"))];

    [Test]
    public void Every_fixture_has_a_time_limit() =>
        Offenders.None(TestShape.Unlimited(_tests), "a fixture or each of its tests has [CancelAfter]");

    [Test]
    public void Names_of_tests_are_sentences() =>
        Offenders.None(_tests.SelectMany(TestShape.NotSentences), "a test has a sentence for a name: Two_and_two_make_four");

    [Test]
    public void No_test_is_switched_off() =>
        Offenders.None(_tests.SelectMany(TestShape.SwitchedOff), "a test runs, or it skips itself for want of data and says so");

    [Test]
    public void No_test_is_empty() => Offenders.None(_tests.SelectMany(TestShape.Empty), "a test does something");

    [TestCase("[CancelAfter(1)] class A { [Test] public void A_b() { } }", ExpectedResult = 0)]
    [TestCase("class A { [Test, CancelAfter(1)] public void A_b() { } }", ExpectedResult = 0)]
    [TestCase("class A { [Test] public void A_b() { } }", ExpectedResult = 1)]
    [TestCase("class A { [Test] [CancelAfter(1)] public void A_b() { } [Test] public void C_d() { } }", ExpectedResult = 1)]
    [TestCase("[CancelAfter(1)] partial class A;  partial class A { [Test] public void A_b() { } }", ExpectedResult = 0)]
    [TestCase("class A { public void Helper() { } }", ExpectedResult = 0)]
    public int A_fixture_without_a_limit_is_found(string text) =>
        TestShape.Unlimited([SourceFile.Sample("A.cs", text)]).Count();

    [TestCase("class A { [Test] public void Works() { } }", ExpectedResult = 1)]
    [TestCase("class A { [NUnit.Framework.TestAttribute] public void Works() { } }", ExpectedResult = 1)]
    [TestCase("class A { [Test] public void It_works() { } void Helper() { } }", ExpectedResult = 0)]
    public int A_name_that_is_no_sentence_is_found(string text) =>
        TestShape.NotSentences(SourceFile.Sample("A.cs", text)).Count();

    [TestCase("[Ignore(\"later\")] class A;", ExpectedResult = 1)]
    [TestCase("class A { [Test, Explicit] public void A_b() { } }", ExpectedResult = 1)]
    [TestCase("class A { [Test] public void A_b() { Assert.Ignore(\"no data\"); } }", ExpectedResult = 0)]
    public int A_test_that_is_switched_off_is_found(string text) =>
        TestShape.SwitchedOff(SourceFile.Sample("A.cs", text)).Count();

    [TestCase("class A { [Test] public void A_b() { } }", ExpectedResult = 1)]
    [TestCase("class A { [Test] public void A_b() => Run(); }", ExpectedResult = 0)]
    public int An_empty_test_is_found(string text) => TestShape.Empty(SourceFile.Sample("A.cs", text)).Count();
}
