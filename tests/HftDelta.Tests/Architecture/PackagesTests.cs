using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Packages are pinned in one file and locked in every project; the solution holds every project.</summary>
[CancelAfter(20_000)]
internal sealed partial class PackagesTests
{
    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void Versions_are_exact() =>
        Offenders.None(
            Pinned().Where(package => !IsExact(package.Value)).Select(package => $"{package.Key} {package.Value}"),
            "a version that floats restores something else tomorrow");

    [TestCase("5.0.0", ExpectedResult = true)]
    [TestCase("1.2.3-preview.4", ExpectedResult = true)]
    [TestCase("5.*", ExpectedResult = false)]
    [TestCase("*", ExpectedResult = false)]
    [TestCase("[5.0.0,)", ExpectedResult = false)]
    [TestCase("", ExpectedResult = false)]
    public bool A_floating_version_is_told_from_an_exact_one(string version) => IsExact(version);

    [Test]
    public void Projects_name_packages_without_versions_of_their_own()
    {
        var pinned = Pinned();
        var named = _tree.Projects.SelectMany(project => project.Packages.Select(package => (project, package))).ToList();
        Offenders.None(
            named.Where(at => at.package.HasOwnVersion || !pinned.ContainsKey(at.package.Name))
                .Select(at => $"{at.project.Path}: {at.package.Name}"),
            "versions stand in Directory.Packages.props");
    }

    [Test]
    public void Every_project_has_a_lock_file_that_holds_its_packages_at_the_pinned_versions()
    {
        Assert.That(_tree.File("Directory.Build.props").Text, Does.Contain("<RestorePackagesWithLockFile>true<"));
        var pinned = Pinned();
        var offenders = new List<string>();
        foreach (var project in _tree.Projects)
        {
            var path = project.Folder + "/packages.lock.json";
            if (_tree.Files.All(file => file.Path != path))
            {
                offenders.Add($"{path} is missing");
                continue;
            }

            var locked = Locked(_tree.File(path).Text);
            offenders.AddRange(project.Packages
                .Where(package => locked.GetValueOrDefault(package.Name) != pinned.GetValueOrDefault(package.Name, "not pinned"))
                .Select(package => $"{path}: {package.Name} is {locked.GetValueOrDefault(package.Name, "not there")}"));
        }

        Offenders.None(offenders, "lock files are committed and current (dotnet restore HftDelta.sln)");
    }

    [Test]
    public void The_solution_holds_every_project_and_no_other()
    {
        var lines = SolutionLine().Matches(_tree.File("HftDelta.sln").Text);
        var listed = lines.Select(line => line.Groups[1].Value.Replace('\\', '/')).ToList();
        var present = _tree.Projects.Select(project => project.Path).ToList();
        Offenders.None(present.Except(listed).Select(path => $"{path} is not in the solution"), "the solution is complete");
        Offenders.None(listed.Except(present).Select(path => $"{path} is not there"), "the solution names what is there");
    }

    [Test]
    public void The_toolchain_is_a_released_one_of_version_10()
    {
        using var settings = JsonDocument.Parse(_tree.File("global.json").Text);
        var sdk = settings.RootElement.GetProperty("sdk");
        Assert.That(sdk.GetProperty("version").GetString(), Does.StartWith("10.0."));
        Assert.That(sdk.GetProperty("rollForward").GetString(), Is.EqualTo("latestFeature"));
        Assert.That(sdk.GetProperty("allowPrerelease").GetBoolean(), Is.False);
    }

    private Dictionary<string, string> Pinned() =>
        XDocument.Parse(_tree.File("Directory.Packages.props").Text).Descendants("PackageVersion")
            .ToDictionary(
                package => package.Attribute("Include")!.Value,
                package => (string?)package.Attribute("Version") ?? "",
                StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, string> Locked(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() == "Direct")
            .DistinctBy(package => package.Name)
            .ToDictionary(
                package => package.Name,
                package => package.Value.GetProperty("resolved").GetString() ?? "",
                StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsExact(string version) => Exact().IsMatch(version);

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex Exact();

    [GeneratedRegex(@"^Project\([^)]*\) = ""[^""]*"", ""([^""]*\.csproj)""", RegexOptions.Multiline)]
    private static partial Regex SolutionLine();
}
