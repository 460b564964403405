using System.Globalization;
using System.Text.RegularExpressions;
using HftDelta.Engine.Governance;
using HftDelta.Node.Control;
using HftDelta.Tests.Architecture;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Config;

/// <summary>The table of docs/parameters.md says what the engine has: parameters, scopes, rows, units, bounds.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed partial class ParameterTableTests
{
    [Test]
    public void The_documented_table_is_that_of_the_engine()
    {
        var path = Path.Combine(SourceTree.Instance.Root, "docs/parameters.md");
        var documented = File.ReadLines(path).Select(line => Row().Match(line))
            .Where(match => match.Success).ToDictionary(match => match.Groups["name"].Value, Line);
        var catalogued = Enumerable.Range(0, (int)ParameterCatalog.KindsLimit)
            .Where(number => ParameterCatalog.TryFind((ParameterId)number, out _))
            .ToDictionary(number => ((ParameterId)number).ToString(), Line);
        Assert.That(documented.Keys, Is.EquivalentTo(catalogued.Keys));
        foreach (var (name, line) in catalogued)
        {
            Assert.That(documented[name], Is.EqualTo(line));
        }
    }

    [Test]
    public void Every_number_of_the_schema_is_catalogued() => Assert.That(
        Enum.GetValues<ParameterId>().Where(each => each != default && !ParameterCatalog.TryFind(each, out _)), Is.Empty);

    [GeneratedRegex(
        @"^\| (?<number>\d+) \| `(?<name>\w+)` \| (?<scope>[a-z ]+?)(, rows 0 to (?<rows>\d+))? \| (?<unit>[^|]*?) \| "
        + @"(?<minimum>[^|]*?) to (?<maximum>[^|]*?) \| [^|]*\|$")]
    private static partial Regex Row();

    private static string Line(int number)
    {
        ParameterCatalog.TryFind((ParameterId)number, out var facts);
        return $"{number} {(ParameterId)number} {ParameterNames.Of(facts.Scope)} {facts.Rows} {ParameterNames.Of(facts.Unit)} "
            + $"{facts.Minimum} {facts.Maximum}";
    }

    private static string Line(Match row)
    {
        var unit = Enum.GetValues<ParameterUnit>().Select(ParameterNames.Of)
            .Where(name => name.Length > 0 && row.Groups["unit"].Value.StartsWith(name, StringComparison.Ordinal))
            .MaxBy(name => name.Length);
        var rows = row.Groups["rows"].Success ? int.Parse(row.Groups["rows"].Value, CultureInfo.InvariantCulture) + 1 : 1;
        return $"{row.Groups["number"].Value} {row.Groups["name"].Value} {row.Groups["scope"].Value} {rows} {unit} "
            + $"{Number(row.Groups["minimum"].Value)} {Number(row.Groups["maximum"].Value)}";
    }

    /// <summary>As in "-1,000", "2^40", "2^32 - 1", "30 days".</summary>
    private static long Number(string text)
    {
        if (text.EndsWith(" days", StringComparison.Ordinal))
        {
            return Number(text[..^5]) * 86_400 * 1_000_000_000;
        }

        var parts = text.Split(" - ");
        var power = parts[0].Split('^');
        var first = long.Parse(
            power[0], NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return (power.Length == 2 ? 1L << int.Parse(power[1], CultureInfo.InvariantCulture) : first)
            - (parts.Length == 2 ? Number(parts[1]) : 0);
    }
}
