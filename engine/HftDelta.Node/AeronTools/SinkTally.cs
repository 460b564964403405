using HftDelta.Aeron;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// Counts messages and, where it is asked to, checks each: its number follows the last of the same stream and its bytes are
/// those of the number. The first number of a stream is taken as it comes, because a subscriber may join late. After a
/// mismatch it goes on from the number that came. Owner: the polling thread.
/// </summary>
internal sealed class SinkTally(bool isVerifying)
{
    private const int StreamsMax = 64;

    private readonly Dictionary<object, Stream> _streams = [];
    private MessagePattern _pattern = new(4096);
    private Stream _current = new(new object());

    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    public long Mismatches { get; private set; }

    /// <summary>What was wrong first, in words; null while nothing was.</summary>
    public string? FirstMismatch { get; private set; }

    /// <param name="payload">The message.</param>
    /// <param name="stream">Whose it is: the image.</param>
    /// <param name="position">Where it ends.</param>
    public void Take(ReadOnlySpan<byte> payload, object stream, long position)
    {
        Messages++;
        Bytes += payload.Length;
        if (!isVerifying)
        {
            return;
        }

        if (payload.Length < MessagePattern.LengthBytesMin)
        {
            Mismatch($"{payload.Length} bytes at {position} hold no number");
            return;
        }

        Check(payload, StreamOf(stream), position);
    }

    private void Check(ReadOnlySpan<byte> payload, Stream stream, long position)
    {
        var number = MessagePattern.NumberOf(payload);
        if (stream.Next is { } expected && number != expected)
        {
            Mismatch($"message {number} instead of {expected} at {position}");
        }
        else
        {
            if (payload.Length > _pattern.LengthBytesMax)
            {
                _pattern = new MessagePattern(payload.Length);
            }

            if (!_pattern.Matches(payload, number))
            {
                Mismatch($"message {number} of {payload.Length} bytes at {position} holds other bytes");
            }
        }

        stream.Next = unchecked(number + 1);
    }

    private Stream StreamOf(object key)
    {
        if (ReferenceEquals(_current.Key, key))
        {
            return _current;
        }

        if (!_streams.TryGetValue(key, out var stream))
        {
            if (_streams.Count >= StreamsMax)
            {
                Forget();
            }

            stream = new Stream(key);
            _streams.Add(key, stream);
        }

        return _current = stream;
    }

    // Streams come and go for as long as the tool runs; what is gone never comes again as the same.
    private void Forget()
    {
        foreach (var gone in _streams.Keys.Where(key => key is Image { IsClosed: true }).ToList())
        {
            _streams.Remove(gone);
        }
    }

    private void Mismatch(string words)
    {
        Mismatches++;
        FirstMismatch ??= words;
    }

    private sealed class Stream(object key)
    {
        public object Key { get; } = key;

        public long? Next { get; set; }
    }
}
