using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>What <c>hftdelta aeron ping</c> measures.</summary>
internal sealed record PingOptions
{
    public required ChannelStream To { get; init; }

    public required ChannelStream From { get; init; }

    /// <summary>Lengths of messages, one after the other.</summary>
    public required IReadOnlyList<int> Lengths { get; init; }

    /// <summary>Round trips of each length.</summary>
    public required long Count { get; init; }

    /// <summary>Round trips before those that are counted.</summary>
    public required long Warmup { get; init; }

    /// <summary>How many are on their way at once.</summary>
    public required int Window { get; init; }

    /// <summary>An answer that has not come by then is lost.</summary>
    public required TimeSpan AnswerTime { get; init; }

    /// <summary>Where the distribution is written; null: nowhere.</summary>
    public string? HistogramPath { get; init; }
}

/// <summary>
/// <c>hftdelta aeron ping</c>: sends messages to whoever sends them back, and measures from before the offer until the answer is
/// read and checked. A closed loop: with a window of one the next message leaves when the last is back. Owner: one thread.
/// </summary>
internal sealed class PingTool(PingOptions options, ToolRun run)
{
    public const string Schema = "hftdelta.aeron.ping/1";

    private const int FragmentLimit = 16;

    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(2);

    private readonly List<PingResult> _results = [];

    /// <returns>1 on any mismatch, 4 when answers are missing.</returns>
    /// <exception cref="OperatorException">Nobody answers, or the messages are too long for the terms.</exception>
    public ExitCode Run()
    {
        using var subscription = run.Transport.Driver.AddSubscription(options.From.Channel, options.From.StreamId);
        using var publication = run.Transport.Driver.AddExclusivePublication(options.To.Channel, options.To.StreamId);
        if (options.Lengths.Max() > publication.MaxMessageLength)
        {
            throw PublishTool.TooLong(options.Lengths.Max(), publication.MaxMessageLength, options.To);
        }

        run.TellReady(
            $"hftdelta aeron ping: {options.To}, answers at {subscription.ResolvedChannel} stream {subscription.StreamId}",
            subscription,
            options.To);
        var flight = new PingFlight(options.Lengths.Max(), options.Window);
        var isThere = run.WaitFor(
            () => publication.IsConnected && subscription.IsConnected, $"answers {options.To} at {options.From}");
        for (var index = 0; index < options.Lengths.Count && isThere && !run.IsAsked; index++)
        {
            Measure(publication, subscription, flight, options.Lengths[index]);
        }

        subscription.Dispose();
        publication.Dispose();
        run.Finish(() => publication.IsFreed, FinishTime);
        PingReport.Write(run, options, _results);
        return PingReport.Judge(run, _results);
    }

    private void Measure(ExclusivePublication publication, Subscription subscription, PingFlight flight, int lengthBytes)
    {
        run.Begin();
        flight.Begin(lengthBytes, isMeasured: false);
        Exchange(publication, subscription, flight, options.Warmup);
        var warm = flight.End();
        run.Begin();
        flight.Begin(lengthBytes, isMeasured: true);
        Exchange(publication, subscription, flight, options.Count);
        var result = flight.End();
        _results.Add(result with
        {
            Lost = result.Lost + warm.Lost,
            Mismatches = result.Mismatches + warm.Mismatches,
            FirstMismatch = warm.FirstMismatch ?? result.FirstMismatch,
        });
        if (options.HistogramPath is { } path)
        {
            PingReport.WriteHistogram(path, options.Lengths.Count > 1, result);
        }
    }

    private void Exchange(ExclusivePublication publication, Subscription subscription, PingFlight flight, long count)
    {
        var progress = new ToolProgress(run.Events, $"ping {flight.LengthBytes} bytes", count, flight.LengthBytes);
        var assembler = new FragmentAssembler<AnswerHandler>(new AnswerHandler(flight));
        var quietSince = Stopwatch.GetTimestamp();
        while (flight.Ended < count && !run.IsOver)
        {
            var work = 0;
            while (flight.Sent < count && flight.HasRoom && flight.TrySend(publication))
            {
                work++;
            }

            work += run.Transport.DoWork();
            work += subscription.Poll(ref assembler, FragmentLimit);
            run.Idle(work);
            if (work > 0)
            {
                quietSince = Stopwatch.GetTimestamp();
                progress.Report(flight.Ended);
            }
            else if (Stopwatch.GetElapsedTime(quietSince) > options.AnswerTime)
            {
                GiveUp(publication, subscription, flight);
                quietSince = Stopwatch.GetTimestamp();
            }
        }

        progress.End();
    }

    /// <summary>What is on its way is lost. When the other end is gone altogether it is waited for.</summary>
    private void GiveUp(ExclusivePublication publication, Subscription subscription, PingFlight flight)
    {
        var lost = flight.GiveUp();
        if (lost > 0)
        {
            run.Events.Say($"{TextOutput.Number(lost)} messages were not answered within "
                + $"{TextOutput.Number(options.AnswerTime.TotalSeconds, 1)} s");
        }

        _ = run.WaitFor(
            () => publication.IsConnected && subscription.IsConnected, $"answers {options.To} at {options.From} any more");
    }

    private readonly struct AnswerHandler(PingFlight flight) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => flight.Take(payload);
    }
}
