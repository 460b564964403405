namespace HftDelta.SystemTests.Processes;

/// <summary>The recorded market data: beside the repository, or where HFTDELTA_SHARED says.</summary>
internal static class SharedData
{
    /// <summary>The folder of the data; the test is skipped where there is none.</summary>
    public static string FolderOrSkip()
    {
        var folder = Path.Combine(Root(), "data");
        if (!Directory.Exists(folder))
        {
            Assert.Ignore("recorded data are absent: set HFTDELTA_SHARED to the folder of the shared data");
        }

        return folder;
    }

    private static string Root()
    {
        var configured = Environment.GetEnvironmentVariable("HFTDELTA_SHARED");
        if (!string.IsNullOrEmpty(configured))
        {
            return configured;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null ? "" : Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared"));
    }
}
