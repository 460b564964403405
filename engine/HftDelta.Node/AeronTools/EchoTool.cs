using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// <c>hftdelta aeron echo</c>: sends every whole message back as it came. A message that cannot leave yet stays in its stream,
/// which holds its publisher back: nothing is lost and nothing is buffered. Owner: one thread.
/// </summary>
internal sealed class EchoTool(ChannelStream from, ChannelStream to, ToolRun run)
{
    public const string Schema = "hftdelta.aeron.echo/1";

    private const int FragmentLimit = 16;

    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(2);

    /// <returns>1 when a message was too long to be sent back.</returns>
    public ExitCode Run()
    {
        using var subscription = run.Transport.Driver.AddSubscription(from.Channel, from.StreamId);
        using var publication = run.Transport.Driver.AddExclusivePublication(to.Channel, to.StreamId);
        run.TellReady(
            $"hftdelta aeron echo: {subscription.ResolvedChannel} stream {subscription.StreamId} to {to}", subscription, to);
        run.Begin();
        var watch = new StreamWatch(subscription, run.Events);
        var assembler = new ControlledFragmentAssembler<EchoHandler>(new EchoHandler(publication));
        while (!run.IsOver)
        {
            if (run.Cycle(subscription.ControlledPoll(ref assembler, FragmentLimit)) == 0)
            {
                watch.Look();
            }
        }

        subscription.Dispose();
        publication.Dispose();
        run.Finish(() => publication.IsFreed, FinishTime);
        TellSummary(assembler.Handler);
        return assembler.Handler.Refused > 0 ? Refuse(publication) : run.ExitCode;
    }

    private ExitCode Refuse(ExclusivePublication publication)
    {
        run.Events.Say(PublishTool.TooLong(publication.MaxMessageLength + 1, publication.MaxMessageLength, to).Message);
        return ExitCode.Bug;
    }

    private void TellSummary(EchoHandler handler)
    {
        var seconds = Math.Max(run.Elapsed.TotalSeconds, 1e-9);
        run.Events.TellData(
            "summary",
            $"echoed {TextOutput.Number(handler.Messages)} messages, {TextOutput.Number(handler.Bytes)} bytes in "
            + $"{TextOutput.Number(seconds, 3)} s; {TextOutput.Number(handler.Refused)} were too long to be sent back",
            json =>
            {
                json.WriteNumber("messages", handler.Messages);
                json.WriteNumber("bytes", handler.Bytes);
                json.WriteNumber("tooLong", handler.Refused);
                json.WriteNumber("elapsedNanos", (long)(seconds * 1e9));
                run.Transport.WriteCounters(json, "counters");
            });
    }

    private struct EchoHandler(ExclusivePublication publication) : IControlledFragmentHandler
    {
        public long Messages { get; private set; }

        public long Bytes { get; private set; }

        public long Refused { get; private set; }

        public ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            if (payload.Length > publication.MaxMessageLength)
            {
                Refused++;
                return ControlledAction.Continue;
            }

            if (publication.Offer(payload) <= 0)
            {
                return ControlledAction.Abort;
            }

            Messages++;
            Bytes += payload.Length;
            return ControlledAction.Continue;
        }
    }
}
