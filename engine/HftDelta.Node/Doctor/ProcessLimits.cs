using System.Globalization;

namespace HftDelta.Node.Doctor;

/// <summary>The soft limits of this process, as /proc/self/limits tells them.</summary>
internal static class ProcessLimits
{
    private const string Limits = "proc/self/limits";

    /// <param name="machine">Where to look.</param>
    /// <param name="name">As the kernel writes it, such as <c>Max open files</c>.</param>
    /// <param name="limit">Unlimited is the greatest number.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryRead(Machine machine, string name, out long limit, out string reason)
    {
        limit = 0;
        if (!machine.TryRead(Limits, out var text, out reason))
        {
            return false;
        }

        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var word = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (word == "unlimited")
        {
            limit = long.MaxValue;
            return true;
        }

        if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out limit))
        {
            return true;
        }

        reason = $"/{Limits} does not tell '{name}'";
        return false;
    }
}
