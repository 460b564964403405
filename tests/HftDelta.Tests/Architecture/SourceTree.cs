using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>
/// The files of the repository as they lie on disk, without what builds and runs leave behind. Read once; the tests of this
/// folder judge them. <c>HFTDELTA_ROOT</c> points the tests at another checkout.
/// </summary>
internal sealed class SourceTree
{
    private static readonly HashSet<string> LeftBehind =
        new(StringComparer.Ordinal) { ".git", ".vs", ".idea", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts" };

    private static readonly HashSet<string> TextEndings = new(StringComparer.Ordinal)
    {
        "", ".cs", ".csproj", ".props", ".targets", ".xml", ".json", ".md", ".sh", ".awk", ".txt",
        ".yml", ".yaml",
    };

    private SourceTree(string root)
    {
        Root = root;
        Files = [.. Walk(root).Select(path => new SourceFile(root, path)).OrderBy(file => file.Path, StringComparer.Ordinal)];
        Projects = [.. Files.Where(file => file.Ending == ".csproj").Select(file => ProjectFile.Read(file.Path, file.Text))];
    }

    public static SourceTree Instance { get; } = new(FindRoot());

    /// <summary>Whether the tree is the one that this assembly was built from.</summary>
    public static bool IsOwn => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HFTDELTA_ROOT"));

    public string Root { get; }

    public IReadOnlyList<SourceFile> Files { get; }

    public IReadOnlyList<ProjectFile> Projects { get; }

    public IEnumerable<SourceFile> Sources => Files.Where(file => file.Ending == ".cs");

    public IEnumerable<SourceFile> Texts => Files.Where(file => TextEndings.Contains(file.Ending) || file.Name[0] == '.');

    public SourceFile File(string path) =>
        Files.SingleOrDefault(file => file.Path == path) ?? throw new FileNotFoundException("not in the tree", path);

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) != ".git" && !file.EndsWith(".user", StringComparison.Ordinal))
            {
                yield return file;
            }
        }

        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            var isOutput = child.EndsWith(Path.Combine("perf", "out"), StringComparison.Ordinal);
            if (isOutput || LeftBehind.Contains(Path.GetFileName(child)))
            {
                continue;
            }

            foreach (var file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        if (!IsOwn)
        {
            return Path.GetFullPath(Environment.GetEnvironmentVariable("HFTDELTA_ROOT")!);
        }

        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no folder above the tests holds HftDelta.sln");
    }
}
