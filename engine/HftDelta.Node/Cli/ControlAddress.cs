using System.CommandLine;
using HftDelta.Node.Control;

namespace HftDelta.Node.Cli;

/// <summary>Where a running venue is asked and for how long, for all verbs that ask one.</summary>
internal static class ControlAddress
{
    /// <summary>Names the socket when no option does.</summary>
    public const string SocketVariable = "HFTDELTA_CONTROL";

    private const int NoVenueError = 1026;
    private const int TimeoutError = 1027;
    private const double SecondsMin = 0.1;
    private const double SecondsMax = 3_600;

    public static Option<string?> Journal() => new("--journal")
    {
        Description = "The directory of the venue's journal, where its control socket is.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<string?> Control() => new("--control")
    {
        Description = $"The control socket, when it is elsewhere; otherwise ${SocketVariable}.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static Option<double> Timeout() => new("--timeout")
    {
        Description = "The answer must have come within this; then exit code 4.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
        Recursive = true,
    };

    public static int MillisOf(ParseResult result, Option<double> timeout)
    {
        var seconds = result.GetValue(timeout);
        return seconds is >= SecondsMin and <= SecondsMax
            ? (int)(seconds * 1_000)
            : throw new OperatorException(
                TimeoutError, ExitCode.Usage, $"--timeout {seconds}: must be from {SecondsMin} to {SecondsMax}",
                "choose another one");
    }

    public static string PathOf(ParseResult result, Option<string?> control, Option<string?> journal)
    {
        if (result.GetValue(control) is { } path)
        {
            return path;
        }

        if (result.GetValue(journal) is { } folder)
        {
            return Path.Combine(folder, ControlSocket.FileName);
        }

        return Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } named
            ? named
            : throw new OperatorException(
                NoVenueError, ExitCode.Usage, "no venue was named",
                $"--journal DIR, or set {SocketVariable} to its control socket");
    }
}
