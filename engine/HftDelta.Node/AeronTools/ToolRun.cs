using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// The life of one tool: its transport, its clock, how its thread waits, and what ends it. Owner: the tool's thread.
/// </summary>
internal sealed class ToolRun : IDisposable
{
    private const int UnreachableError = 3006;

    // Long enough for the last words of a subscription to leave, on a busy machine too.
    private static readonly TimeSpan LeaveTime = TimeSpan.FromMilliseconds(100);

    private readonly EndRequest _end;
    private readonly ToolOptions _options;
    private ToolIdle _idle;
    private long _begun = Stopwatch.GetTimestamp();

    public ToolRun(ToolOptions options, EventLines events, EndRequest end)
    {
        _options = options;
        _end = end;
        _idle = new ToolIdle(options.Idle);
        Events = events;
        Transport = new ToolDriver(options);
    }

    public EventLines Events { get; }

    public ToolDriver Transport { get; }

    /// <summary>Ctrl-C, SIGTERM, or the end of the time.</summary>
    public bool IsOver => IsAsked || IsTimeUp;

    public bool IsAsked => _end.Token.IsCancellationRequested;

    public bool IsTimeUp => _options.Time > TimeSpan.Zero && Elapsed >= _options.Time;

    public TimeSpan ConnectTime => _options.ConnectTime;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begun);

    /// <summary>How the tool ends when nothing is wrong.</summary>
    public ExitCode ExitCode => _end.ExitCode;

    /// <summary>The time counts from now.</summary>
    public void Begin() => _begun = Stopwatch.GetTimestamp();

    /// <summary>What scripts wait for before they start the other end.</summary>
    /// <param name="text">The same for people.</param>
    /// <param name="from">Where the tool listens.</param>
    /// <param name="to">Where it sends; null: it does not.</param>
    public void TellReady(string text, Subscription from, ChannelStream? to = null) => Events.Tell("ready", text, json =>
    {
        json.WriteString("channel", from.ResolvedChannel);
        json.WriteNumber("streamId", from.StreamId);
        if (to is not null)
        {
            json.WriteString("pubChannel", to.Channel);
            json.WriteNumber("pubStreamId", to.StreamId);
        }
    });

    /// <summary>One duty cycle of the transport, then a wait when it and the tool did nothing.</summary>
    /// <param name="workCount">What the tool did.</param>
    public int Cycle(int workCount)
    {
        var work = workCount + Transport.DoWork();
        _idle.Idle(work);
        return work;
    }

    /// <summary>The wait alone, for a tool that runs the transport in between by itself.</summary>
    public void Idle(int workCount) => _idle.Idle(workCount);

    /// <summary>Runs the transport until the other end is there.</summary>
    /// <param name="isThere">Whether it is.</param>
    /// <param name="what">That it is, in words that complete "nobody".</param>
    /// <returns>False when the tool was asked to end meanwhile.</returns>
    /// <exception cref="OperatorException">It did not come in time.</exception>
    public bool WaitFor(Func<bool> isThere, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!isThere())
        {
            if (IsAsked)
            {
                return false;
            }

            if (Stopwatch.GetElapsedTime(begun) > _options.ConnectTime)
            {
                throw Unreachable(what);
            }

            Cycle(0);
        }

        return true;
    }

    /// <summary>Runs the transport for what is left to do after the end was asked for.</summary>
    public void Finish(Func<bool> isDone, TimeSpan deadline)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!isDone() && Stopwatch.GetElapsedTime(begun) < deadline)
        {
            Cycle(0);
        }
    }

    /// <summary>Lets what was just closed tell its peers.</summary>
    public void Leave() => Finish(static () => false, LeaveTime);

    public OperatorException Unreachable(string what) => new(
        UnreachableError, ExitCode.Unreachable,
        $"nobody {what} for {_options.ConnectTime.TotalSeconds:0.###} s",
        "start the other end, or correct the channel and the stream");

    public void Dispose() => Transport.Dispose();
}
