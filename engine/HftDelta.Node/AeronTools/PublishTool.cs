using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>What <c>hftdelta aeron pub</c> sends.</summary>
/// <param name="To">Where to.</param>
/// <param name="Count">It ends after so many messages; 0: it does not.</param>
/// <param name="LengthBytes">Of each message.</param>
/// <param name="IsVerifying">It ends well only when the one receiver has seen the end of the stream.</param>
internal sealed record PublishOptions(ChannelStream To, long Count, int LengthBytes, bool IsVerifying = false);

/// <summary>
/// <c>hftdelta aeron pub</c>: sends numbered messages as fast as the receivers take them, waits until they have everything,
/// and says how fast that was. Receivers that go and come back are waited for; what they missed meanwhile is theirs. Owner:
/// one thread.
/// </summary>
internal sealed class PublishTool(PublishOptions options, ToolRun run)
{
    public const string Schema = "hftdelta.aeron.pub/1";

    private const int Burst = 64;
    private const int LengthError = 1023;
    private const int UnseenError = 2815;
    private const int GroupError = 1025;

    // The driver gives a closed publication up after 15 s of draining and 5 s of linger.
    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(30);

    private readonly MessagePattern _pattern = new(options.LengthBytes);
    private readonly byte[] _message = new byte[options.LengthBytes];
    private long _sent;
    private long _refusals;
    private long _awaySince;
    private bool _isEndSeen;

    /// <exception cref="OperatorException">Nobody listens, or the messages are too long for the terms.</exception>
    public ExitCode Run()
    {
        var publication = run.Transport.Driver.AddExclusivePublication(options.To.Channel, options.To.StreamId);
        if (options.LengthBytes > publication.MaxMessageLength)
        {
            throw TooLong(options.LengthBytes, publication.MaxMessageLength, options.To);
        }

        if (options.IsVerifying && publication.HasGroupSemantics)
        {
            throw new OperatorException(
                GroupError, ExitCode.Usage,
                $"--verify asks the one receiver for the end of the stream; {options.To} may have several",
                "leave --verify out, and give it to each sink");
        }

        run.Events.Tell(
            "ready", $"hftdelta aeron pub: {options.To}, session {publication.SessionId}, waiting for a subscriber", json =>
            {
                json.WriteString("channel", options.To.Channel);
                json.WriteNumber("streamId", options.To.StreamId);
                json.WriteNumber("sessionId", publication.SessionId);
            });
        if (!run.WaitFor(() => publication.IsConnected, $"listens at {options.To}"))
        {
            return run.ExitCode;
        }

        var start = publication.Position;
        run.Begin();
        Send(publication);
        var sendTime = run.Elapsed;
        var position = publication.Position;
        publication.Dispose();
        run.Finish(() => publication.IsFreed, FinishTime);
        _isEndSeen = publication.IsEndSeen;
        TellSummary(sendTime, position - start);
        return options.IsVerifying && !_isEndSeen ? Unseen() : run.ExitCode;
    }

    public static OperatorException TooLong(int lengthBytes, int lengthBytesMax, ChannelStream to) => new(
        LengthError, ExitCode.Usage,
        $"messages of {lengthBytes} bytes: the longest on {to} is {lengthBytesMax}, an eighth of the term length",
        "raise --term-length, or send shorter messages");

    private bool IsDone => options.Count > 0 && _sent >= options.Count;

    private void Send(ExclusivePublication publication)
    {
        var progress = new ToolProgress(run.Events, "pub", options.Count, options.LengthBytes);
        while (!IsDone && !run.IsOver)
        {
            var work = 0;
            while (work < Burst && !IsDone && TrySend(publication))
            {
                work++;
            }

            run.Cycle(work);
            if (work > 0)
            {
                _awaySince = 0;
                progress.Report(_sent);
            }
            else
            {
                _refusals++;
                WaitForReceivers(publication);
            }
        }

        progress.End();
    }

    private bool TrySend(ExclusivePublication publication)
    {
        if (options.LengthBytes <= publication.MaxPayloadLength)
        {
            if (publication.TryClaim(options.LengthBytes, out var claim) <= 0)
            {
                return false;
            }

            _pattern.Fill(claim.Buffer, _sent);
            claim.Commit();
        }
        else
        {
            _pattern.Fill(_message, _sent);
            if (publication.Offer(_message) <= 0)
            {
                return false;
            }
        }

        _sent++;
        return true;
    }

    private void WaitForReceivers(ExclusivePublication publication)
    {
        if (publication.IsConnected)
        {
            _awaySince = 0;
        }
        else if (_awaySince == 0)
        {
            _awaySince = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_awaySince) > run.ConnectTime)
        {
            TellSummary(run.Elapsed, 0);
            throw run.Unreachable($"listens at {options.To} any more, after {_sent} messages,");
        }
    }

    private ExitCode Unseen()
    {
        run.Events.Say($"error HD{UnseenError}: no receiver told that it has the stream of {TextOutput.Number(_sent)} messages "
            + "to its end.");
        run.Events.Say("  next: look whether the receiver lives, and what it has.");
        return ExitCode.Timeout;
    }

    private void TellSummary(TimeSpan sendTime, long streamBytes)
    {
        var seconds = Math.Max(sendTime.TotalSeconds, 1e-9);
        run.Events.TellData(
            "summary",
            $"sent {TextOutput.Number(_sent)} messages of {TextOutput.Number(options.LengthBytes)} bytes in "
            + $"{TextOutput.Number(sendTime.TotalSeconds, 3)} s: {TextOutput.Number(_sent / seconds, 0)} messages/s, "
            + $"{TextOutput.Number(_sent * (options.LengthBytes / 1e6) / seconds, 1)} MB/s",
            json =>
            {
                json.WriteNumber("messages", _sent);
                json.WriteNumber("lengthBytes", options.LengthBytes);
                json.WriteNumber("elapsedNanos", (long)sendTime.TotalNanoseconds);
                json.WriteNumber("messagesPerSecond", Math.Round(_sent / seconds, 1));
                json.WriteNumber("bytesPerSecond", Math.Round(_sent * (double)options.LengthBytes / seconds, 1));
                json.WriteNumber("streamBytes", streamBytes);
                json.WriteBoolean("verified", options.IsVerifying);
                json.WriteBoolean("endSeen", _isEndSeen);
                json.WriteNumber("idleCycles", _refusals);
                run.Transport.WriteCounters(json, "counters");
            });
    }
}
