using System.Globalization;

namespace HftDelta.Aeron.Channels;

/// <summary>Sizes such as 64k and durations such as 5s, as channels and settings of the protocol write them.</summary>
public static class ChannelValues
{
    private const long DurationNanosMax = 3_600_000_000_000;
    private const long SizeBytesMax = 1L << 30;

    private static readonly (string Suffix, long Nanos)[] Units =
        [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

    /// <summary>Bytes up to 1 GiB, with the binary suffixes k, m, g in either case; null for anything else.</summary>
    public static int? Size(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var shift = text.Length == 0 ? 0 : text[^1] switch
        {
            'k' or 'K' => 10,
            'm' or 'M' => 20,
            'g' or 'G' => 30,
            _ => 0,
        };
        if (!TryNumber(shift == 0 ? text : text[..^1], SizeBytesMax >> shift, out var number))
        {
            return null;
        }

        return (int)(number << shift);
    }

    /// <summary>Nanoseconds up to one hour, with ns, us, ms, s; without a unit nanoseconds. Null for anything else.</summary>
    public static long? Duration(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (suffix, nanos) in Units)
        {
            // "s" ends the others too, but then a letter is left over and is no number.
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && TryNumber(text[..^suffix.Length], DurationNanosMax / nanos, out var count))
            {
                return count * nanos;
            }
        }

        return TryNumber(text, DurationNanosMax, out var plain) ? plain : null;
    }

    /// <summary>The duration in its largest whole unit.</summary>
    public static string DurationText(long durationNanos)
    {
        var index = Units.Length - 1;
        while (index > 0 && (durationNanos == 0 || durationNanos % Units[index].Nanos != 0))
        {
            index--;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{durationNanos / Units[index].Nanos}{Units[index].Suffix}");
    }

    private static bool TryNumber(string text, long most, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
