using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>See <see cref="BannedWords"/>.</summary>
[CancelAfter(20_000)]
internal sealed class BannedWordsTests
{
    [Test]
    public void No_banned_word_is_in_the_tree() =>
        Offenders.None(SourceTree.Instance.Texts.SelectMany(BannedWords.In), "words that do not enter the repository");

    [TestCase("engine/A.cs", "// TODO later", ExpectedResult = 1)]
    [TestCase("docs/a.md", "FIXME", ExpectedResult = 1)]
    [TestCase("engine/A.cs", "throw new NotImplementedException();", ExpectedResult = 1)]
    [TestCase("perf/A.cs", "var now = DateTime.Now;", ExpectedResult = 1)]
    [TestCase("tests/A.cs", "var random = new Random(1);", ExpectedResult = 1)]
    [TestCase("tests/A.cs", "Thread.Sleep(10);", ExpectedResult = 1)]
    [TestCase("engine/A.cs", "Thread.Sleep(0);", ExpectedResult = 0)]
    [TestCase("tests/A.cs", "await Task.Delay(10);", ExpectedResult = 1)]
    [TestCase("README.md", "see /home/me/file", ExpectedResult = 1)]
    [TestCase("README.md", "see $HOME/.dotnet and docs/work/file", ExpectedResult = 0)]
    [TestCase("engine/A.cs", "var path = \"/tmp/a\";", ExpectedResult = 1)]
    [TestCase("tests/A.cs", "var path = \"/tmp/a\";", ExpectedResult = 0)]
    [TestCase("engine/A.cs", "// the hackneyed", ExpectedResult = 0)]
    public int A_banned_word_is_found(string path, string text) => BannedWords.In(SourceFile.Sample(path, text)).Count();
}
