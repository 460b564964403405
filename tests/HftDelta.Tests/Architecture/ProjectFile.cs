using System.Xml.Linq;

namespace HftDelta.Tests.Architecture;

/// <summary>What the architecture rules ask of a project file.</summary>
internal sealed record ProjectFile(
    string Path,
    string Name,
    string AssemblyName,
    string RootNamespace,
    IReadOnlyList<ProjectReference> References,
    IReadOnlyList<PackageReference> Packages)
{
    private const string Prefix = "HftDelta.";

    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>Reads the project file at a path relative to the root.</summary>
    public static ProjectFile Read(string path, string text)
    {
        var xml = XDocument.Parse(text);
        var fullName = System.IO.Path.GetFileNameWithoutExtension(path);
        string Property(string name, string otherwise) => xml.Descendants(name).LastOrDefault()?.Value ?? otherwise;
        return new ProjectFile(
            path,
            Short(fullName),
            Property("AssemblyName", fullName),
            Property("RootNamespace", fullName),
            [.. xml.Descendants("ProjectReference").Select(Reference)],
            [.. xml.Descendants("PackageReference").Select(Package)]);
    }

    public static string Short(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    private static ProjectReference Reference(XElement element)
    {
        var include = element.Attribute("Include")!.Value.Replace('\\', '/');
        var asGenerator = (string?)element.Attribute("OutputItemType") == "Analyzer"
            && (string?)element.Attribute("ReferenceOutputAssembly") == "false";
        return new ProjectReference(Short(System.IO.Path.GetFileNameWithoutExtension(include)), asGenerator);
    }

    private static PackageReference Package(XElement element) => new(
        element.Attribute("Include")!.Value,
        element.Attribute("Version") is not null || element.Attribute("VersionOverride") is not null
            || element.Element("Version") is not null || element.Element("VersionOverride") is not null);
}

/// <summary>A project that another one names, as a library or as a source generator.</summary>
internal sealed record ProjectReference(string To, bool IsGenerator);

/// <summary>A package that a project names; its version belongs to Directory.Packages.props.</summary>
internal sealed record PackageReference(string Name, bool HasOwnVersion);
