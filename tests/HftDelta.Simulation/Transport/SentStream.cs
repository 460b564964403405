using HftDelta.Aeron.Frames;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// What one session of a stream has been given, message by message: the truth that readers are compared with. Length and bytes of
/// a message follow from the seed and its number.
/// </summary>
internal sealed class SentStream(int channel, int streamId, int sessionId, ulong seed, int mtuLengthBytes, int lengthMax)
{
    private readonly List<long> _ends = [];
    private readonly byte[] _bytes = new byte[lengthMax + sizeof(ulong)];
    private int _writtenNumber = -1;
    private int _writtenLength;

    public int Channel => channel;

    public int StreamId => streamId;

    public int SessionId => sessionId;

    /// <summary>Where the first message may begin.</summary>
    public long StartPosition { get; init; }

    public ulong OpenNanos { get; init; }

    /// <summary>Its process is gone: nothing of it is owed to anybody any more.</summary>
    public bool IsDead { get; set; }

    /// <summary>Publications that share it and are open.</summary>
    public int OpenPublications { get; set; }

    /// <summary>Closed in order.</summary>
    public bool IsClosed => OpenPublications == 0;

    public int Count => _ends.Count;

    public long EndPosition => _ends.Count == 0 ? StartPosition : _ends[^1];

    /// <summary>The bytes of a message: valid until the next call.</summary>
    public ReadOnlySpan<byte> Message(int number)
    {
        if (number != _writtenNumber)
        {
            _writtenNumber = number;
            _writtenLength = Write(number);
        }

        return _bytes.AsSpan(0, _writtenLength);
    }

    /// <summary>The message with the next number was taken; it ends there.</summary>
    public void Add(long endPosition)
    {
        if (endPosition <= EndPosition)
        {
            throw new BrokenRuleException("positions grow", $"{endPosition} after {EndPosition}");
        }

        _ends.Add(endPosition);
    }

    public long EndOf(int number) => _ends[number];

    /// <summary>The first message that begins at the position or behind it.</summary>
    public int FirstFrom(long position)
    {
        var index = _ends.BinarySearch(position);

        // One that ends at the position is before it; one that ends behind may have begun before.
        index = index >= 0 ? index + 1 : ~index;
        while (index < _ends.Count && BeginOf(index) < position)
        {
            index++;
        }

        return index;
    }

    /// <summary>The message that ends at the position, or a negative number.</summary>
    public int NumberEndingAt(long position) => _ends.BinarySearch(position);

    private long BeginOf(int number) =>
        _ends[number] - TermArithmetic.FramedLength(LengthOf(number), TermArithmetic.PayloadLengthMax(mtuLengthBytes));

    private int LengthOf(int number)
    {
        var draw = SplitMix64.Mix(SplitMix64.Mix(seed) + (ulong)number);
        var payloadMax = TermArithmetic.PayloadLengthMax(mtuLengthBytes);
        var size = (draw >> 32) % 1_000;

        // Mostly short ones; whole datagrams and one byte more or less; any length; the longest.
        var length = size switch
        {
            < 600 => (int)(draw % 200),
            < 800 => (int)(draw % (ulong)(lengthMax + 1)),
            < 990 => (payloadMax * (1 + (int)(draw % 3))) - 1 + (int)((draw >> 8) % 3),
            _ => lengthMax,
        };
        return Math.Min(length, lengthMax);
    }

    private int Write(int number)
    {
        var length = LengthOf(number);
        var word = SplitMix64.Mix(SplitMix64.Mix(seed ^ 0x5EED) + (ulong)number);
        for (var index = 0; index < length; index += sizeof(ulong))
        {
            BitConverter.TryWriteBytes(_bytes.AsSpan(index), word);
            word += 0x0101_0101_0101_0107;
        }

        return length;
    }
}
