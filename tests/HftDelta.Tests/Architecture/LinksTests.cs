using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Links inside the repository lead somewhere, headings included.</summary>
[CancelAfter(20_000)]
internal sealed partial class LinksTests
{
    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void Every_relative_link_resolves()
    {
        var pages = _tree.Files.Where(file => file.Ending == ".md").ToList();
        Assert.That(pages, Has.Count.GreaterThan(8));
        Offenders.None(pages.SelectMany(page => Broken(page.Path, page.Text)), "links resolve inside the repository");
    }

    [TestCase("[a](../README.md)", ExpectedResult = 0)]
    [TestCase("[a](units.md) and [b](../engine)", ExpectedResult = 0)]
    [TestCase("[a](nowhere.md)", ExpectedResult = 1)]
    [TestCase("[a](../../outside.md)", ExpectedResult = 1)]
    [TestCase("[a](/README.md)", ExpectedResult = 1)]
    [TestCase("[a](allowed-references.md#in-words)", ExpectedResult = 0)]
    [TestCase("[a](allowed-references.md#in-deeds)", ExpectedResult = 1)]
    [TestCase("[a](https://example.org/)", ExpectedResult = 0)]
    [TestCase("```\n[a](nowhere.md)\n```", ExpectedResult = 0)]
    public int A_broken_link_is_found(string text) => Broken("docs/sample.md", text).Count();

    [TestCase("What is *safe*: `disk`, really?", ExpectedResult = "what-is-safe-disk-really")]
    public string A_heading_becomes_an_anchor(string heading) => Anchor(heading);

    private IEnumerable<string> Broken(string path, string text)
    {
        foreach (Match match in Link().Matches(Fence().Replace(text, "")))
        {
            var target = match.Groups[1].Value;
            if (!Scheme().IsMatch(target) && !Leads(path, target))
            {
                yield return $"{path}: {target}";
            }
        }
    }

    private bool Leads(string from, string target)
    {
        var parts = target.Split('#', 2);
        var folder = Path.GetDirectoryName(from) ?? "";
        var full = parts[0].Length == 0
            ? Path.Combine(_tree.Root, from)
            : Path.GetFullPath(Path.Combine(_tree.Root, folder, parts[0]));
        var isOutside = target[0] == '/' || Path.GetRelativePath(_tree.Root, full).StartsWith("..", StringComparison.Ordinal);
        if (isOutside || !Path.Exists(full))
        {
            return false;
        }

        return parts.Length == 1 || (File.Exists(full) && Anchors(full).Contains(parts[1]));
    }

    private static IEnumerable<string> Anchors(string page) =>
        File.ReadLines(page).Where(line => line.StartsWith('#')).Select(line => Anchor(line.TrimStart('#').Trim()));

    private static string Anchor(string heading)
    {
        var kept = heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_');
        return string.Concat(kept).Replace(' ', '-');
    }

    [GeneratedRegex(@"\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
