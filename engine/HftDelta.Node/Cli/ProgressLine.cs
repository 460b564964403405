using System.Diagnostics;
using HftDelta.Node.Replay;

namespace HftDelta.Node.Cli;

/// <summary>
/// Tells on stderr how far something is: on a terminal one line that is written over, elsewhere one line in five seconds.
/// Says nothing during the first second.
/// </summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _error;
    private readonly string _what;
    private readonly string _unit;
    private readonly bool _isTerminal;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private TimeSpan _next = Patience;
    private bool _isShown;
    private bool _isRateKnown;

    public ProgressLine(TextWriter error, string what, string unit)
    {
        _error = error;
        _what = what;
        _unit = unit;
        _isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    }

    public void Report(long done, long all)
    {
        var elapsed = Stopwatch.GetElapsedTime(_begun);
        if (elapsed < _next || all <= 0)
        {
            return;
        }

        _next = elapsed + (_isTerminal ? TerminalInterval : FileInterval);
        var line = $"{_what} {TextOutput.Number(100.0 * done / all, 0)} % {TextOutput.Number(done)}/{TextOutput.Number(all)} "
            + $"{_unit}{RateText(done, all, elapsed)}";
        if (_isTerminal)
        {
            _error.Write($"\r{line.PadRight(78)}");
            _isShown = true;
        }
        else
        {
            _error.WriteLine(line);
        }
    }

    /// <summary>What a replay tells, which ends there when the end is asked for.</summary>
    public Action<ReplayProgress> OfReplay(CancellationToken end) => at =>
    {
        end.ThrowIfCancellationRequested();
        Report(at.DoneCount, at.Count);
    };

    /// <summary>The rate of the first moment says nothing: the first line is without one.</summary>
    private string RateText(long done, long all, TimeSpan elapsed)
    {
        var rate = done / elapsed.TotalSeconds;
        var isShown = _isRateKnown && rate > 0;
        _isRateKnown = true;
        return isShown ? $", {TextOutput.Number(rate, 0)}/s, {TextOutput.Number((all - done) / rate, 0)} s left" : "";
    }

    /// <summary>Clears the line.</summary>
    public void End()
    {
        if (_isShown)
        {
            _error.Write($"\r{new string(' ', 78)}\r");
        }
    }
}
