using System.Globalization;

namespace HftDelta.Node.Cli;

/// <summary>Data for people: one <c>name value</c> pair a line, aligned, the same on a terminal and in a file.</summary>
internal static class TextOutput
{
    private const int NameColumns = 24;

    public static void Line(TextWriter output, string name, string value) =>
        output.WriteLine($"{name.PadRight(NameColumns)} {value}");

    public static void Line(TextWriter output, string name, long value) => Line(output, name, Number(value));

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double value, int decimals) =>
        value.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    /// <summary>Nanoseconds since 1970 as a date, to the nanosecond.</summary>
    public static string Time(ulong nanos)
    {
        var seconds = (long)(nanos / 1_000_000_000);
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{time}.{nanos % 1_000_000_000:D9}Z");
    }
}
