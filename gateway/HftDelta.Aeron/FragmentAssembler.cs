using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;

namespace HftDelta.Aeron;

/// <summary>
/// Puts messages of several fragments together and hands on whole messages only; those of one fragment pass through as they lie
/// in the log. Make one for each subscription and poll with it by reference; it keeps a buffer for each image that sent long
/// messages. Owner: the polling thread.
/// </summary>
public struct FragmentAssembler<THandler> : IFragmentHandler
    where THandler : struct, IFragmentHandler
{
    private readonly MessageBuilders _builders;

    /// <summary>What the whole messages go to: state of the handler lives here.</summary>
    public THandler Handler;

    public FragmentAssembler(THandler handler)
    {
        Handler = handler;
        _builders = new MessageBuilders();
    }

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if ((header.Flags & FrameFlags.DataUnfragmented) == FrameFlags.DataUnfragmented)
        {
            Handler.OnFragment(payload, header);
        }
        else if (_builders.Append(payload, header, out var builder))
        {
            Handler.OnFragment(builder.Message, header.AsWhole());
            builder.Clear();
        }
    }
}

/// <summary>
/// The same for controlled polls. When the handler aborts a message, its last fragment comes again and completes it again.
/// Owner: the polling thread.
/// </summary>
public struct ControlledFragmentAssembler<THandler> : IControlledFragmentHandler
    where THandler : struct, IControlledFragmentHandler
{
    private readonly MessageBuilders _builders;

    /// <summary>What the whole messages go to: state of the handler lives here.</summary>
    public THandler Handler;

    public ControlledFragmentAssembler(THandler handler)
    {
        Handler = handler;
        _builders = new MessageBuilders();
    }

    public ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if ((header.Flags & FrameFlags.DataUnfragmented) == FrameFlags.DataUnfragmented)
        {
            return Handler.OnFragment(payload, header);
        }

        if (!_builders.Append(payload, header, out var builder))
        {
            return ControlledAction.Continue;
        }

        var action = Handler.OnFragment(builder.Message, header.AsWhole());
        if (action == ControlledAction.Abort)
        {
            builder.TakeBack(payload.Length, header.BeginPosition);
        }
        else
        {
            builder.Clear();
        }

        return action;
    }
}
