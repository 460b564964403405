using HftDelta.Aeron;
using HftDelta.Node.Cli;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// Tells when a publisher appears at a subscription and when it is gone. Asked now and then; owner: the polling thread.
/// </summary>
internal sealed class StreamWatch(Subscription subscription, EventLines events)
{
    private readonly List<Image> _known = [];

    /// <summary>How many streams have come so far.</summary>
    public int Streams { get; private set; }

    public void Look()
    {
        var images = subscription.Images;
        for (var index = _known.Count - 1; index >= 0; index--)
        {
            if (_known[index] is { IsClosed: true } gone)
            {
                _known.RemoveAt(index);
                Tell("streamGone", gone, gone.IsEndOfStream ? "ended" : "lost");
            }
        }

        foreach (var image in images)
        {
            if (!image.IsClosed && !_known.Contains(image))
            {
                _known.Add(image);
                Streams++;
                Tell("stream", image, "here");
            }
        }
    }

    private void Tell(string name, Image image, string state) => events.Tell(
        name,
        $"stream {subscription.StreamId} session {image.SessionId} from {image.SourceIdentity}: {state} at {image.Position}",
        json =>
        {
            json.WriteNumber("streamId", subscription.StreamId);
            json.WriteNumber("sessionId", image.SessionId);
            json.WriteString("source", image.SourceIdentity);
            json.WriteNumber("joinPosition", image.JoinPosition);
            json.WriteNumber("position", image.Position);
            json.WriteString("state", state);
        });
}
