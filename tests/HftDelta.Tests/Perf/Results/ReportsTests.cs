using System.Text.RegularExpressions;
using System.Xml.Linq;
using HftDelta.Perf;
using HftDelta.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Results;

[CancelAfter(20_000)]
internal sealed partial class ReportsTests
{
    private static readonly string Page = HtmlReport.Write(SampleRun.Summary());

    [Test]
    public void The_page_is_well_formed_and_has_a_plot_of_each_kind()
    {
        var page = Parse(Page);
        var titles = page.Descendants("figcaption").Select(caption => caption.Value).ToArray();
        Assert.That(titles, Is.EqualTo(new[]
        {
            "bare; ours", "wire: latency by the rate that was offered", "wire over time, interval by interval",
            "memory, by time", "a command, by accounts",
        }));
        Assert.That(page.Descendants("figure").Elements("svg").Count(), Is.EqualTo(titles.Length));
        Assert.That(page.Descendants("td").Select(cell => cell.Value), Has.Some.EqualTo("subject"));
        Assert.That(page.Descendants("li").Select(item => item.Value), Has.Some.EqualTo("a note with \"marks\" & <signs>"));
    }

    /// <summary>What a page would load: it must be readable without a network, years later.</summary>
    [Test]
    public void The_page_asks_for_nothing_from_outside()
    {
        var page = Parse(Page);
        string[] loading = ["script", "link", "img", "iframe", "object", "embed", "image", "use"];
        Assert.That(page.Descendants().Select(element => element.Name.LocalName).Intersect(loading), Is.Empty);
        var targets = page.Descendants().Attributes().Where(at => at.Name.LocalName is "href" or "src" or "action" or "data");
        Assert.That(targets.Select(at => at.Value), Is.All.StartsWith("#"));
        Assert.That(Page, Does.Not.Match(@"url\(|@import|https?://"));
    }

    [Test]
    public void Every_class_of_a_picture_has_a_style()
    {
        var classes = Parse(Page).Descendants("svg").DescendantsAndSelf().Attributes("class")
            .SelectMany(at => at.Value.Split(' ')).Distinct();
        Assert.That(classes.Where(name => name is not ("name" or "mark" or "solid"))
            .Where(name => !HtmlStyle.Text.Contains("." + name, StringComparison.Ordinal)), Is.Empty);
        Assert.That(HtmlStyle.Text, Does.Contain("prefers-color-scheme: dark").And.Contain("@media print"));
    }

    [Test]
    public void What_a_reader_must_know_stands_beside_each_table()
    {
        var facts = ReportWords.OfSuite(SampleRun.Summary().Suites[0]).ToDictionary(fact => fact.Name, fact => fact.Value);
        Assert.That(facts.Keys, Is.EqualTo(new[]
        {
            "loop", "rate", "mix", "durability", "threads", "transport", "machine", "hiccups", "garbage",
        }));
        Assert.That(facts["machine"], Does.Contain("load average 0.50 before, 1.50 after").And.Contain("25.0 % of the processors")
            .And.Contain("1.0 % (steal)"));
        Assert.That(facts["hiccups"], Does.Contain("lost 3.1 %, longest 2.5 ms"));
        Assert.That(facts["garbage"], Does.Contain("collections 0/0/0"));
    }

    [Test]
    public void Markdown_tables_have_as_many_cells_in_each_line()
    {
        var text = MarkdownReport.Write(SampleRun.Summary(new SuiteRow("a|b", "ns", 1)));
        var tables = Regex.Split(text, @"\n\n").Where(block => block.StartsWith('|')).ToArray();
        Assert.That(tables, Has.Length.EqualTo(5));
        foreach (var table in tables)
        {
            var widths = table.TrimEnd().Split('\n').Select(line => Cell().Count(line)).Distinct();
            Assert.That(widths.Count(), Is.EqualTo(1), table);
        }

        Assert.That(text, Does.Contain("| subject | 15.5 | ns | 10 | 1.55 |"));
        Assert.That(text, Does.Contain("under 0.1: holds"));
        Assert.That(text, Does.Contain("| money | 0 | 0 | holds |").And.Contain("| at most 8 MiB | FAILED |"));
    }

    [Test]
    public void Every_suite_says_how_it_measures() =>
        Assert.That(Suites.All.Where(suite => suite.Setting is null).Select(suite => suite.Name), Is.Empty);

    private static XElement Parse(string page) => XDocument.Parse(page["<!DOCTYPE html>\n".Length..]).Root!;

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cell();
}
