using HftDelta.Aeron;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// The payloads that the recorded publisher offered. Their bytes follow from a seed, which the recorded checksum of the message
/// gives away; of those that nobody told it is the index.
/// </summary>
internal sealed class RecordedPayloads(RecordedScenario scenario)
{
    private const int Seeds = 256;
    private static readonly byte[] Hello = "hello aeron"u8.ToArray();

    private readonly Dictionary<int, int> _nextOf = [];

    /// <summary>Which publication the next offer of this length went to, and with which bytes.</summary>
    /// <param name="publications">Those of the scenario; two of them tell their messages apart by their lengths.</param>
    /// <param name="lengthBytes">The offer's.</param>
    /// <param name="position">Behind the message; null when the recording does not say or it was refused.</param>
    public (Publication Publication, byte[] Payload) Next(
        IReadOnlyList<Publication> publications, int lengthBytes, long? position)
    {
        var sessionId = publications.Count == 1
            ? publications[0].SessionId
            : scenario.Messages.First(message => message.Length == lengthBytes).SessionId;
        var publication = publications.First(other => other.SessionId == sessionId);
        var message = position is null
            ? scenario.Messages.Where(other => other.SessionId == sessionId)
                .ElementAtOrDefault(_nextOf.GetValueOrDefault(sessionId))
            : scenario.Messages.FirstOrDefault(other => other.SessionId == sessionId && other.Position == position);
        var index = _nextOf.GetValueOrDefault(sessionId);
        _nextOf[sessionId] = index + 1;
        return (publication, message is null ? TestMessages.Recorded(SeedOf(index), lengthBytes) : PayloadOf(message));
    }

    private int SeedOf(int index) => scenario.Name.StartsWith("04", StringComparison.Ordinal) ? 3 : index;

    private static byte[] PayloadOf(RecordedMessage message)
    {
        if (FrameWords.Checksum(Hello) == message.Checksum)
        {
            return Hello;
        }

        for (var seed = 0; seed < Seeds; seed++)
        {
            var payload = TestMessages.Recorded(seed, message.Length);
            if (FrameWords.Checksum(payload) == message.Checksum)
            {
                return payload;
            }
        }

        throw new InvalidOperationException($"no seed gives {message}");
    }
}
