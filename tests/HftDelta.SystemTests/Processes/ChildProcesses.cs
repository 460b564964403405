using System.Diagnostics;
using System.Globalization;

namespace HftDelta.SystemTests.Processes;

/// <summary>The children of a process, found by its id in the list that Linux keeps.</summary>
internal static class ChildProcesses
{
    /// <summary>A child, with its arguments separated by blanks.</summary>
    internal readonly record struct Child(int Id, string CommandLine);

    public static IReadOnlyList<Child> Of(int parentId)
    {
        var found = new List<Child>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ParentOf(folder) == parentId)
            {
                found.Add(new Child(id, TextOf(Path.Combine(folder, "cmdline")).Replace('\0', ' ')));
            }
        }

        return found;
    }

    public static bool IsAlive(int id) => ParentOf($"/proc/{id}") != 0;

    /// <summary>Ends one process by its id.</summary>
    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <returns>0 when there is no such process any more, or it has ended and nobody has asked how.</returns>
    private static int ParentOf(string folder)
    {
        // "id (name) state parent ...": the name may hold blanks and brackets.
        var text = TextOf(Path.Combine(folder, "stat"));
        var end = text.LastIndexOf(')');
        if (end < 0)
        {
            return 0;
        }

        var fields = text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[0] == "Z" ? 0 : int.Parse(fields[1], CultureInfo.InvariantCulture);
    }

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
