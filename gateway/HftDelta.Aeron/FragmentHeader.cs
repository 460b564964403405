using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron;

/// <summary>
/// Where a fragment, or a message put together from several, came from: read from the frame in the log when asked for. Valid
/// during the call that it was handed to.
/// </summary>
public readonly unsafe ref struct FragmentHeader
{
    private readonly byte* _frame;

    internal FragmentHeader(byte* frame, Image image, long position, byte flags)
    {
        _frame = frame;
        Image = image;
        Position = position;
        Flags = flags;
    }

    /// <summary>The stream's place in the subscription.</summary>
    public Image Image { get; }

    /// <summary>The position behind the fragment.</summary>
    public long Position { get; }

    /// <summary><see cref="FrameFlags"/> of the data path; of a message put together: begin and end.</summary>
    public byte Flags { get; }

    public int SessionId => *(int*)(_frame + DataHeader.SessionIdOffset);

    public int StreamId => *(int*)(_frame + DataHeader.StreamIdOffset);

    public int TermId => *(int*)(_frame + DataHeader.TermIdOffset);

    /// <summary>Where the frame begins in its term; of a message put together, where its last frame begins.</summary>
    public int TermOffset => *(int*)(_frame + DataHeader.TermOffsetOffset);

    /// <summary>Eight bytes of the application, as the publisher set them; 0 by default.</summary>
    public long ReservedValue => *(long*)(_frame + DataHeader.ReservedValueOffset);

    /// <summary>The frame without its alignment: header and payload.</summary>
    internal int FrameLength => *(int*)_frame;

    /// <summary>Where the frame begins in its stream.</summary>
    internal long BeginPosition => Position - TermArithmetic.Align(FrameLength);

    /// <summary>The same place as one whole message.</summary>
    internal FragmentHeader AsWhole() => new(_frame, Image, Position, FrameFlags.DataUnfragmented);
}
