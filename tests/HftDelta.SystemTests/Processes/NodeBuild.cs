namespace HftDelta.SystemTests.Processes;

/// <summary>Builds of the node that a test can run as processes.</summary>
internal static class NodeBuild
{
    /// <summary>The one that this project was built with.</summary>
    public static string Own { get; } = Path.Combine(AppContext.BaseDirectory, "hftdelta.dll");

    /// <summary>
    /// Debug where this is Release, and the other way round; ends the test as skipped where there is none as new.
    /// </summary>
    public static string Other()
    {
        var other = BuildOutput.Of("engine/HftDelta.Node", "hftdelta.dll", !BuildOutput.IsDebug);
        if (!File.Exists(other) || File.GetLastWriteTimeUtc(other) < File.GetLastWriteTimeUtc(Own))
        {
            Assert.Ignore("the other configuration is not built, or older; dotnet build engine/HftDelta.Node -c Debug");
        }

        return other;
    }
}
