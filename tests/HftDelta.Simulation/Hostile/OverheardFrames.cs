using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Hostile;

/// <summary>The last datagrams of honest peers, for whoever wants to twist them. Allocates nothing once it is full.</summary>
public sealed class OverheardFrames(int capacity)
{
    /// <summary>Longer ones are not kept.</summary>
    public const int LengthBytesMax = 2_048;

    private readonly byte[] _bytes = new byte[capacity * LengthBytesMax];
    private readonly int[] _lengthsBytes = new int[capacity];
    private int _count;
    private int _next;

    public bool IsEmpty => _count == 0;

    public void Add(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length is 0 or > LengthBytesMax)
        {
            return;
        }

        datagram.CopyTo(_bytes.AsSpan(_next * LengthBytesMax));
        _lengthsBytes[_next] = datagram.Length;
        _next = (_next + 1) % capacity;
        _count = Math.Max(_count, _next == 0 ? capacity : _next);
    }

    public ReadOnlySpan<byte> Pick(SeededRandom random)
    {
        var index = random.NextInRange(0, _count - 1);
        return _bytes.AsSpan(index * LengthBytesMax, _lengthsBytes[index]);
    }
}
