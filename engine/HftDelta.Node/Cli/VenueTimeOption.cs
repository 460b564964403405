using System.CommandLine;
using System.Globalization;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary>A moment of the venue's clock: date and time of ISO 8601, UTC unless they say otherwise, or nanoseconds.</summary>
internal static class VenueTimeOption
{
    private const int FractionDigitsMax = 9;
    private const ulong NanosPerSecond = 1_000_000_000;
    private const string Last = "2554-07-21T23:34:33.709551615Z";

    public static Option<TimeNanos?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text, out var time))
            {
                return time;
            }

            result.AddError(
                $"{name} {text}: must be a time such as 2026-03-26T08:00:00.123456789Z, or nanoseconds since 1970, "
                + $"and not after {Last}, where the venue's clock ends.");
            return null;
        },
    };

    public static bool TryParse(string text, out TimeNanos time)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var nanos))
        {
            time = new TimeNanos(nanos);
            return true;
        }

        time = default;

        // The library keeps seven digits of a fraction, the venue nine.
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var end = point < 0 ? -1 : point + 1;
        while (end > 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        var digits = point < 0 ? "" : text[(point + 1)..end];
        if (digits.Length > FractionDigitsMax || (point >= 0 && digits.Length == 0)
            || !text.Contains('T', StringComparison.Ordinal)
            || !DateTimeOffset.TryParse(
                point < 0 ? text : text[..point] + text[end..], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var whole)
            || whole < DateTimeOffset.UnixEpoch)
        {
            return false;
        }

        var fraction = digits.Length == 0
            ? 0
            : ulong.Parse(digits.PadRight(FractionDigitsMax, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        var sinceEpoch = ((UInt128)whole.ToUnixTimeSeconds() * NanosPerSecond) + fraction;
        if (sinceEpoch > ulong.MaxValue)
        {
            return false;
        }

        time = new TimeNanos((ulong)sinceEpoch);
        return true;
    }
}
