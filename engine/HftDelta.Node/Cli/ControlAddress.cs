using System.CommandLine;
using HftDelta.Node.Control;

namespace HftDelta.Node.Cli;

/// <summary>
/// Where a running venue is asked and for how long, for all verbs that ask one: their options, and the asking. Immutable.
/// </summary>
internal sealed class ControlAddress
{
    /// <summary>Names the socket when no option does.</summary>
    public const string SocketVariable = "HFTDELTA_CONTROL";

    private const int NoVenueError = 1026;
    private const int TimeoutError = 1027;
    private const double SecondsMin = 0.1;
    private const double SecondsMax = 3_600;

    private readonly Option<string?> _journal = new("--journal")
    {
        Description = "The directory of the venue's journal, where its control socket is.",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<string?> _control = new("--control")
    {
        Description = $"The control socket, when it is elsewhere; otherwise ${SocketVariable}.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "The answer must have come within this; then exit code 4.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_journal);
        command.Options.Add(_control);
        command.Options.Add(_timeout);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public ControlAnswer Ask(ParseResult result, ControlRequest request) =>
        ControlClient.Ask(PathOf(result), request with { TimeoutMillis = MillisOf(result) });

    /// <summary>The same, and tells the answer.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="writeText">Writes an answer that is asked for as text.</param>
    public ExitCode Ask(ParseResult result, ControlRequest request, Action<TextWriter, ControlAnswer> writeText)
    {
        var answer = Ask(result, request);
        if (result.GetValue(OutputOption.Shared) == OutputFormat.Json)
        {
            ControlReport.WriteJson(result.InvocationConfiguration.Output, answer);
        }
        else if (answer.Result == ControlResult.Applied)
        {
            writeText(result.InvocationConfiguration.Output, answer);
        }

        return ControlReport.Judge(answer, result.InvocationConfiguration.Error);
    }

    private int MillisOf(ParseResult result)
    {
        var seconds = result.GetValue(_timeout);
        return seconds is >= SecondsMin and <= SecondsMax
            ? (int)(seconds * 1_000)
            : throw new OperatorException(
                TimeoutError, ExitCode.Usage, $"--timeout {seconds}: must be from {SecondsMin} to {SecondsMax}",
                "choose another one");
    }

    private string PathOf(ParseResult result)
    {
        if (result.GetValue(_control) is { } path)
        {
            return path;
        }

        if (result.GetValue(_journal) is { } folder)
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
