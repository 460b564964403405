using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using HftDelta.Node.Schemas.Comparison;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>The rules of gateway/schema/CHANGES.md: a schema understands, and is understood by, the last released one.</summary>
[CancelAfter(20_000)]
public sealed partial class SchemaEvolutionTests
{
    private static string Folder => Path.Combine(SchemaFiles.Repository, "gateway", "schema");

    private static string Changes => File.ReadAllText(Path.Combine(Folder, "CHANGES.md"));

    [TestCase("hftdelta")]
    [TestCase("internal")]
    public void A_schema_is_compatible_with_the_last_released_one(string name)
    {
        MessageSchema released = SchemaFiles.Parse(SchemaFiles.Read(LastRelease(name)));
        MessageSchema current = SchemaFiles.Parse(SchemaFiles.Product(name + ".xml"));
        IEnumerable<string> broken = SchemaComparison.Compare(released, current)
            .Where(change => change.Kind is ChangeKind.Breaks or ChangeKind.Renames)
            .Select(change => $"{change.Element}: {change.What}");
        Assert.That(broken, Is.Empty, "gateway/schema/CHANGES.md says what may change and how");
        Assert.That(current.Version, Is.InRange(released.Version, released.Version + 1), "one version a release");
    }

    [TestCase("hftdelta")]
    [TestCase("internal")]
    public void A_version_that_is_not_released_is_described(string name)
    {
        int released = SchemaFiles.Parse(SchemaFiles.Read(LastRelease(name))).Version;
        int current = SchemaFiles.Parse(SchemaFiles.Product(name + ".xml")).Version;
        string open = Changes[Changes.IndexOf("## Not released yet", StringComparison.Ordinal)..];
        Assert.That(open.Contains($"{name} version {current}", StringComparison.Ordinal), Is.EqualTo(current > released),
            $"'## Not released yet' of CHANGES.md names '{name} version {current}' when, and only when, it is not released");
    }

    /// <summary>Codecs that the official tool makes for Java have these methods themselves.</summary>
    [TestCase("hftdelta")]
    [TestCase("internal")]
    public void No_name_is_a_member_of_official_codecs(string name)
    {
        string[] taken = ["limit", "buffer", "offset", "encodedLength", "wrap", "toString", "hashCode", "next"];
        MessageSchema schema = SchemaFiles.Parse(SchemaFiles.Product(name + ".xml"));
        IEnumerable<string> names = schema.Messages.SelectMany(message => message.Fields.Select(field => field.Name)
            .Concat(message.Groups.SelectMany(group => group.Fields.Select(field => field.Name).Append(group.Name)))
            .Select(field => char.ToLowerInvariant(field[0]) + field[1..]));
        Assert.That(names.Intersect(taken), Is.Empty);
    }

    [Test]
    public void Released_copies_are_those_that_were_released()
    {
        Dictionary<string, string> listed = Row().Matches(Changes)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Dictionary<string, string> kept = Directory.GetFiles(Path.Combine(Folder, "released")).ToDictionary(
            path => Path.GetFileName(path), path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        Assert.That(kept, Is.EquivalentTo(listed));
        Assert.That(kept, Is.Not.Empty);
    }

    private static string LastRelease(string name) =>
        Directory.GetFiles(Path.Combine(Folder, "released"), name + "-v*.xml")
            .MaxBy(path => int.Parse(Version().Match(path).Groups[1].Value, CultureInfo.InvariantCulture))!;

    [GeneratedRegex(@"-v(\d+)\.xml$")]
    private static partial Regex Version();

    [GeneratedRegex(@"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
