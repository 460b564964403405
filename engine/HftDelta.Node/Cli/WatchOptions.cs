using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>The options of a verb that reads counters from outside, once or again and again, and how it repeats that.</summary>
internal sealed class WatchOptions(string watched, string filtered)
{
    private const int BadIntervalError = 1005;
    private const double IntervalSecondsMin = 0.05;
    private const double IntervalSecondsMax = 86_400;

    private readonly Option<bool> _watch = new("--watch")
    {
        Description = $"Again and again, until Ctrl-C or the end of the {watched}.",
    };

    private readonly Option<double> _interval = new("--interval")
    {
        Description = "With --watch: seconds between two readings.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = $"Only counters whose {filtered} contains this.",
        HelpName = "TEXT",
    };

    public void AddTo(Command command)
    {
        command.Add(_watch);
        command.Add(_interval);
        command.Add(_filter);
    }

    public bool IsWatching(ParseResult result) => result.GetValue(_watch);

    /// <summary>What a counter's words must contain; empty for all.</summary>
    public string Filter(ParseResult result) => result.GetValue(_filter) ?? "";

    /// <exception cref="OperatorException">It is too short or too long.</exception>
    public TimeSpan Interval(ParseResult result)
    {
        var seconds = result.GetValue(_interval);
        return seconds is >= IntervalSecondsMin and <= IntervalSecondsMax
            ? TimeSpan.FromSeconds(seconds)
            : throw new OperatorException(
                BadIntervalError, ExitCode.Usage,
                $"--interval {seconds}: allowed is {IntervalSecondsMin} to {IntervalSecondsMax}", "choose another");
    }

    /// <summary>Reads once, or again and again until Ctrl-C or the end of what is read.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="interval">Between two readings.</param>
    /// <param name="read">Reads; false when it was the last time, because nothing changes any more.</param>
    public void Repeat(ParseResult result, TimeSpan interval, Func<bool> read)
    {
        using var interrupt = new Interrupt();
        while (read() && IsWatching(result) && !interrupt.Token.WaitHandle.WaitOne(interval))
        {
        }
    }
}
