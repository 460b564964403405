namespace HftDelta.Simulation.Transport;

/// <summary>What must be true of all readers together, when the network has come to rest and at the end.</summary>
internal static class ScenarioChecks
{
    /// <summary>What a reader still has to get, or null when all have everything that is owed to them.</summary>
    public static string? Missing(TransportScenario scenario, ScenarioStreams streams, IReadOnlyList<Reader> readers)
    {
        foreach (var reader in readers)
        {
            if (!reader.IsOpen)
            {
                continue;
            }

            foreach (var sent in streams.All)
            {
                if (IsFor(reader, sent) && !IsServed(scenario, reader, sent))
                {
                    var read = string.Join(", ", reader.Of(sent));
                    return $"reader on machine {reader.Plan.Machine} misses the end of channel {sent.Channel} stream "
                        + $"{sent.StreamId} session {sent.SessionId}: {(read.Length == 0 ? "no image" : read)}";
                }
            }
        }

        return null;
    }

    /// <summary>After every stream was closed in order and every image is gone.</summary>
    public static void Ended(TransportScenario scenario, ScenarioStreams streams, IReadOnlyList<Reader> readers)
    {
        foreach (var reader in readers)
        {
            if (!reader.IsOpen)
            {
                continue;
            }

            foreach (var read in reader.Streams)
            {
                Judge(scenario, reader, read);
            }

            foreach (var sent in streams.All)
            {
                if (IsFor(reader, sent) && scenario.IsUnbroken && reader.Plan.IsReliable)
                {
                    // Who comes late to a stream that closes by itself may find nothing.
                    var images = reader.Of(sent).Count();
                    Require(
                        images == 1 || (images == 0 && !IsThereFirst(scenario, reader, sent)),
                        "an unbroken stream is one image",
                        () => $"{images} of session {sent.SessionId}");
                }
            }
        }
    }

    private static void Judge(TransportScenario scenario, Reader reader, ReadStream read)
    {
        Require(read.Image.IsClosed, "an image that is gone is closed", read.ToString);
        if (!read.Sent.IsDead && scenario.IsUnbroken && IsOwedTheEnd(scenario, reader, read.Sent))
        {
            Require(read.Image.IsEndOfStream, "a stream that was closed in order ends", read.ToString);
            Require(
                read.Image.EndOfStreamPosition >= read.Sent.EndPosition, "the end of a stream is behind its last message",
                read.ToString);
        }

        if (scenario.IsUnbroken && IsThereFirst(scenario, reader, read.Sent))
        {
            Require(
                read.Image.JoinPosition == read.Sent.StartPosition, "who is there first joins at the begin", read.ToString);
        }
    }

    private static bool IsFor(Reader reader, SentStream sent) =>
        !sent.IsDead && reader.Plan.Channel == sent.Channel && reader.Plan.StreamId == sent.StreamId;

    // Who listened before the stream began has it from the begin: nothing leaves before a receiver is there, and to several
    // nothing before as many are there as stay. That only counts heads: one that leaves again may be counted in place of one that
    // has not heard of the stream yet. Whether it is gone the sender learns by a goodbye, which may be lost, and then after five
    // seconds; until then its machine counts twice once somebody else listens there, who has another receiver id.
    private static bool IsThereFirst(TransportScenario scenario, Reader reader, SentStream sent) =>
        reader.OpenedNanos <= sent.OpenNanos
        && (scenario.Channels[sent.Channel].Kind == ChannelKind.Unicast
            || !scenario.Subscriptions.Any(plan =>
                plan.CloseNanos != 0 && plan.Channel == sent.Channel && plan.StreamId == sent.StreamId));

    // A stream that closes by itself may have ended, with the goodbye of its last reader, before somebody comes: a SETUP that was
    // held up on the way then makes an image of it, and nobody is left to end that one but its own timeout.
    private static bool IsOwedTheEnd(TransportScenario scenario, Reader reader, SentStream sent) =>
        IsThereFirst(scenario, reader, sent)
        || !scenario.Publications.Any(plan =>
            plan.ClosesAtOnce && plan.Channel == sent.Channel && plan.StreamId == sent.StreamId);

    private static bool IsServed(TransportScenario scenario, Reader reader, SentStream sent)
    {
        // Of a stream that closes by itself somebody who came late may see nothing.
        if (sent.IsClosed && (!scenario.IsUnbroken || !IsThereFirst(scenario, reader, sent)))
        {
            return true;
        }

        var last = reader.Of(sent).LastOrDefault();
        return last is not null && (last.IsReliable ? last.IsComplete : last.Image.Position >= sent.EndPosition);
    }

    private static void Require(bool holds, string rule, Func<string?> details)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule, details() ?? "");
        }
    }
}
