using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.Images;

/// <summary>
/// The fragments so far of one image's message. They are told to follow each other by their positions: where an unreliable stream
/// lost the end of one message and the begin of another, their offsets may be the same in two terms. Owner: the polling thread.
/// </summary>
internal sealed class MessageBuilder(Image image)
{
    private const int NoFragment = -1;
    private const int FirstLengthBytes = 16 * 1024;

    private readonly int _lengthBytesMax = TermArithmetic.MessageLengthMax(image.TermLengthBytes);
    private byte[] _buffer = [];
    private int _lengthBytes;
    private long _nextPosition = NoFragment;

    public Image Image { get; } = image;

    public ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _lengthBytes);

    /// <returns>True when the message is whole. Fragments that do not follow each other drop what was gathered.</returns>
    public bool Append(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if ((header.Flags & FrameFlags.DataBegin) != 0)
        {
            _lengthBytes = 0;
        }
        else if (header.BeginPosition != _nextPosition)
        {
            Clear();
            return false;
        }

        if (payload.Length > _lengthBytesMax - _lengthBytes)
        {
            // No sender that keeps to the rules sends so much before the end of a message.
            Clear();
            return false;
        }

        if (_buffer.Length - _lengthBytes < payload.Length)
        {
            var lengthBytes = Math.Max(FirstLengthBytes, Math.Max(_buffer.Length * 2, _lengthBytes + payload.Length));
            Array.Resize(ref _buffer, lengthBytes);
        }

        payload.CopyTo(_buffer.AsSpan(_lengthBytes));
        _lengthBytes += payload.Length;
        _nextPosition = header.Position;
        return (header.Flags & FrameFlags.DataEnd) != 0;
    }

    /// <summary>Undoes the last fragment, which will come again.</summary>
    public void TakeBack(int payloadLength, long position)
    {
        _lengthBytes -= payloadLength;
        _nextPosition = position;
    }

    public void Clear()
    {
        _lengthBytes = 0;
        _nextPosition = NoFragment;
    }
}
