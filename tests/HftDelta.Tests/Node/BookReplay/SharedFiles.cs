using NUnit.Framework;

namespace HftDelta.Tests.Node.BookReplay;

/// <summary>The shared data: beside the repository, or where HFTDELTA_SHARED says.</summary>
internal static class SharedFiles
{
    /// <summary>The path of a shared file. The test is skipped where there is none.</summary>
    public static string PathOrSkip(string relative)
    {
        var path = Path.Combine(Root(), relative);
        if (!File.Exists(path)) Assert.Ignore($"{relative} is absent: set HFTDELTA_SHARED to the folder of the shared data");
        return path;
    }

    private static string Root()
    {
        var configured = Environment.GetEnvironmentVariable("HFTDELTA_SHARED");
        if (!string.IsNullOrEmpty(configured)) return configured;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln"))) folder = folder.Parent;
        return folder == null ? "" : Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared"));
    }
}
