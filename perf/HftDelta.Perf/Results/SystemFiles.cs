namespace HftDelta.Perf.Results;

/// <summary>What the system tells about itself in files. A system that is not Linux, or a container, may hide them.</summary>
internal static class SystemFiles
{
    /// <summary>The first line that begins so; null where there is none.</summary>
    public static string? FirstLine(string path, string beginning = "")
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
