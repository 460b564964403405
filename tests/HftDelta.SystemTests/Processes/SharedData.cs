namespace HftDelta.SystemTests.Processes;

/// <summary>Recorded market data and schemas: beside the repository, or where HFTDELTA_SHARED says.</summary>
internal static class SharedData
{
    /// <summary>The folder of the data; the test is skipped where there is none.</summary>
    public static string FolderOrSkip(string name = "data")
    {
        var folder = Path.Combine(Root(), name);
        if (!Directory.Exists(folder))
        {
            Assert.Ignore($"{name} of the shared data is absent: set HFTDELTA_SHARED to the folder of the shared data");
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
