namespace HftDelta.Node.Doctor;

/// <summary>A line of /proc/self/mountinfo: which file system a directory is on.</summary>
/// <param name="Device">Major and minor number, such as <c>254:0</c>.</param>
/// <param name="Point">Where it is mounted.</param>
/// <param name="FileSystem">Its kind, such as <c>ext4</c>.</param>
/// <param name="Source">What is mounted, such as <c>/dev/nvme0n1p1</c>.</param>
internal sealed record Mount(string Device, string Point, string FileSystem, string Source)
{
    private const string Table = "proc/self/mountinfo";

    /// <summary>The mount of a directory: the deepest one above it, and of those at one place the last.</summary>
    public static Mount? Of(Machine machine, string directory, out string reason)
    {
        if (!machine.TryRead(Table, out var text, out reason))
        {
            return null;
        }

        Mount? found = null;
        foreach (var line in text.Split('\n'))
        {
            if (Parse(line) is { } mount && Holds(mount.Point, directory)
                && (found is null || mount.Point.Length >= found.Point.Length))
            {
                found = mount;
            }
        }

        reason = found is null ? $"/{Table} does not tell where {directory} is" : "";
        return found;
    }

    // number parent device root point options [tags] - kind source options
    private static Mount? Parse(string line)
    {
        var words = line.Split(' ');
        var dash = Array.IndexOf(words, "-");
        return words.Length > 5 && dash > 5 && dash + 2 < words.Length
            ? new Mount(words[2], Unescape(words[4]), words[dash + 1], Unescape(words[dash + 2]))
            : null;
    }

    private static bool Holds(string point, string directory) =>
        point == "/" || directory == point || directory.StartsWith($"{point}/", StringComparison.Ordinal);

    private static string Unescape(string word) => word
        .Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\134", @"\", StringComparison.Ordinal);
}
