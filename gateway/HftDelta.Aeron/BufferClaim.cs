using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// A range of a publication's log that its claimant fills in place. Exactly one of <see cref="Commit"/> and <see cref="Abort"/>
/// must follow, soon: nothing that was offered after it leaves before. Owner: the thread that claimed.
/// </summary>
public readonly unsafe ref struct BufferClaim
{
    private readonly byte* _frame;
    private readonly int _frameLength;
    private readonly NetworkPublication _network;

    internal BufferClaim(byte* frame, int payloadLength, NetworkPublication network)
    {
        _frame = frame;
        _network = network;
        _frameLength = payloadLength + DataHeader.LengthBytes;
    }

    /// <summary>The bytes to fill; empty for a claim that was refused.</summary>
    public Span<byte> Buffer =>
        _frame == null ? default : new Span<byte>(_frame + DataHeader.LengthBytes, _frameLength - DataHeader.LengthBytes);

    /// <summary>A value that travels in the frame's header: 0 unless it is set before <see cref="Commit"/>.</summary>
    public long ReservedValue
    {
        get => _frame == null ? 0 : *(long*)(_frame + DataHeader.ReservedValueOffset);
        set
        {
            if (_frame != null)
            {
                *(long*)(_frame + DataHeader.ReservedValueOffset) = value;
            }
        }
    }

    /// <summary>Sends what was filled in.</summary>
    public void Commit()
    {
        if (_frame != null)
        {
            FrameWriter.Commit(_frame, _frameLength);
            _network.SendAtOnce();
        }
    }

    /// <summary>Gives the range up: it travels as padding, which no reader sees.</summary>
    public void Abort()
    {
        if (_frame != null)
        {
            *(ushort*)(_frame + FrameHeader.TypeOffset) = (ushort)FrameType.Pad;
            FrameWriter.Commit(_frame, _frameLength);
        }
    }
}
