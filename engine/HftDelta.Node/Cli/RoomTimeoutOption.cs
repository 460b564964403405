using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>The one <c>--room-timeout</c> option of all verbs that run a venue.</summary>
public static class RoomTimeoutOption
{
    private const double SecondsMax = 86_400;

    public static TimeSpan Default { get; } = TimeSpan.FromSeconds(10);

    public static Option<double> Create() => new("--room-timeout")
    {
        Description = "Seconds that the venue stands still when the disk is full; then it ends with exit code 10.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => Default.TotalSeconds,
    };

    /// <exception cref="OperatorException">Out of range.</exception>
    public static TimeSpan Of(double seconds) => seconds is >= 0 and <= SecondsMax
        ? TimeSpan.FromSeconds(seconds)
        : throw new OperatorException(
            1007, ExitCode.Usage, $"--room-timeout {seconds}: must be from 0 to {SecondsMax}", "choose another one");
}
