using HftDelta.Node.BookReplay;

namespace HftDelta.Node.Demo.Data;

/// <summary>
/// Finds the files of a folder of recorded market data by their patterns, so that other days of the same layout work.
/// </summary>
public static class DataFolder
{
    /// <summary>The file whose name is the last of those that fit: names that hold a date end with the newest.</summary>
    /// <param name="folder">The folder that was named.</param>
    /// <param name="patterns">
    /// Paths within it, in the order in which they are tried; <c>*</c> stands for anything in a name.
    /// </param>
    /// <exception cref="ReplayInputException">None fits.</exception>
    public static string LastOf(string folder, params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        foreach (var pattern in patterns)
        {
            if (Matching(folder, pattern).Order(StringComparer.Ordinal).LastOrDefault() is { } last)
            {
                return last;
            }
        }

        throw NotFound(folder, patterns);
    }

    /// <summary>The largest of the files that fit; of equals the first by name.</summary>
    /// <exception cref="ReplayInputException">None fits.</exception>
    public static string LargestOf(string folder, params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var files = patterns.SelectMany(pattern => Matching(folder, pattern))
            .OrderByDescending(path => new FileInfo(path).Length).ThenBy(path => path, StringComparer.Ordinal);
        return files.FirstOrDefault() ?? throw NotFound(folder, patterns);
    }

    private static string[] Matching(string folder, string pattern)
    {
        try
        {
            var inside = Path.Combine(folder, Path.GetDirectoryName(pattern) ?? "");
            return Directory.Exists(inside) ? Directory.GetFiles(inside, Path.GetFileName(pattern)) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ReplayInputException($"{folder}: cannot be read: {fault.Message}", fault);
        }
    }

    private static ReplayInputException NotFound(string folder, string[] patterns) =>
        ReplayInputException.In(folder, Directory.Exists(folder)
            ? $"no file like {string.Join(" or ", patterns)}"
            : $"there is no such directory; files like {string.Join(" or ", patterns)} were looked for in it");
}
