namespace HftDelta.SystemTests.Processes;

/// <summary>
/// Where this build put its projects: beside their sources, or in one folder (<c>--artifacts-path</c>), as a build with another
/// package has it.
/// </summary>
internal static class BuildOutput
{
    private const string Project = "HftDelta.SystemTests";

    private static readonly DirectoryInfo Own = new(AppContext.BaseDirectory);

    // .../HftDelta.SystemTests/release, or .../HftDelta.SystemTests/bin/Release/net10.0
    private static readonly bool IsOneFolder = Own.Parent!.Name == Project;

    /// <summary>Debug or Release.</summary>
    public static bool IsDebug { get; } =
        (IsOneFolder ? Own.Name : Own.Parent!.Name).Equals("Debug", StringComparison.OrdinalIgnoreCase);

    /// <param name="project">Its folder below the root.</param>
    /// <param name="file">In its output.</param>
    /// <param name="isDebug">Of which configuration.</param>
    public static string Of(string project, string file, bool isDebug)
    {
        var configuration = isDebug ? "Debug" : "Release";
        return IsOneFolder
            ? Path.Combine(Own.Parent!.Parent!.FullName, Path.GetFileName(project), configuration.ToLowerInvariant(), file)
            : Path.Combine(Root(), project, "bin", configuration, Own.Name, file);
    }

    private static string Root()
    {
        var root = Own;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "HftDelta.sln")))
        {
            root = root.Parent;
        }

        return root?.FullName ?? ".";
    }
}
