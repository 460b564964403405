using System.Diagnostics;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// How far a tool is, in words on stderr: done of all, or where the end is open the rate of the last interval, and nothing
/// during the first second. Owner: the tool's thread.
/// </summary>
internal sealed class ToolProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly EventLines _events;
    private readonly string _tool;
    private readonly long _all;
    private readonly int _lengthBytes;
    private readonly ProgressLine? _line;
    private long _since = Stopwatch.GetTimestamp();
    private long _doneBefore;

    /// <param name="events">Where words go.</param>
    /// <param name="tool">Its name.</param>
    /// <param name="all">How many messages it is about; 0 where nobody knows.</param>
    /// <param name="lengthBytes">Of each; 0 where they differ.</param>
    public ToolProgress(EventLines events, string tool, long all, int lengthBytes)
    {
        _events = events;
        _tool = tool;
        _all = all;
        _lengthBytes = lengthBytes;
        _line = all > 0 ? new ProgressLine(events.Words, tool, "messages") : null;
    }

    public void Report(long done)
    {
        if (_line is not null)
        {
            _line.Report(done, _all);
            return;
        }

        var elapsed = Stopwatch.GetElapsedTime(_since);
        if (elapsed >= Interval)
        {
            var rate = (done - _doneBefore) / elapsed.TotalSeconds;
            var bytes = _lengthBytes > 0 ? $", {TextOutput.Number(rate * _lengthBytes / 1e6, 1)} MB/s" : "";
            _events.Say($"{_tool} {TextOutput.Number(done)} messages, {TextOutput.Number(rate, 0)}/s{bytes}");
            _since = Stopwatch.GetTimestamp();
            _doneBefore = done;
        }
    }

    public void End() => _line?.End();
}
