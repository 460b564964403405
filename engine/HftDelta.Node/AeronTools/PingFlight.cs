using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using HdrHistogram;
using HftDelta.Aeron;

namespace HftDelta.Node.AeronTools;

/// <summary>What came of the round trips of one length.</summary>
internal sealed record PingResult(int LengthBytes, long Answered, TimeSpan Time, LongHistogram Nanos)
{
    public long Lost { get; init; }

    public long Mismatches { get; init; }

    public string? FirstMismatch { get; init; }
}

/// <summary>
/// The messages that are on their way: numbered from a random begin, so that an answer to an earlier run is known as such, and
/// answered in order. A number is never used twice. Owner: the tool's thread.
/// </summary>
internal sealed class PingFlight
{
    private const long NanosMax = 60_000_000_000;

    private readonly MessagePattern _pattern;
    private readonly byte[] _message;
    private readonly long[] _sentAt;
    private readonly int _window;
    private readonly long _origin = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) >>> 2;
    private LongHistogram _nanos = new(1, NanosMax, 3);
    private bool _isMeasured;
    private long _next;
    private long _awaited;
    private long _first;
    private long _begun;
    private long _lost;
    private long _mismatches;
    private string? _firstMismatch;
    private long _everLost;

    public PingFlight(int lengthBytesMax, int window)
    {
        _pattern = new MessagePattern(lengthBytesMax);
        _message = new byte[lengthBytesMax];
        _window = window;
        _sentAt = new long[BitOperations.RoundUpToPowerOf2((uint)window)];
        _next = _awaited = _first = _origin;
    }

    public int LengthBytes { get; private set; }

    /// <summary>The number of the next message.</summary>
    public long Next => _next;

    /// <summary>Since <see cref="Begin"/>.</summary>
    public long Sent => _next - _first;

    /// <summary>Answered, or given up.</summary>
    public long Ended => _awaited - _first;

    public bool HasRoom => _next - _awaited < _window;

    /// <summary>Answers that are none to what is on its way: of an earlier run, or too late.</summary>
    public long Strays { get; private set; }

    public void Begin(int lengthBytes, bool isMeasured)
    {
        // What an ended run left unanswered is nobody's any more.
        _everLost += _next - _awaited;
        _first = _awaited = _next;
        LengthBytes = lengthBytes;
        _isMeasured = isMeasured;
        _nanos = new LongHistogram(1, NanosMax, 3);
        _lost = 0;
        _mismatches = 0;
        _firstMismatch = null;
        _begun = Stopwatch.GetTimestamp();
    }

    public PingResult End() => new(LengthBytes, Ended - _lost, Stopwatch.GetElapsedTime(_begun), _nanos)
    {
        Lost = _lost,
        Mismatches = _mismatches,
        FirstMismatch = _firstMismatch,
    };

    public bool TrySend(ExclusivePublication publication)
    {
        var message = _message.AsSpan(0, LengthBytes);
        _pattern.Fill(message, _next);
        var now = Stopwatch.GetTimestamp();
        if (publication.Offer(message) <= 0)
        {
            return false;
        }

        NoteSent(now);
        return true;
    }

    /// <summary>The next number has left.</summary>
    public void NoteSent(long timestamp)
    {
        _sentAt[(int)_next & (_sentAt.Length - 1)] = timestamp;
        _next++;
    }

    /// <summary>Takes an answer.</summary>
    public void Take(ReadOnlySpan<byte> payload)
    {
        var now = Stopwatch.GetTimestamp();
        if (payload.Length < MessagePattern.LengthBytesMin)
        {
            Mismatch($"an answer of {payload.Length} bytes");
            return;
        }

        var number = MessagePattern.NumberOf(payload);
        if (number >= _awaited && number < _next)
        {
            Check(payload, number, now);
        }
        else if (number < _origin || number >= _next || _everLost > 0)
        {
            Strays++;
        }
        else
        {
            Mismatch($"message {number - _origin} was answered twice");
        }
    }

    /// <summary>Nothing more is expected of what is on its way.</summary>
    /// <returns>How many that are.</returns>
    public long GiveUp()
    {
        var lost = _next - _awaited;
        Lose(lost);
        _awaited = _next;
        return lost;
    }

    private void Check(ReadOnlySpan<byte> payload, long number, long now)
    {
        if (payload.Length != LengthBytes || !_pattern.Matches(payload, number))
        {
            Mismatch($"the answer to message {number - _origin} is not what was sent");
        }

        Lose(number - _awaited);
        _awaited = number + 1;
        if (_isMeasured)
        {
            var sent = _sentAt[(int)number & (_sentAt.Length - 1)];
            var nanos = (long)Stopwatch.GetElapsedTime(sent, now).TotalNanoseconds;
            _nanos.RecordValue(Math.Clamp(nanos, 1, NanosMax));
        }
    }

    private void Lose(long count)
    {
        _lost += count;
        _everLost += count;
    }

    private void Mismatch(string words)
    {
        _mismatches++;
        _firstMismatch ??= words;
    }
}
