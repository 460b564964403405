using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>What the editor settings ask of every text file, held by a test because editors differ.</summary>
[CancelAfter(20_000)]
internal sealed class TidyTests
{
    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void Texts_hold_no_tabs() =>
        Offenders.None(
            Texts.Where(file => file.Text.Contains('\t', StringComparison.Ordinal)).Select(file => file.Path),
            "indent by spaces");

    [Test]
    public void Texts_end_with_one_newline() =>
        Offenders.None(
            Texts.Where(file => file.Text.Length > 0)
                .Where(file => !file.Text.EndsWith('\n') || file.Text.EndsWith("\n\n", StringComparison.Ordinal))
                .Select(file => file.Path),
            "a text ends with one newline");

    [Test]
    public void Lines_end_by_newline_alone_and_without_blanks() =>
        Offenders.None(
            Texts.SelectMany(file => file.Lines.Select((line, index) => (file, line, number: index + 1)))
                .Where(at => at.line.Length > 0 && (at.line[^1] is ' ' or '\r'))
                .Select(at => $"{at.file.Path}:{at.number}"),
            "no blanks and no carriage returns at the end of a line");

    [Test]
    public void Scripts_are_executable_and_stop_at_the_first_error()
    {
        Assume.That(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS());
        Offenders.None(
            _tree.Files.Where(file => file.IsIn("scripts") || file.IsIn(".ci") || file.Path == "run-perf.sh")
                .Where(file => file.Text.StartsWith("#!", StringComparison.Ordinal))
                .Where(file => !IsExecutable(file) || !Regex.IsMatch(file.Text, "^set -e", RegexOptions.Multiline))
                .Select(file => file.Path),
            "scripts are executable and say set -e");
    }

    [Test]
    public void The_build_server_runs_the_test_command_of_the_readme()
    {
        var commands = _tree.File(".ci/run").Lines
            .Where(line => line.Length > 0 && line[0] != '#' && !line.StartsWith("set ", StringComparison.Ordinal));
        Assert.That(commands.Single(), Does.EndWith("/scripts/test.sh\""));
        Assert.That(_tree.File("README.md").Text, Does.Contain("scripts/test.sh").And.Contain("scripts/demo.sh"));
    }

    // Lock files are written by NuGet, which ends them without a newline.
    private IEnumerable<SourceFile> Texts => _tree.Texts.Where(file => file.Name is not "packages.lock.json");

    private bool IsExecutable(SourceFile file) =>
        !OperatingSystem.IsWindows()
        && File.GetUnixFileMode(Path.Combine(_tree.Root, file.Path)).HasFlag(UnixFileMode.UserExecute);
}
