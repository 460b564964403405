using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>What <c>hftdelta aeron sink</c> takes.</summary>
/// <param name="From">Where it listens.</param>
/// <param name="Count">It ends after so many messages; 0: it does not.</param>
/// <param name="IsVerifying">Whether payloads are checked.</param>
internal sealed record SinkOptions(ChannelStream From, long Count, bool IsVerifying);

/// <summary>
/// <c>hftdelta aeron sink</c>: takes messages from every publisher that comes, counts them, and where it is asked to checks that
/// each is the one behind the last of its stream, byte for byte. Owner: one thread.
/// </summary>
internal sealed class SinkTool(SinkOptions options, ToolRun run)
{
    public const string Schema = "hftdelta.aeron.sink/1";

    private const int FragmentLimit = 256;
    private const int MismatchError = 2811;
    private const int IncompleteError = 2812;

    private readonly SinkTally _tally = new(options.IsVerifying);
    private long _firstAt;
    private long _lastAt;

    /// <returns>1 on any mismatch, 4 when fewer messages came than were asked for.</returns>
    public ExitCode Run()
    {
        using var subscription = run.Transport.Driver.AddSubscription(options.From.Channel, options.From.StreamId);
        run.TellReady($"hftdelta aeron sink: {subscription.ResolvedChannel} stream {subscription.StreamId}", subscription);
        run.Begin();
        var watch = new StreamWatch(subscription, run.Events);
        Take(subscription, watch);
        watch.Look();
        subscription.Dispose();
        run.Leave();
        TellSummary(watch.Streams);
        return Judge();
    }

    private void Take(Subscription subscription, StreamWatch watch)
    {
        var progress = new ToolProgress(run.Events, "sink", options.Count, 0);
        var assembler = new FragmentAssembler<SinkHandler>(new SinkHandler(_tally));
        while (!run.IsOver && !IsDone)
        {
            var work = subscription.Poll(ref assembler, FragmentLimit);
            run.Cycle(work);
            watch.Look();
            if (work > 0)
            {
                _lastAt = Stopwatch.GetTimestamp();
                _firstAt = _firstAt == 0 ? _lastAt : _firstAt;
                progress.Report(_tally.Messages);
            }
        }

        progress.End();
    }

    private bool IsDone => options.Count > 0 && _tally.Messages >= options.Count;

    private ExitCode Judge()
    {
        if (_tally.Mismatches > 0)
        {
            run.Events.Say($"error HD{MismatchError}: {TextOutput.Number(_tally.Mismatches)} messages are not what was sent; "
                + $"the first: {_tally.FirstMismatch}.");
            run.Events.Say("  next: look whether the publisher sends what `hftdelta aeron pub` does; if so, report it.");
            return ExitCode.Bug;
        }

        if (options.Count > 0 && !IsDone && !run.IsAsked)
        {
            run.Events.Say($"error HD{IncompleteError}: {TextOutput.Number(_tally.Messages)} of "
                + $"{TextOutput.Number(options.Count)} messages came in time.");
            run.Events.Say("  next: look at the publisher, or raise --seconds.");
            return ExitCode.Timeout;
        }

        return run.ExitCode;
    }

    private void TellSummary(int streams)
    {
        var time = Stopwatch.GetElapsedTime(_firstAt, _lastAt);
        var seconds = Math.Max(time.TotalSeconds, 1e-9);
        run.Events.TellData(
            "summary",
            $"received {TextOutput.Number(_tally.Messages)} messages, {TextOutput.Number(_tally.Bytes)} bytes of "
            + $"{TextOutput.Number(streams)} streams in {TextOutput.Number(time.TotalSeconds, 3)} s: "
            + $"{TextOutput.Number(_tally.Messages / seconds, 0)} messages/s, "
            + $"{TextOutput.Number(_tally.Bytes / 1e6 / seconds, 1)} MB/s; "
            + (options.IsVerifying ? $"{TextOutput.Number(_tally.Mismatches)} mismatches" : "not verified"),
            json =>
            {
                json.WriteNumber("messages", _tally.Messages);
                json.WriteNumber("bytes", _tally.Bytes);
                json.WriteNumber("streams", streams);
                json.WriteNumber("elapsedNanos", (long)time.TotalNanoseconds);
                json.WriteNumber("messagesPerSecond", Math.Round(_tally.Messages / seconds, 1));
                json.WriteNumber("bytesPerSecond", Math.Round(_tally.Bytes / seconds, 1));
                json.WriteBoolean("verified", options.IsVerifying);
                json.WriteNumber("mismatches", _tally.Mismatches);
                json.WriteString("firstMismatch", _tally.FirstMismatch);
                run.Transport.WriteCounters(json, "counters");
            });
    }

    private readonly struct SinkHandler(SinkTally tally) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) =>
            tally.Take(payload, header.Image, header.Position);
    }
}
