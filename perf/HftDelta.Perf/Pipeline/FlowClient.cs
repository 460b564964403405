using System.Buffers.Binary;
using System.Diagnostics;
using HdrHistogram;
using HftDelta.Gateway.Connections;
using HftDelta.Wire;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The client of a measured venue: sends the commands of a flow through one connection for each account and reads every
/// report. A command is answered when its first report is read. At most <see cref="Window"/> commands are unanswered, so that
/// a client that loses its core for a while is not cut. Owner: one thread.
/// </summary>
internal sealed class FlowClient(OrderFlow flow, InProcessConnection[] connections, Action throwIfStopped)
{
    /// <summary>Half of what a ring of a connection holds, since a report takes up to two slots.</summary>
    public const int Window = 4_096;

    private const int BurstMax = 64;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(60);

    private readonly long[] _intended = new long[FlowMarket.Accounts * Window];
    private readonly ulong[] _sent = new ulong[FlowMarket.Accounts];
    private readonly ulong[] _answered = new ulong[FlowMarket.Accounts];
    private int _next;
    private int _unanswered;
    private long _lastWork = Stopwatch.GetTimestamp();

    /// <summary>Commands that the venue refused so far: cancels of orders that another account had taken by then.</summary>
    public long Refused { get; private set; }

    public long Sent => _next;

    /// <summary>Where latencies are sorted by the time; null: nowhere.</summary>
    public IntervalRecorder? Intervals { get; set; }

    /// <summary>
    /// Runs the venue on this thread, after each burst and whenever there is nothing to do; null: it runs by itself.
    /// </summary>
    public Func<int>? Step { get; set; }

    /// <summary>Told of the first report of each command; null: nobody is.</summary>
    public StageProbe? Probe { get; set; }

    /// <summary>Closed loop: the next commands of the flow as fast as the venue takes them.</summary>
    /// <returns>Seconds from the first send to the last answer.</returns>
    public double RunClosed(int count)
    {
        var began = Stopwatch.GetTimestamp();
        var end = EndOf(count);
        var idle = default(SpinThenYield);
        while (_next < end || _unanswered > 0)
        {
            var work = 0;
            while (work < BurstMax && _next < end && TryStage(0))
            {
                work++;
            }

            Flush(work);
            Idle(ref idle, work + Drain(null));
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Open loop: each command counts from the time at which it was meant to be sent.</summary>
    /// <returns>Seconds from the first intended send to the last answer.</returns>
    public double RunOpen(double ratePerSecond, int count, HistogramBase histogram)
    {
        var began = Stopwatch.GetTimestamp();
        var pace = new Pace(began, ratePerSecond);
        var first = _next;
        var end = EndOf(count);
        var idle = default(SpinThenYield);
        while (_next < end || _unanswered > 0)
        {
            var work = 0;
            while (work < BurstMax && _next < end)
            {
                var intended = pace.IntendedAt(_next - first);
                if (intended > Stopwatch.GetTimestamp() || !TryStage(intended))
                {
                    break;
                }

                work++;
            }

            Flush(work);
            Idle(ref idle, work + Drain(histogram));
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private int EndOf(int count) => _next + count <= flow.Count
        ? _next + count
        : throw new InvalidOperationException("the flow is shorter than what is asked of it");

    private bool TryStage(long intended)
    {
        ref readonly var command = ref flow[_next];
        var account = (int)(command.Session.Value - FlowMarket.FirstAccount);
        if (_unanswered == Window || !connections[account].TryStage(command.Frame))
        {
            return false;
        }

        _intended[Place(account, ++_sent[account])] = intended;
        _next++;
        _unanswered++;
        return true;
    }

    private void Flush(int staged)
    {
        if (staged == 0)
        {
            return;
        }

        foreach (var connection in connections)
        {
            connection.Flush();
        }

        Step?.Invoke();
    }

    private int Drain(HistogramBase? histogram)
    {
        var count = 0;
        for (var account = 0; account < connections.Length; account++)
        {
            var connection = connections[account];
            if (!connection.TryPeek(out var record))
            {
                continue;
            }

            do
            {
                Answer(account, record.Frame, histogram);
                connection.Advance();
                count++;
            }
            while (connection.TryPeek(out record));
            connection.Release();
        }

        return count;
    }

    private void Answer(int account, ReadOnlySpan<byte> frame, HistogramBase? histogram)
    {
        switch (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]))
        {
            case OrderRejectedDecoder.TemplateId or OrderCancelRejectedDecoder.TemplateId:
                Refused++;
                break;
            case NotAppliedDecoder.TemplateId or RequestOutcomeDecoder.TemplateId:
                throw new InvalidOperationException("the venue missed a command or saw one twice");
        }

        // Reports come in the order of the commands; a fill of a resting order names the last one again.
        var header = ReportHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        var request = header.RequestSequence;
        while (_answered[account] < request)
        {
            var intended = _intended[Place(account, ++_answered[account])];
            if (histogram is not null)
            {
                var nanos = Math.Max(1, Pace.Nanos(intended, Stopwatch.GetTimestamp()));
                histogram.RecordValue(nanos);
                Intervals?.Record(nanos);
            }

            Probe?.Answered(header.CommandSequence, intended);
            _unanswered--;
        }
    }

    private void Idle(ref SpinThenYield idle, int work)
    {
        if (work > 0)
        {
            idle.Reset();
            _lastWork = Stopwatch.GetTimestamp();
            return;
        }

        throwIfStopped();
        if (Step is not null)
        {
            Step();
            return;
        }

        if (Stopwatch.GetElapsedTime(_lastWork) > SilenceMax)
        {
            throw new TimeoutException("the venue answers no more");
        }

        idle.Idle();
    }

    private static int Place(int account, ulong sequence) => (account * Window) + (int)(sequence & (Window - 1));
}
