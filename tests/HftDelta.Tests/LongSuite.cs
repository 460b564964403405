using System.Globalization;

namespace HftDelta.Tests;

/// <summary>
/// The two sizes of a volume test: one for every change, and a long one that <c>scripts/test.sh --long</c> asks for by
/// setting <c>HFTDELTA_LONG=1</c>. What a long run does is written to the test's output, from which the script prints it.
/// </summary>
public static class LongSuite
{
    /// <summary>Whether the long volumes were asked for.</summary>
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("HFTDELTA_LONG") == "1";

    /// <summary>How many histories, events or rounds to run.</summary>
    public static int Volume(int ci, int @long)
    {
        var volume = IsAsked ? @long : ci;
        Say("volume", volume.ToString("N0", CultureInfo.InvariantCulture));
        return volume;
    }

    /// <summary>
    /// Where random input starts: the test's own seed in a short run, so that it repeats; a new one in a long run, so that
    /// long runs see new input. <c>HFTDELTA_SEED</c> overrides both and repeats a failure.
    /// </summary>
    public static ulong Seed(ulong ci)
    {
        var asked = Environment.GetEnvironmentVariable("HFTDELTA_SEED");
        var seed = !string.IsNullOrEmpty(asked) ? ulong.Parse(asked, CultureInfo.InvariantCulture)
            : IsAsked ? BitConverter.ToUInt64(Guid.NewGuid().ToByteArray())
            : ci;
        Say("seed", seed.ToString(CultureInfo.InvariantCulture));
        return seed;
    }

    private static void Say(string what, string value)
    {
        if (IsAsked)
        {
            NUnit.Framework.TestContext.Out.WriteLine($"{what} {value}");
        }
    }
}
