using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>The <c>--cancel-reserve</c> option, and what it means for segments of a length.</summary>
public static class CancelReserveOption
{
    private const int RangeError = 1058;
    private const double BytesPerMebibyte = 1 << 20;

    public static Option<double?> Create() => new("--cancel-reserve")
    {
        Description = "MiB of the journal that are kept for cancels and operators when the disk is full; at most half a segment. "
            + "Without it: a quarter of a segment.",
        HelpName = "MIB",
    };

    /// <exception cref="OperatorException">Not a size.</exception>
    public static long? Of(double? mebibytes) => mebibytes switch
    {
        null => null,
        >= 0 and <= 1_024 => (long)(mebibytes.Value * BytesPerMebibyte),
        _ => throw Refuse($"--cancel-reserve {mebibytes}: must be from 0 to 1024"),
    };

    /// <exception cref="OperatorException">
    /// More than is left of a segment when the next one is asked for, which is half of it.
    /// </exception>
    public static long BytesFor(long? wantedBytes, long segmentBytes)
    {
        var bytes = wantedBytes ?? segmentBytes / 4;
        return bytes >= 0 && bytes <= segmentBytes / 2
            ? bytes
            : throw Refuse($"a reserve for cancels of {bytes:N0} bytes: half a segment has {segmentBytes / 2:N0}");
    }

    /// <summary>What is kept when nothing was asked for.</summary>
    public static double DefaultMebibytes(long segmentBytes) => BytesFor(null, segmentBytes) / BytesPerMebibyte;

    private static OperatorException Refuse(string words) => new(RangeError, ExitCode.Usage, words, "choose another one");
}
